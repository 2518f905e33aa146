"""What every report is written with: Markdown tables, JSON, and contact sheets that stay small."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from PIL import Image

QUALITY = 85


def table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    rows = [heads, ["---"] * len(heads), *lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def write_json(value: msgspec.Struct, file: Path) -> None:
    """The figures of a report as indented JSON."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def write_sheet(picture: Image.Image, file: Path) -> None:
    """A contact sheet of finished pictures as JPEG, a quarter of a PNG's size; drafts in large pixels stay PNG."""
    picture.save(file, quality=QUALITY, optimize=True)
