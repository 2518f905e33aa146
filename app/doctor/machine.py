"""The machine: Python, memory, disk, folders that must be writable."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from app.doctor.findings import Finding, fail, ok, warn

OLDEST, NEWEST = (3, 11), (3, 13)
GIB = 2**30
MEMORY_NEEDED, MEMORY_WANTED = 2 * GIB, 4 * GIB
DISK_NEEDED, DISK_WANTED = GIB // 4, 2 * GIB

REINSTALL = "Run `python -m installer run` again."


def python_version(version: tuple[int, int, int] = sys.version_info[:3]) -> Finding:
    """The interpreter must be one that every pinned package was built for."""
    found = f"{'.'.join(map(str, version))} on {platform.system()} {platform.machine()}"
    if not OLDEST <= version[:2] <= NEWEST:
        wanted = f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"
        return fail("Python", found, f"Delete the folder .venv and run the installer with Python {wanted}.")
    return ok("Python", found)


def memory() -> Finding:
    """Free memory decides whether a model can be loaded."""
    free = available_memory()
    if free is None:
        return warn("memory", "this system does not tell how much is free", f"Have {MEMORY_WANTED // GIB} GB free.")
    found = f"{free / GIB:.1f} GB free"
    if free < MEMORY_NEEDED:
        return fail("memory", found, f"Close other programs: rendering takes up to {MEMORY_NEEDED // GIB} GB.")
    if free < MEMORY_WANTED:
        return warn("memory", found, "Close other programs before you make large pictures.")
    return ok("memory", found)


def available_memory() -> int | None:
    """Bytes that can be had without swapping; None where the system does not say."""
    table = Path("/proc/meminfo")
    if table.is_file():
        lines = table.read_text(encoding="ascii").splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")), None)
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf, macOS not this question
        return None


def disk(folder: Path) -> Finding:
    """Room for pictures on the disk of `folder`."""
    free = shutil.disk_usage(existing(folder)).free
    found = f"{free / GIB:.1f} GB free at {folder}"
    if free < DISK_NEEDED:
        return fail("disk", found, "Delete what you no longer need, or write your pictures to another disk.")
    if free < DISK_WANTED:
        return warn("disk", found, "Make room before long runs: a full disk stops them.")
    return ok("disk", found)


def writable(subject: str, folder: Path) -> Finding:
    """Whether files can be made in `folder` (or in the first existing folder above it)."""
    place = existing(folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            return ok(subject, f"{folder} can be written")
    except OSError as error:
        return fail(
            subject,
            f"{folder} cannot be written ({error.strerror})",
            "Choose another folder or change its permissions.",
        )


def existing(folder: Path) -> Path:
    """`folder`, or the nearest folder above it that exists."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
