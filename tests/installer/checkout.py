"""A tiny checkout to install: the real installer, the real pip, real wheels of a few bytes, and no network."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from installer.place import Place
from tests.support import ROOT, run_python

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "sinopia"
version = "0.1"
"""

# Stands in for setuptools, whose wheel may not be at hand without a network: one path line and the command.
BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name, info = "sinopia-0.1-py3-none-any.whl", "sinopia-0.1.dist-info"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("sinopia.pth", str(pathlib.Path.cwd()))
        wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: sinopia\\nVersion: 0.1\\n")
        wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "/entry_points.txt", "[console_scripts]\\nsinopia = app.__main__:main\\n")
        wheel.writestr(info + "/RECORD", "")
    return name
"""

# Imports what is pinned, as the program does, and answers as `sinopia render` does.
APP = """
import brush

def main():
    print(f"outputs/brush-{brush.VERSION}.png")

if __name__ == "__main__":
    main()
"""

REQUIREMENTS = {"cpu": "torch==2.0\n", "cuda": "torch===3.0\n", "macos": "torch==2.0\n", "runtime": "brush==1.0\n"}


@dataclass(frozen=True)
class Checkout:
    """A project folder with its installer, and the folder of wheels that pip finds its packages in."""

    root: Path
    wheels: Path

    @property
    def place(self) -> Place:
        """Where the installer puts things."""
        return Place(self.root)

    def environment(self, **more: str) -> dict[str, str]:
        """Lets pip see our wheels and nothing else, whatever this machine is set to."""
        nothing = (self.wheels / "nothing").as_uri()
        settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": nothing, "PIP_FIND_LINKS": str(self.wheels)}
        settings |= {"PIP_NO_CACHE_DIR": "1", "PIP_EXTRA_INDEX_URL": "", "PIP_RETRIES": "0", "PIP_NO_COMPILE": "1"}
        return settings | {"DISPLAY": "", "WAYLAND_DISPLAY": ""} | more

    def install(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run the installer to its end; `run` unless told otherwise."""
        command = arguments or ("run", "--accelerator", "cpu")
        return run_python("-m", "installer", *command, cwd=self.root, environment=self.environment(**settings))

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the installer in a process group of its own, to be killed."""
        return subprocess.Popen(
            [sys.executable, "-m", "installer", *(arguments or ("run", "--accelerator", "cpu"))],
            cwd=self.root,
            env={**os.environ, **self.environment()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def pin_as_at_first(self) -> None:
        """Give every set the pins that it began with, and torch no index of its own."""
        for name, text in REQUIREMENTS.items():
            self.pin(name, text)
        self.name_torch_index("")

    def name_torch_index(self, address: str) -> None:
        """Say where the CPU build of torch is to be looked for when pip knows none."""
        text = json.dumps({"cpu": address} if address else {})
        (self.place.requirements / "torch_index.json").write_text(text, encoding="utf-8")

    def pin(self, name: str, text: str) -> None:
        """Rewrite one set."""
        (self.root / "installer" / "requirements" / f"{name}.txt").write_text(text, encoding="utf-8")


def make_checkout(root: Path) -> Checkout:
    """A checkout with a `torch` and a `brush` to install."""
    checkout = Checkout(root / "a folder", root / "wheels")
    shutil.copytree(ROOT / "installer", checkout.root / "installer", ignore=shutil.ignore_patterns("__pycache__"))
    checkout.wheels.mkdir()
    (checkout.root / "app").mkdir()
    for path, text in {"pyproject.toml": PYPROJECT, "backend.py": BACKEND, "app/__main__.py": APP}.items():
        (checkout.root / path).write_text(text, encoding="utf-8")
    checkout.pin_as_at_first()
    make_wheel(checkout.wheels, "torch", "2.0", {"torch/__init__.py": ""})
    for version in ("1.0", "2.0"):
        make_wheel(checkout.wheels, "brush", version, {"brush/__init__.py": f"VERSION = '{version}'"})
    return checkout


def make_wheel(folder: Path, name: str, version: str, files: Mapping[str, str], scripts: str = "") -> Path:
    """A wheel that holds `files`; `scripts` are the lines of its commands."""
    info = f"{name}-{version}.dist-info"
    contents = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{scripts}\n",
    }
    record = "".join(f"{path},{_digest(text)},{len(text)}\n" for path, text in contents.items())
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inner, text in {**contents, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            wheel.writestr(inner, text)
    return path


def _digest(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
