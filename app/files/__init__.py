"""Projects on disk: the .sinopia container, bare graphs, and the project that a picture carries."""
