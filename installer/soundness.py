"""Is an installed package whole? pip believes a metadata folder; a cut installation leaves one without its files."""

import base64
import csv
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path


def dist_infos(site_packages: Path) -> list[Path]:
    """The metadata folders of everything installed."""
    return sorted(site_packages.glob("*.dist-info"))


def top_level(dist_info: Path) -> tuple[str, ...]:
    """The names that a package occupies in site-packages, its metadata folder aside."""
    firsts = {Path(path).parts[0] for path, _ in _record(dist_info)}
    return tuple(sorted(firsts - {"..", "__pycache__", dist_info.name}))


def is_sound(dist_info: Path) -> bool:
    """Whether every recorded file is there with the recorded content. Reads all of it: for repairs, not for starts."""
    if not (dist_info / "RECORD").is_file() or not (dist_info / "METADATA").is_file():
        return False
    return all(_matches(dist_info.parent / path, digest) for path, digest in _record(dist_info))


def discard(dist_info: Path, environment: Path) -> None:
    """Delete a package without trusting it: the recorded files that lie inside `environment`, then its metadata."""
    for path, _ in _record(dist_info):
        file = (dist_info.parent / path).resolve()
        if file.is_relative_to(environment.resolve()):
            file.unlink(missing_ok=True)
    shutil.rmtree(dist_info)


def clear_leftovers(site_packages: Path) -> None:
    """Delete what pip put aside (names beginning with ~) before it was cut off."""
    for path in site_packages.glob("~*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _record(dist_info: Path) -> Iterator[tuple[str, str]]:
    """(path relative to site-packages, "sha256=…" or "") of each file but the compiled ones, which Python remakes."""
    record = dist_info / "RECORD"
    if not record.is_file():
        return
    with record.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if row and not row[0].endswith(".pyc"):
                yield row[0], row[1] if len(row) > 1 else ""


def _matches(file: Path, digest: str) -> bool:
    if not file.is_file():
        return False
    algorithm, _, expected = digest.partition("=")
    if not expected:
        return True
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, algorithm).digest()
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode() == expected
