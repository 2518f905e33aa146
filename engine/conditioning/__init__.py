"""What a picture is asked to be: prompts, painted phrases, style references, size and crop, as plain values."""
