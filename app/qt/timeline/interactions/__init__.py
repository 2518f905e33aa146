"""What a hand can do on the noise timeline, one class a gesture."""
