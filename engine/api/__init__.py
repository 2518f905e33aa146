"""What crosses the border of the engine process: plans, messages, and the errors they carry."""
