"""The larger drawn world, "family": many things in colours and numbers, relations between them, twelve styles."""
