"""The diffusion core against closed forms, toys and an outside oracle."""
