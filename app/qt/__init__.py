"""The studio: a native window over the application."""
