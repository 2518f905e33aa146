"""The studio's side of the engine process: starts it, speaks with it, and carries on when it dies."""
