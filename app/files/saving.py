"""Saving a project: whole or not at all, with earlier versions kept beside it."""

from __future__ import annotations

from pathlib import Path

from app.files.archive import ArchiveError
from app.files.atomic import write_atomically
from app.files.container import pack
from app.files.errors import UnwritableError
from app.files.project import Project
from nodes.graph.codec import encode
from nodes.graph.errors import GraphFileError
from nodes.registry import Registry

ENDING = ".sinopia"


def save_project(project: Project, path: Path, registry: Registry) -> None:
    """Save a project as a container, or under a name that ends in .json as a bare graph.

    Raises:
        UnwritableError: the place cannot be written, the project is too large, or it has pictures that a bare graph
            would lose. What was there is still there.
    """
    bare = path.suffix.lower() == ".json"
    lost = [name for name in project.files if bare and not (path.parent / name).is_file()]
    if lost:
        told = f"A graph alone cannot hold the pictures of this project ({', '.join(lost[:3])})."
        raise UnwritableError(path.name, told, f"Nothing was written. Save it under a name that ends in {ENDING}.")
    try:
        data = encode(project.graph) if bare else pack(project, registry)
    except (ArchiveError, GraphFileError) as error:
        raise UnwritableError(path.name, str(error), "Nothing was written.") from error
    try:
        write_atomically(path, data)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        advice = "Nothing was changed. Save it under another name or in another folder."
        raise UnwritableError(path, f"It cannot be saved ({reason}).", advice) from error
