"""The engine process: queue, executor, kept results, and who is loaded."""
