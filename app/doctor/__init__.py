"""Examines an installation: one finding for each thing that must be right before a picture can be made."""
