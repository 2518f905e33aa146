"""What a command may end with, and how it says so.

CommandError        the file or a value is wrong (exit 1)
+-- UsageError      the command line itself is wrong (exit 2)
+-- EngineFailureError   the engine could not do its work (exit 3)
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; scripts rely on them."""

    DONE = 0
    WRONG = 1
    USAGE = 2
    ENGINE = 3
    CANCELLED = 130


class CommandError(Exception):
    """A command cannot go on: `sentence` says what is wrong, `advice` what to do next."""

    exit = Exit.WRONG

    def __init__(self, sentence: str, advice: str = "") -> None:
        super().__init__(f"{sentence} {advice}".strip())


class UsageError(CommandError):
    """The command line asks for something that does not exist."""

    exit = Exit.USAGE


class EngineFailureError(CommandError):
    """The engine could not do its work."""

    exit = Exit.ENGINE
