"""The packages: torch and its traps are looked at in a process of their own, as the application never loads them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

import msgspec

from app.doctor.findings import Finding, fail, ok, warn
from app.doctor.machine import REINSTALL

NEEDED = (
    "msgspec", "numpy", "pillow", "safetensors", "tokenizers", "torch", "transformers", "diffusers", "open_clip_torch",
)  # fmt: skip
PATIENCE = 120.0
"""Seconds to wait for torch: from a cold disk it takes up to half a minute."""

_LOOK = """
import json, sys
import torch
facts = {
    "version": torch.__version__, "cuda_build": torch.version.cuda, "cuda": torch.cuda.is_available(),
    "device": "", "memory": 0, "threads": torch.get_num_threads(), "computes": False,
}
if facts["cuda"]:
    facts["device"] = torch.cuda.get_device_name()
    facts["memory"] = torch.cuda.get_device_properties(0).total_memory
    facts["computes"] = bool((torch.ones(8, 8, device="cuda") @ torch.ones(8, 8, device="cuda")).sum().item() == 512)
else:
    facts["computes"] = bool((torch.ones(8, 8) @ torch.ones(8, 8)).sum().item() == 512)
print(json.dumps(facts))
"""

_LOOK_AT_TORCHVISION = """
from importlib.util import find_spec
if find_spec("torchvision") is None:
    print("absent")
else:
    try:
        import torchvision
        print("works")
    except Exception as error:
        print(f"broken: {type(error).__name__}: {error}".splitlines()[0])
"""


class TorchFacts(msgspec.Struct, frozen=True):
    """What torch says of itself and of the device it found; `memory` in bytes."""

    version: str
    cuda_build: str | None
    cuda: bool
    device: str
    memory: int
    threads: int
    computes: bool


def installed_packages() -> Finding:
    """Whether everything that is imported is there."""
    missing = [name for name in NEEDED if _version(name) is None]
    if missing:
        return fail("packages", f"missing: {', '.join(missing)}", REINSTALL)
    return ok("packages", ", ".join(f"{name} {_version(name)}" for name in ("diffusers", "transformers", "pillow")))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def torch_findings() -> tuple[Finding, ...]:
    """Whether torch loads and computes, on what, and whether torchvision stands in the way of the model libraries."""
    facts, trouble = _look_at_torch()
    if facts is None:
        return (fail("torch", trouble, REINSTALL),)
    build = f"built for CUDA {facts.cuda_build}" if facts.cuda_build else "built for CPU"
    torch = f"{facts.version}, {build}, {facts.threads} threads"
    if not facts.computes:
        return (fail("torch", f"{torch}, but its arithmetic is wrong", REINSTALL),)
    return ok("torch", torch), device_finding(facts), _torchvision()


def _look_at_torch() -> tuple[TorchFacts | None, str]:
    done = _ask(_LOOK)
    if done is None:
        return None, f"it did not load within {PATIENCE:.0f} seconds"
    if done.returncode:
        return None, f"it cannot be loaded ({_last_line(done.stderr)})"
    return msgspec.convert(json.loads(done.stdout), TorchFacts), ""


def device_finding(facts: TorchFacts) -> Finding:
    """What pictures will be computed on."""
    if facts.cuda:
        return ok("device", f"{facts.device}, {facts.memory / 2**30:.0f} GB")
    if facts.cuda_build:
        return warn(
            "device", "the CPU: this torch could use CUDA but finds no working device", "Update the graphics driver."
        )
    if shutil.which("nvidia-smi"):
        advice = "Run `python -m installer run --accelerator cuda` to use it."
        return warn("device", "the CPU, though an NVIDIA driver is installed", advice)
    return ok("device", "the CPU; Storybook draws in seconds on it")


def _torchvision() -> Finding:
    done = _ask(_LOOK_AT_TORCHVISION)
    said = (
        "broken: it did not load in time"
        if done is None
        else done.stdout.strip() or f"broken: {_last_line(done.stderr)}"
    )
    return torchvision_finding(said)


def torchvision_finding(said: str) -> Finding:
    """A torchvision of another build makes the model libraries fail with misleading words; none at all is fine."""
    if said.startswith("broken"):
        return fail("torchvision", said, "Remove it (`python -m pip uninstall torchvision`): it is not needed.")
    return ok("torchvision", "not installed, and not needed" if said == "absent" else "works with this torch")


def _ask(program: str) -> subprocess.CompletedProcess[str] | None:
    command = [sys.executable, "-W", "ignore", "-c", program]
    try:
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return None


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no further words"])[-1]
