"""What holds for painted masks."""
