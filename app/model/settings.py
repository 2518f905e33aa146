"""What the artist chose once and for all, kept as a readable TOML file.

A value that cannot be used falls back to its default with a notice; a file that cannot be read at all is set aside.
Tables and names that this version does not know are kept, so that two versions can share one file.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta, Struct

from app.files.atomic import write_atomically

VERSION = 1

if TYPE_CHECKING:
    Plain: TypeAlias = bool | int | float | str | list["Plain"] | dict[str, "Plain"]
else:
    Plain = Any


class Theme(Enum):
    """Colours of the window."""

    DARK = "dark"
    LIGHT = "light"
    SYSTEM = "system"


class SeedMode(Enum):
    """What happens to the seed before a run: nothing, the next one is taken, or a new one is drawn and shown."""

    FIXED = "fixed"
    NEXT = "next"
    NEW = "new"


class Device(Enum):
    """What the engine computes on."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]


class Appearance(Struct, frozen=True):
    """How the window looks. `scale` multiplies the size of text and icons."""

    theme: Theme = Theme.DARK
    reduce_motion: bool = False
    scale: Annotated[float, Meta(ge=0.5, le=4.0)] = 1.0


class Generation(Struct, frozen=True):
    """How pictures are made. `preview` shows the picture as it forms."""

    device: Device = Device.AUTO
    seed_mode: SeedMode = SeedMode.NEW
    preview: bool = True


class Keeping(Struct, frozen=True):
    """What is kept. `undo_megabytes` bounds the undo stack; `gallery_folder` is "" for the usual place."""

    undo_megabytes: Annotated[int, Meta(ge=16, le=65536)] = 512
    gallery_folder: str = ""
    embed_project: bool = True


class Painting(Struct, frozen=True):
    """The brush as it was left: diameter in pixels on a canvas of 1024; hardness, flow, the picture below in 0..1.

    `tilt`: how far (0..1) a slanted pen makes its mark long.
    """

    brush_size: Annotated[float, Meta(ge=1.0, le=2000.0)] = 80.0
    hardness: Fraction = 0.6
    flow: Fraction = 1.0
    pressure_size: bool = True
    pressure_flow: bool = False
    tilt: Fraction = 0.5
    underlay_opacity: Fraction = 0.7


class Settings(Struct, frozen=True):
    """All settings. `shortcuts`: action id to the keys that the artist chose instead of the default ("" for none)."""

    version: int = VERSION
    appearance: Appearance = Appearance()
    generation: Generation = Generation()
    keeping: Keeping = Keeping()
    painting: Painting = Painting()
    shortcuts: dict[str, str] = {}
    unknown: dict[str, Plain] = {}


SECTIONS: Mapping[str, type[Struct]] = {
    "appearance": Appearance,
    "generation": Generation,
    "keeping": Keeping,
    "painting": Painting,
}


def load_settings(path: Path) -> tuple[Settings, tuple[str, ...]]:
    """The settings in a file, or the defaults; and a sentence for everything in it that could not be used."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings(), ()
    except (OSError, UnicodeDecodeError) as error:
        return Settings(), (_set_aside(path, str(error)),)
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Settings(), (_set_aside(path, str(error)),)
    return _from_tables(tables, path)


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings; raises OSError when the folder cannot be written, and then the old file stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, encode_settings(settings).encode(), backups=0)


def encode_settings(settings: Settings) -> str:
    """The settings as TOML."""
    tables: dict[str, Plain] = {"version": settings.version}
    for name in SECTIONS:
        tables[name] = {**_unknown_table(settings, name), **msgspec.to_builtins(getattr(settings, name))}
    if settings.shortcuts:
        tables["shortcuts"] = dict(settings.shortcuts)
    tables.update({name: value for name, value in settings.unknown.items() if name not in SECTIONS})
    return _toml(tables)


def _unknown_table(settings: Settings, name: str) -> dict[str, Plain]:
    table = settings.unknown.get(name, {})
    return table if isinstance(table, dict) else {}


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be used so that it is neither lost nor in the way; the new name. Raises OSError."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    return aside


def _set_aside(path: Path, reason: str) -> str:
    try:
        aside = set_aside(path)
    except OSError:
        return f"{path} cannot be read ({reason}); the defaults are used. Move the file away."
    return f"{path} cannot be read ({reason}); it is kept as {aside.name}, and the defaults are used."


def _from_tables(tables: dict[str, Plain], path: Path) -> tuple[Settings, tuple[str, ...]]:
    notices: list[str] = []
    values: dict[str, object] = {}
    unknown: dict[str, Plain] = {}
    for name, content in tables.items():
        if name in SECTIONS and isinstance(content, dict):
            values[name], strange = _section(SECTIONS[name], name, content, path, notices)
            unknown.update({name: strange} if strange else {})
        elif name == "shortcuts" and isinstance(content, dict):
            values[name] = {action: keys for action, keys in content.items() if isinstance(keys, str)}
        elif name in SECTIONS or name == "shortcuts":
            notices.append(f"{path}: {name} is no table; its defaults are used.")
        elif name != "version":
            unknown[name] = content
    return msgspec.convert({**values, "unknown": unknown}, Settings), tuple(notices)


def _section(
    kind: type[Struct], name: str, content: dict[str, Plain], path: Path, notices: list[str]
) -> tuple[Struct, dict[str, Plain]]:
    """Convert each value alone, so that one wrong value does not cost the others."""
    known = {field.name: field.type for field in msgspec.structs.fields(kind)}
    values: dict[str, object] = {}
    for key in known.keys() & content.keys():
        try:
            values[key] = msgspec.convert(content[key], known[key])
        except msgspec.ValidationError as error:
            notices.append(f"{path}: {name}.{key} cannot be used ({error}); its default is used.")
    return kind(**values), {key: value for key, value in content.items() if key not in known}


def _toml(tables: Mapping[str, Plain]) -> str:
    plain = [f"{_key(name)} = {_value(value)}" for name, value in tables.items() if not isinstance(value, dict)]
    parts = ["\n".join(plain)]
    for name, table in tables.items():
        if isinstance(table, dict):
            lines = [f"{_key(key)} = {_value(each)}" for key, each in table.items()]
            parts.append("\n".join([f"[{_key(name)}]", *lines]))
    return "\n\n".join(filter(None, parts)) + "\n"


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if bare else _quoted(name)


def _value(value: Plain) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)} = {_value(each)}' for key, each in value.items())}}}"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    # A TOML basic string is a JSON string in which DEL is escaped too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
