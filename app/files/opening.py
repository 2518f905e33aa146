"""Opening whatever the artist points at: a container, a bare graph.json, or a picture that carries its project."""

from __future__ import annotations

from pathlib import Path

from app.files.atomic import latest_backup
from app.files.container import Opened, unpack
from app.files.embedded import SIGNATURE, EmbeddedError, embedded_project, read_texts
from app.files.errors import UnreadableError
from app.files.pictures import PictureError, look_at
from app.files.project import PAINT, Project, references
from nodes.graph.codec import decode
from nodes.graph.errors import GraphFileError
from nodes.registry import Registry
from nodes.specs.references import reference_fault

LARGEST_FILE = 512 * 2**20
LARGEST_PICTURE_FILE = 256 * 2**20

_ZIP = b"PK"


def open_project(path: Path, registry: Registry) -> Opened:
    """Read a project of any form; the file's content decides which, not its name.

    A bare graph may refer to pictures in its own folder and below.

    Raises:
        UnreadableError: no project, damaged, or not safe to read. The file is never touched.
    """
    data = _read(path)
    try:
        if data.startswith(_ZIP):
            return unpack(data, path.name, registry)
        if data.startswith(SIGNATURE):
            return _from_picture(data, path.name, registry)
        return _from_graph(data, path, registry)
    except GraphFileError as error:
        raise UnreadableError(path.name, _told(error, path), _advice(path)) from error
    except UnreadableError as error:
        raise UnreadableError(path.name, error.reason, _advice(path)) from error


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UnreadableError(path, "This is a folder.", "Name a project file in it.")
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        raise UnreadableError(path, "There is no such file.", "Check the name and the folder.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(path, f"It cannot be read ({reason}).", "Check that you may read it.") from error
    if len(data) > LARGEST_FILE:
        raise UnreadableError(path, f"It is larger than {LARGEST_FILE // 2**20} MB.", "Choose a project file.")
    return data


def _from_picture(data: bytes, file: str, registry: Registry) -> Opened:
    try:
        found = embedded_project(read_texts(data), file, registry)
    except EmbeddedError as error:
        raise UnreadableError(file, str(error), "") from error
    if found is None:
        raise UnreadableError(file, "This picture carries no project.", "")
    return found


def _from_graph(data: bytes, path: Path, registry: Registry) -> Opened:
    graph = decode(data, path.name, registry)
    paint, assets, complaints = {}, {}, []
    for reference in sorted(references(graph, registry)):
        try:
            content = _beside(path.parent, reference)
        except PictureError as error:
            complaints.append(f"{path.name}: The file {reference} {error}. It is left out.")
            continue
        if content is not None and reference.startswith(PAINT) and reference.endswith(".png"):
            paint[reference.removeprefix(PAINT).removesuffix(".png")] = content
        elif content is not None:
            assets[reference] = content
    return Opened(Project(graph, paint, assets), tuple(complaints))


def _beside(folder: Path, reference: str) -> bytes | None:
    """The content of a picture below `folder`; None when there is none. Validation tells of wrong references."""
    if reference_fault(reference) is not None:
        return None
    path = (folder / reference).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise PictureError("leads out of the folder of the graph")
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > LARGEST_PICTURE_FILE:
            raise PictureError(f"is larger than {LARGEST_PICTURE_FILE // 2**20} MB")
        content = path.read_bytes()
    except OSError as error:
        raise PictureError(f"cannot be read ({error.strerror})") from error
    look_at(content)
    return content


def _told(error: GraphFileError, path: Path) -> str:
    """The message without the file's name, which stands in front of it again."""
    text = str(error).removeprefix(f"{path.name}: ")
    return text[:1].upper() + text[1:]


def _advice(path: Path) -> str:
    backup = latest_backup(path)
    if backup is not None:
        return f"The file was not changed. An earlier version is kept as {backup.name}; open that."
    return "The file was not changed. Open another copy of it, or a picture made with it."
