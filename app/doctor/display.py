"""What a window needs of the system besides the packages: libraries that Linux brings only with a desktop."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping

from app.doctor.findings import Finding, ok, warn

NEEDED: Mapping[str, str] = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""The libraries that Qt opens a window under X11 with, and the packages of Debian and Ubuntu that have them."""


def opens_under_x11(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window would be one of X11."""
    if platform in ("win32", "darwin"):
        return False
    named = environment.get("QT_QPA_PLATFORM")
    return named == "xcb" if named else "DISPLAY" in environment and "WAYLAND_DISPLAY" not in environment


def missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> tuple[str, ...]:
    """The packages of those that are not there, or cannot be loaded."""
    return tuple(package for library, package in NEEDED.items() if not _loads(library, load))


def advice_for(missing: tuple[str, ...]) -> str:
    """How to get them."""
    return f"Install them, on Debian and Ubuntu with `sudo apt install {' '.join(missing)}`, and start again."


def libraries(missing: tuple[str, ...]) -> Finding:
    """Without them pictures can be rendered, but no window opens."""
    if missing:
        return warn("window", f"libraries of the system are missing: {', '.join(missing)}", advice_for(missing))
    return ok("window", "the libraries of the system are there")


def _loads(library: str, load: Callable[[str], object]) -> bool:
    try:
        load(library)
    except OSError:
        return False
    return True
