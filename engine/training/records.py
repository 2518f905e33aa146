"""What runs and measurements leave as JSON for those that come after."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from engine.api.decoding import decode_json
from engine.training.errors import TrainingError

Read = TypeVar("Read")


def read_record(file: Path, kind: type[Read]) -> Read:
    """The record in `file`. Raises TrainingError where it is missing or damaged."""
    try:
        return decode_json(file.read_bytes(), kind)
    except OSError as error:
        raise TrainingError(f"{file}: cannot be read ({error.strerror}). Run first what writes it.") from error
    except msgspec.DecodeError as error:
        raise TrainingError(f"{file}: is damaged ({error}). Delete it, and run again what writes it.") from error
