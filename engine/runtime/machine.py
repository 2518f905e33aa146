"""What this machine offers: devices, memory, cores. Nothing here imports torch before a question needs it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from engine.api.errors import NodeError

GIB = 2**30


class Devices:
    """Chooses where to compute; the answers are remembered, since asking a driver is slow."""

    def __init__(self) -> None:
        self._chosen: dict[str, str] = {}

    def choose(self, asked: str) -> str:
        """The device for "auto", "cpu" or "cuda"; NodeError when there is no such device here."""
        if asked not in self._chosen:
            self._chosen[asked] = _choose(asked)
        return self._chosen[asked]

    def chosen(self, asked: str) -> str:
        """The device that `choose` gave for this, empty when nothing has asked."""
        return self._chosen.get(asked, "")


def model_budget(device: str) -> int:
    """Bytes of weights to keep on a device: most of a graphics card's memory, half of the machine's."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.get_device_properties(device).total_memory * 0.8)
    return memory() // 2


def cache_budget() -> int:
    """Bytes of results to keep."""
    return min(GIB, memory() // 8)


def memory() -> int:
    """Bytes of memory in this machine; 8 GiB where it cannot be asked."""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 8 * GIB


def peak_memory() -> int:
    """The most bytes this process has held in memory so far; 0 where it cannot be asked."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def let_torch_use_all_cores() -> None:
    """By default torch takes physical cores only, half of what many small machines have."""
    if "OMP_NUM_THREADS" not in os.environ:
        import torch

        torch.set_num_threads(cores())


def empty_device_caches() -> None:
    """Give memory that torch holds in reserve back to the device."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def _choose(asked: str) -> str:
    if asked == "cpu":
        return asked
    import torch

    there = torch.cuda.is_available()
    if asked == "auto":
        return "cuda" if there else "cpu"
    if asked != "cuda" or not there:
        raise NodeError(f"This machine has no device {asked!r}.", "Choose the device auto or cpu.")
    return asked
