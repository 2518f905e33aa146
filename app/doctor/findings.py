"""What an examination says."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Level(Enum):
    """How bad it is: nothing, a picture may suffer or be slow, or no picture at all."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Finding(Struct, frozen=True):
    """One line of the examination: what was looked at, what was found, and what to do about it."""

    subject: str
    level: Level
    found: str
    advice: str = ""


def ok(subject: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(subject, Level.OK, found)


def warn(subject: str, found: str, advice: str) -> Finding:
    """It works, but not as well as it could."""
    return Finding(subject, Level.WARN, found, advice)


def fail(subject: str, found: str, advice: str) -> Finding:
    """Pictures cannot be made until this is mended."""
    return Finding(subject, Level.FAIL, found, advice)
