"""Errors of training.

TrainingError
+-- TrainingConfigError    a configuration file cannot be used
+-- CheckpointError        a checkpoint cannot be used
"""

from __future__ import annotations

from pathlib import Path


class TrainingError(Exception):
    """Training cannot go on; the message is a sentence for whoever started it."""


class TrainingConfigError(TrainingError):
    """A configuration file cannot be used."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}. Compare it with the configurations in resources/configs/small.")


class CheckpointError(TrainingError):
    """A checkpoint cannot be used."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder}: {reason}. Delete the folder to start this run afresh.")
