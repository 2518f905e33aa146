"""What can go wrong with the artist's files. Every message names the file and the next thing to do.

ProjectFileError           a project cannot be read or written
+-- UnreadableError        the file is missing, damaged, no project, or not safe to read
+-- UnwritableError        the place cannot be written, or the project is too large for its own format
"""

from __future__ import annotations

from pathlib import Path


class ProjectFileError(Exception):
    """A project file cannot be used: `reason` says why, `advice` what to do next, both as sentences."""

    def __init__(self, file: str | Path, reason: str, advice: str) -> None:
        super().__init__(f"{file}: {reason} {advice}")
        self.file = str(file)
        self.reason = reason
        self.advice = advice


class UnreadableError(ProjectFileError):
    """A project cannot be read. The file was not touched."""


class UnwritableError(ProjectFileError):
    """A project cannot be written. What was there before is still there."""
