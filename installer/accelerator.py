"""Which build of torch to install, and where to look for it."""

import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from installer.pins import torch_index
from installer.state import State

ACCELERATORS = ("cpu", "cuda", "macos")
FREE_GIGABYTES = {"cpu": 3, "cuda": 10, "macos": 3}  # to unpack and to keep, as measured, rounded up


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    accelerator: str = "auto"
    torch_index: str | None = None
    test: bool = False

    @property
    def shared_sets(self) -> tuple[str, ...]:
        """The sets wanted besides that of the accelerator."""
        return ("runtime", "test") if self.test else ("runtime",)


@dataclass(frozen=True)
class Attempt:
    """One way to get torch: an accelerator's set, from an index of its own or (None) from where pip usually looks."""

    accelerator: str
    torch_index: str | None = None


def detect() -> str:
    """The accelerator of this machine, by the presence of a driver; nothing is loaded."""
    if sys.platform == "darwin":
        return "macos"
    return "cuda" if shutil.which("nvidia-smi") or Path("/proc/driver/nvidia/version").exists() else "cpu"


def attempts(request: Request, previous: State | None, requirements: Path) -> tuple[Attempt, ...]:
    """The ways to try in order; the next one only when the one before has no such build.

    `auto` stays with what is installed. Where nothing is, a machine that finds no CPU build takes the CUDA set in the
    end: larger, but it runs without a GPU too.
    """
    if request.torch_index is not None:
        named = detect() if request.accelerator == "auto" else request.accelerator
        return (Attempt(named, request.torch_index),)
    if request.accelerator == "auto" and previous is not None:
        return (Attempt(previous.accelerator, previous.torch_index),)
    named = detect() if request.accelerator == "auto" else request.accelerator
    ways = [Attempt(named)]
    official = torch_index(requirements, named)
    if official is not None:
        ways.append(Attempt(named, official))
    if request.accelerator == "auto" and named == "cpu" and sys.platform == "linux" and platform.machine() == "x86_64":
        ways.append(Attempt("cuda"))
    return tuple(ways)
