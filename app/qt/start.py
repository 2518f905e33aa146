"""Opens the studio without a search for garbage while all is read and built; there is none yet."""

from __future__ import annotations

import gc
from collections.abc import Sequence


def main(arguments: Sequence[str] = ()) -> int:
    """Open the studio, with a project if one is named, and return the exit code once its window is closed."""
    gc.disable()
    from app.qt.application import main as open_studio

    return open_studio(arguments)


def paint_once() -> None:
    """As `app.qt.application.paint_once`, from a process that has read nothing yet."""
    gc.disable()
    from app.qt.application import paint_once as paint

    paint()
