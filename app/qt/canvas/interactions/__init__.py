"""What a hand can do on the canvas, one class for each gesture."""
