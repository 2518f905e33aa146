"""Errors of the model layer.

ModelError                 anything wrong with a model
+-- UnknownModelError      no model or part of that name
+-- AdoptionError          a model cannot be taken in
+-- ModelFileError         a file of the model is missing, damaged or of another kind
"""

from __future__ import annotations

from pathlib import Path


class ModelError(Exception):
    """Something is wrong with a model; the message is a sentence for the artist."""


class UnknownModelError(ModelError):
    """No model or part of that name."""


class AdoptionError(ModelError):
    """A model cannot be taken in; the message is a sentence with the next step."""


class ModelFileError(ModelError):
    """A file of a model cannot be used."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}. Restore the file, or install the model again.")
        self.file = file
