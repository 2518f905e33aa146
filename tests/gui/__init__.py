"""The window, used as an artist uses it."""
