"""Text broken into the lines that a node has room for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from app.qt.canvas.look import font

_LONGEST = 4000
"""Characters of a text that are looked at: what is shown of it is far shorter."""


@lru_cache(maxsize=4096)
def wrapped(text: str, width: float, most: int, size: int, *, bold: bool = False) -> tuple[str, ...]:
    """Break `text` into at most `most` lines of `width` pixels in the font of `size`; an ellipsis marks the rest."""
    if most < 1:
        return ()
    metrics = QFontMetricsF(font(size, bold=bold))
    lines: list[str] = []
    broken = _broken(text[:_LONGEST], width, metrics)
    for line in broken:
        if len(lines) == most:
            lines[-1] += "…"
            break
        lines.append(line)
    return tuple(metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines)


def _broken(text: str, width: float, metrics: QFontMetricsF) -> Iterator[str]:
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and metrics.horizontalAdvance(longer) > width:
                yield line
                line = word
            else:
                line = longer
        yield line
