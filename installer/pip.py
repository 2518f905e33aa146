"""Runs the environment's pip in sight of the user, and turns its failures into sentences."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from installer.errors import InstallerError
from installer.place import WINDOWS, Place

# Settings of the user's own pip that would lead an installation out of the environment.
_STRAY = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_DRY_RUN", "PIP_NO_DEPS")


class Trouble(Enum):
    """Why pip failed, with the signs of it in what pip said. The order matters: a cut network looks like a missing
    package to pip in the end, and a full disk like anything."""

    DISK = ("No space left on device", "[Errno 28]", "Disk quota exceeded", "not enough space on the disk")
    NETWORK = (
        "connection broken", "NewConnectionError", "ConnectionError", "ConnectionResetError", "ProxyError", "SSLError",
        "name resolution", "timed out", "IncompleteRead", "Max retries exceeded", "HTTP error 5", "IncompleteDownload",
    )  # fmt: skip
    DAMAGED = ("BadZipFile", "is not a valid wheel", "has an invalid wheel", "DO NOT MATCH THE HASHES", "is corrupted")
    MISSING = ("No matching distribution found", "Could not find a version")
    OTHER = ()


_NEXT_STEP = {
    Trouble.DISK: "the disk is full: free some space (3 GB for the CPU set, 10 GB for the CUDA set) and run this again",
    Trouble.NETWORK: "the package index cannot be reached or the download was cut: check the network and run this "
    "again; what has arrived is kept",
    Trouble.DAMAGED: "a downloaded package is damaged: run `python -m pip cache purge` and then this again",
    Trouble.MISSING: "the package index does not have it for this system and Python: see the lines above; Python 3.11 "
    "is the best supported one",
    Trouble.OTHER: "pip's own words stand above: mend what they name and run this again",
}


class PipError(InstallerError):
    """pip failed; `trouble` says how."""

    def __init__(self, doing: str, trouble: Trouble) -> None:
        super().__init__(f"{doing} failed, {next_step(trouble)}.")
        self.trouble = trouble


def next_step(trouble: Trouble) -> str:
    """What the user should do about it, as the second half of a sentence."""
    return _NEXT_STEP[trouble]


def diagnose(said: str) -> Trouble:
    """The kind of failure that pip's error output tells of."""
    for trouble in Trouble:
        if any(sign in said for sign in trouble.value):
            return trouble
    return Trouble.OTHER


@dataclass(frozen=True)
class Pip:
    """The pip of one environment. `lock` is the descriptor of the installer's lock, which pip holds with us."""

    place: Place
    lock: int

    def install(self, doing: str, *arguments: str) -> None:
        """`pip install` exactly what is named, without dependencies; `doing` names the work in an error."""
        self._run(doing, ["install", "--no-deps", "--no-warn-script-location", *arguments])

    def uninstall(self, names: Sequence[str]) -> None:
        """Remove packages that are no longer pinned."""
        self._run(f"Removing {', '.join(names)}", ["uninstall", "--yes", *names])

    def _run(self, doing: str, arguments: Sequence[str]) -> None:
        # -I keeps PYTHONPATH and the user's own packages out of it.
        command = [str(self.place.python), "-I", "-m", "pip", "--no-input", "--disable-pip-version-check", *arguments]
        kept = () if WINDOWS else (self.lock,)
        with subprocess.Popen(
            command, env=self._environment(), stderr=subprocess.PIPE, text=True, errors="replace", pass_fds=kept
        ) as process:
            said = _pass_on(process)
        if process.returncode:
            raise PipError(doing, diagnose(said))

    def _environment(self) -> dict[str, str]:
        self.place.temporary.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name not in _STRAY}
        return kept | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.place.temporary))


def _pass_on(process: subprocess.Popen[str]) -> str:
    """Show pip's error output as it comes and return the end of it; its progress goes straight to the terminal."""
    last: deque[str] = deque(maxlen=200)
    for line in process.stderr or ():
        sys.stderr.write(line)
        last.append(line)
    return "".join(last)
