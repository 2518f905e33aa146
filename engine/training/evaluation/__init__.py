"""Storybook measured: what the papers found, held against the model that this project trains."""
