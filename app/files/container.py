"""The .sinopia container: bytes to a project and back.

It is a zip archive with `mimetype` (first, stored), `graph.json`, `paint/<layer>.png`, `assets/<sha256>.<ending>` and
`thumbnail.png`. Parts that are damaged one by one are left out and told, so that the rest is not lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from app.files.archive import Archive, ArchiveError, DamagedEntryError, write_archive
from app.files.errors import UnreadableError
from app.files.pictures import PictureError, look_at
from app.files.project import ASSETS, PAINT, Project, paint_reference, with_canonical_assets
from nodes.graph.codec import decode, encode
from nodes.graph.errors import GraphFileError
from nodes.registry import Registry

MIMETYPE = b"application/x-sinopia"
MIMETYPE_ENTRY, GRAPH_ENTRY, THUMBNAIL_ENTRY = "mimetype", "graph.json", "thumbnail.png"

_ADVICE = "Nothing was changed. Open another copy of it."


@dataclass(frozen=True)
class Opened:
    """A project that was read, and a sentence for each of its parts that had to be left out."""

    project: Project
    complaints: tuple[str, ...] = ()


def pack(project: Project, registry: Registry) -> bytes:
    """Write a project as a container; the same project always gives the same bytes.

    Raises:
        GraphFileError: the graph holds what JSON cannot.
        ArchiveError: the project is larger than containers may be.
    """
    project = with_canonical_assets(project, registry)
    entries = {MIMETYPE_ENTRY: MIMETYPE, GRAPH_ENTRY: encode(project.graph)}
    entries |= {paint_reference(layer): png for layer, png in sorted(project.paint.items())}
    entries |= dict(sorted(project.assets.items()))
    if project.thumbnail is not None:
        entries[THUMBNAIL_ENTRY] = project.thumbnail
    entries |= {name: content for name, content in sorted(project.other.items()) if name not in entries}
    return write_archive(entries, packed=frozenset({GRAPH_ENTRY, *project.other}))


def unpack(data: bytes, file: str, registry: Registry) -> Opened:
    """Read a container; `file` is what messages call it.

    Raises:
        UnreadableError: it is damaged, no project, or not safe to read.
    """
    try:
        archive = Archive(data)
        return _Unpacking(archive, file, registry).opened()
    except ArchiveError as error:
        raise UnreadableError(file, str(error), _ADVICE) from error
    except GraphFileError as error:
        raise UnreadableError(file, str(error), _ADVICE) from error


class _Unpacking:
    def __init__(self, archive: Archive, file: str, registry: Registry) -> None:
        self._archive, self._file, self._registry = archive, file, registry
        self._complaints: list[str] = []

    def opened(self) -> Opened:
        names = self._archive.names
        if MIMETYPE_ENTRY in names and self._archive.read(MIMETYPE_ENTRY).strip() != MIMETYPE:
            raise ArchiveError("It is a document of another program.")
        if GRAPH_ENTRY not in names:
            raise ArchiveError("It is a zip file, but no project: it has no graph.json.")
        graph = decode(self._archive.read(GRAPH_ENTRY), GRAPH_ENTRY, self._registry)
        contents = self._contents(name for name in names if name not in {MIMETYPE_ENTRY, GRAPH_ENTRY})
        paint = {_layer(name): contents.pop(name) for name in tuple(contents) if _layer(name)}
        assets = {name: contents.pop(name) for name in tuple(contents) if name.startswith(ASSETS)}
        thumbnail = contents.pop(THUMBNAIL_ENTRY, None)
        return Opened(Project(graph, paint, assets, thumbnail, contents), tuple(self._complaints))

    def _contents(self, names: Iterable[str]) -> dict[str, bytes]:
        found = {}
        for name in names:
            try:
                content = self._archive.read(name)
                _require_sound(name, content)
            except (DamagedEntryError, PictureError) as error:
                told = str(error) if isinstance(error, DamagedEntryError) else f"Its entry {name} {error}."
                self._complaints.append(f"{self._file}: {told} It is left out.")
            else:
                found[name] = content
        return found


def _layer(name: str) -> str:
    """The id of the painted layer in an entry; empty for other entries."""
    inside = name.startswith(PAINT) and name.endswith(".png")
    return name.removeprefix(PAINT).removesuffix(".png") if inside else ""


def _require_sound(name: str, content: bytes) -> None:
    if _layer(name) or name == THUMBNAIL_ENTRY:
        look_at(content)
    elif name.startswith(ASSETS):
        stem = name.removeprefix(ASSETS).partition(".")[0]
        if len(stem) == 64 and stem != sha256(content).hexdigest():
            raise PictureError("is not the file it was (its content does not match its name)")
        look_at(content)
