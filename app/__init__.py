"""What the artist meets: the command line, the documents, and the client of the engine process."""

__version__ = "0.1.0"
