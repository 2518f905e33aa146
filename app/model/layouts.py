"""How the panels of each workspace lie, kept from one day to the next.

The file is the window's own and holds nothing that an artist would write by hand. Whatever in it is damaged costs only
the layout of that workspace, which is then as at first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct

from app.files.atomic import write_atomically
from engine.api.decoding import decode_json


class Place(Enum):
    """A workspace: one way to look at the document, with panels around it."""

    PAINT = "paint"
    GRAPH = "graph"
    GALLERY = "gallery"


class Layout(Struct, frozen=True):
    """`state`: what the window system wrote down; `panels`: those it knew of; `folded`: those with only a title.

    `shaped`: a border between panels was dragged, so that their heights are the artist's own.
    """

    state: bytes
    panels: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    shaped: bool = False


WINDOW = "window"
"""Under this name the file has what the window system wrote down of the window itself."""


class _Kept(Struct, frozen=True):
    layout: msgspec.Raw
    digest: str


def shares(likes: Sequence[int], room: int) -> list[int]:
    """How much of `room` each panel gets that would like so much: little wishes first, and the first what is left."""
    given = dict.fromkeys(range(len(likes)), 0)
    left = room
    for number, place in enumerate(sorted(given, key=lambda place: likes[place])):
        given[place] = min(likes[place], left // (len(likes) - number))
        left -= given[place]
    if given:
        given[0] += left
    return list(given.values())


def load_layouts(path: Path) -> dict[Place, Layout]:
    """The layouts in a file; those that are whole."""
    kept = _read(path)
    found = {place: _whole(kept[place.value]) for place in Place if place.value in kept}
    return {place: layout for place, layout in found.items() if layout is not None}


def load_window(path: Path) -> bytes:
    """Where the window was, as the window system wrote it down; empty where that is not known."""
    kept = _read(path)
    layout = _whole(kept[WINDOW]) if WINDOW in kept else None
    return b"" if layout is None else layout.state


def save_layouts(path: Path, layouts: Mapping[Place, Layout], window: bytes = b"") -> None:
    """Write the layouts, and where the window is; raises OSError, and then the old file stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = {place.value: msgspec.json.encode(layout) for place, layout in layouts.items()}
    encoded[WINDOW] = msgspec.json.encode(Layout(window))
    kept = {name: _Kept(msgspec.Raw(data), _digest(data)) for name, data in encoded.items()}
    write_atomically(path, msgspec.json.encode(kept), backups=0)


def _read(path: Path) -> dict[str, msgspec.Raw]:
    try:
        return decode_json(path.read_bytes(), dict[str, msgspec.Raw])
    except (OSError, msgspec.DecodeError):
        return {}


def _whole(data: msgspec.Raw) -> Layout | None:
    # The window system trusts what it once wrote, so a bit that fell over must not reach it.
    try:
        kept = decode_json(data, _Kept)
        layout = decode_json(kept.layout, Layout)
    except msgspec.DecodeError:
        return None
    return layout if _digest(bytes(kept.layout)) == kept.digest else None


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()
