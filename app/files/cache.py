"""The files of a project unpacked for the engine, in a folder where each is named by its content."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

from app.files.atomic import write_atomically
from app.files.errors import UnwritableError
from app.files.project import Project
from engine.api.plan import Asset

BUDGET = 2 * 2**30
"""Bytes that the folder may hold before its oldest files go."""

KEPT_FOR = 24 * 3600.0
"""Seconds for which a file is kept at least, so that no running job loses one."""


def unpack_assets(project: Project, folder: Path, budget: int = BUDGET) -> dict[str, Asset]:
    """Write every file of a project below `folder`, unless it is there already, and say where each reference leads.

    Raises:
        UnwritableError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = {reference: _unpacked(reference, content, folder) for reference, content in project.files.items()}
        _make_room(folder, budget)
    except OSError as error:
        advice = "Make room there, or let SINOPIA_HOME name a folder that you may write."
        raise UnwritableError(folder, f"Pictures cannot be unpacked here ({error.strerror}).", advice) from error
    return found


def _unpacked(reference: str, content: bytes, folder: Path) -> Asset:
    name = sha256(content).hexdigest()
    path = folder.resolve() / name[:2] / f"{name}.{reference.rpartition('.')[2][:8]}"
    if path.is_file() and path.stat().st_size == len(content):
        os.utime(path)
    else:
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, content, backups=0)
    return Asset(str(path), name)


def _make_room(folder: Path, budget: int) -> None:
    files = sorted(((path.stat(), path) for path in folder.glob("??/*") if path.is_file()), key=_age)
    excess = sum(facts.st_size for facts, _ in files) - budget
    for facts, path in files:
        if excess <= 0 or facts.st_mtime > time.time() - KEPT_FOR:
            return
        path.unlink(missing_ok=True)
        excess -= facts.st_size


def _age(file: tuple[os.stat_result, Path]) -> float:
    return file[0].st_mtime
