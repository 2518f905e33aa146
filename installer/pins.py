"""The pinned sets in installer/requirements: what is to be installed, and a digest that changes when it does."""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from installer.errors import InstallerError

PROJECT = "sinopia"  # our own distribution, which is installed beside the pinned ones

_PIN = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?P<equals>={2,3})(?P<version>[\w.+!-]+)\s*(;\s*(?P<marker>.+))?")


@dataclass(frozen=True)
class Pin:
    """One line of a set: exactly one version of one package, perhaps for some systems only."""

    name: str  # canonical: lower case, hyphens
    version: str
    marker: str | None
    line: str


@dataclass(frozen=True)
class PinnedSet:
    """One file of pins, in the order in which they stand."""

    name: str
    path: Path
    pins: tuple[Pin, ...]

    @property
    def digest(self) -> str:
        """Changes with any pin, but not with a comment."""
        return hashlib.sha256("\n".join(pin.line for pin in self.pins).encode()).hexdigest()


def canonical(name: str) -> str:
    """The spelling by which the package index compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_set(folder: Path, name: str) -> PinnedSet:
    """Read `<name>.txt`; every line must pin one version exactly."""
    path = folder / f"{name}.txt"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InstallerError(f"{path} is missing: this copy of Sinopia is not complete, fetch it again.") from error
    lines = (line.strip() for line in text.splitlines())
    return PinnedSet(name, path, tuple(_read_pin(line, path) for line in lines if line and not line.startswith("#")))


def torch_index(folder: Path, accelerator: str) -> str | None:
    """Where the builds of torch for `accelerator` lie when the usual index has none; None where it always has."""
    indexes: dict[str, str] = json.loads((folder / "torch_index.json").read_text(encoding="utf-8"))
    return indexes.get(accelerator)


def project_digest(root: Path) -> str:
    """Changes with what installing the project itself depends on: its metadata, its commands and how it is built."""
    with (root / "pyproject.toml").open("rb") as file:
        tables = tomllib.load(file)
    parts = [tables.get("build-system"), tables.get("project"), tables.get("tool", {}).get("setuptools")]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _read_pin(line: str, path: Path) -> Pin:
    match = _PIN.fullmatch(line)
    if match is None:
        raise InstallerError(f'{path} holds the line "{line}", which pins no version: write it as name==version.')
    return Pin(canonical(match["name"]), match["version"], match["marker"], line)
