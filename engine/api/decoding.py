"""JSON from files that anybody may have written or damaged."""

from __future__ import annotations

from typing import TypeVar

import msgspec

Read = TypeVar("Read")


def decode_json(data: bytes | msgspec.Raw, kind: type[Read]) -> Read:
    """JSON as a value of `kind`. Raises msgspec.DecodeError, for text that is no UTF-8 and for endless nesting too."""
    try:
        return msgspec.json.decode(data, type=kind)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"it is no UTF-8 text, at byte {error.start}") from error
    except RecursionError as error:
        raise msgspec.DecodeError("its values are nested too deeply") from error


def decode_lines(data: bytes, kind: type[Read]) -> list[Read]:
    """JSON values of `kind`, one a line; empty lines count for nothing. Raises msgspec.DecodeError, naming the line."""
    found = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            found += [decode_json(line, kind)] if line.strip() else []
        except msgspec.DecodeError as error:
            raise msgspec.DecodeError(f"line {number}: {error}") from error
    return found
