"""Which texts may name a file. Checked before anything is opened, the same on every system."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_RESERVED = re.compile(r'[<>:"|?*\\]')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
_LONGEST_PART = 200  # bytes: file systems allow 255, and a number and an ending follow


def reference_fault(reference: str) -> str | None:
    """Why `reference` is no path below the project ("assets/ab12.png"), in words; None when it is one."""
    if reference.startswith(("/", "~")) or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", reference):
        return "leads out of the project"
    parts = reference.split("/")
    if ".." in parts or "\\" in reference:
        return "leads out of the project"
    return next((fault for part in parts if (fault := name_fault(part))), None)


def name_fault(name: str) -> str | None:
    """Why `name` cannot be the name of a file, in words; None when it can."""
    if not name or name in {".", ".."}:
        return "is no file name"
    if "/" in name or _RESERVED.search(name) or _CONTROL.search(name):
        return "holds characters that file names cannot have"
    if name != name.strip(" ") or name.endswith("."):
        return "begins or ends with a space, or ends with a dot"
    if name.partition(".")[0].rstrip(" ").lower() in _DEVICES:
        return "is a name that Windows keeps for a device"
    if not name.isprintable() or len(name.encode("utf-8", "replace")) > _LONGEST_PART:
        return "is too long or holds invisible characters"
    return None
