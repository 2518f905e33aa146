"""The state of the studio without a window: the document and its history, jobs, results, settings."""
