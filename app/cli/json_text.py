"""JSON as the commands print it: every field of every value, so that scripts need no defaults of their own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import msgspec
from msgspec import Struct

from engine.api.plan import Json


def plain(value: object) -> Json:
    """Frozen values as plain data; unlike in files, fields at their default are there too."""
    if isinstance(value, Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, list, frozenset)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{type(value).__name__} has no JSON form")


def json_text(value: object) -> str:
    """A value as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(plain(value)), indent=2).decode()
