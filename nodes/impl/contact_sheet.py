"""Contact sheets: pictures of a list in rows and columns, each named by what made it different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from engine.api.errors import NodeError
from engine.runtime.items import Collected

GAP = 8
TEXT_SIZE = 14
TITLE_SIZE = 18
LONGEST_LABEL = 500
PAPER = (250, 247, 242)
INK = (60, 45, 40)
LARGEST = 64_000_000
"""Pixels of the largest sheet that is drawn."""

Picture = NDArray[np.uint8]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Labels:
    """Words of a sheet: above each column and left of each row (for two lists), or beneath each cell (otherwise)."""

    columns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Layout:
    across: int
    down: int
    cell: tuple[int, int]
    title: tuple[str, ...]
    left: int
    heading: int
    caption: int

    @property
    def pitch(self) -> tuple[int, int]:
        """Distance from one cell to the next, across and down."""
        return self.cell[0] + GAP, self.cell[1] + self.caption + GAP

    @property
    def top(self) -> int:
        """Where the words above the columns begin, under the title."""
        return GAP + (len(self.title) * _line(TITLE_SIZE) + GAP if self.title else 0)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole sheet."""
        across, down = self.pitch
        return self.left + self.across * across, self.top + self.heading + self.down * down

    def corner(self, index: int) -> tuple[int, int]:
        """Top left corner of a cell."""
        row, column = divmod(index, self.across)
        return self.left + column * self.pitch[0], self.top + self.heading + row * self.pitch[1]


def draw_sheet(images: Collected, columns: int, title: str) -> Picture:
    """Lay pictures (uint8 [H, W, 3] each) out on one sheet, uint8 [H', W', 3].

    Two lists make a table: the later runs across, the earlier down. Otherwise `columns` says how many stand side by
    side, 0 for about as many as rows. Smaller pictures are centred in cells of the largest size.

    Raises:
        NodeError: nothing to lay out, or a sheet of more than `LARGEST` pixels.
    """
    pictures = [np.asarray(value) for value in images.values]
    if not pictures:
        raise NodeError("There are no pictures to lay out.", "Wire at least one picture.")
    across, labels = arrangement(images, columns)
    layout = _layout(pictures, across, labels, title)
    width, height = layout.size
    if width * height > LARGEST:
        raise NodeError(
            f"A sheet of {len(pictures)} pictures would have {width} x {height} pixels.",
            f"Lay out fewer or smaller pictures; {LARGEST // 1_000_000} million pixels are the most.",
        )
    sheet = Image.new("RGB", (width, height), PAPER)
    _draw_pictures(sheet, layout, pictures)
    _draw_words(ImageDraw.Draw(sheet), layout, labels)
    return np.asarray(sheet)


def arrangement(images: Collected, columns: int) -> tuple[int, Labels]:
    """How many pictures stand side by side, and the words around them."""
    axes = [labels for labels in images.labels_by_axis.values() if len(labels) > 1]
    if len(axes) == 2 and columns == 0:
        return len(axes[1]), Labels(columns=axes[1], rows=axes[0])
    cells = tuple(" · ".join(place) for place in product(*axes)) if axes else ()
    count = len(images.values)
    across = min(count, columns) or ceil(sqrt(count))
    return across, Labels(cells=cells)


def _layout(pictures: Sequence[Picture], across: int, labels: Labels, title: str) -> _Layout:
    cell = max(picture.shape[1] for picture in pictures), max(picture.shape[0] for picture in pictures)
    widest = max((_font(TEXT_SIZE).getlength(label) for label in labels.rows), default=0.0)
    left = GAP + (ceil(min(widest, 2.0 * cell[0])) + GAP if labels.rows else 0)
    return _Layout(
        across=across,
        down=ceil(len(pictures) / across),
        cell=cell,
        title=wrapped(title, left - GAP + across * (cell[0] + GAP) - GAP, _font(TITLE_SIZE)),
        left=left,
        heading=_line(TEXT_SIZE) + GAP // 2 if labels.columns else 0,
        caption=_line(TEXT_SIZE) + GAP // 2 if labels.cells else 0,
    )


def _draw_pictures(sheet: Image.Image, layout: _Layout, pictures: Sequence[Picture]) -> None:
    for index, picture in enumerate(pictures):
        left, top = layout.corner(index)
        inset = (layout.cell[0] - picture.shape[1]) // 2, (layout.cell[1] - picture.shape[0]) // 2
        sheet.paste(Image.fromarray(picture), (left + inset[0], top + inset[1]))


def _draw_words(draw: ImageDraw.ImageDraw, layout: _Layout, labels: Labels) -> None:
    font, (width, height) = _font(TEXT_SIZE), layout.cell
    for number, line in enumerate(layout.title):
        draw.text((GAP, GAP + number * _line(TITLE_SIZE)), line, INK, _font(TITLE_SIZE))
    for column, label in enumerate(labels.columns):
        left, top = layout.corner(column)
        _centred(draw, (left, top - layout.heading), width, label, font)
    for row, label in enumerate(labels.rows):
        top = layout.corner(row * layout.across)[1] + (height - _line(TEXT_SIZE)) // 2
        draw.text((GAP, top), shortened(label, layout.left - 2 * GAP, font), INK, font)
    for cell, label in enumerate(labels.cells):
        left, top = layout.corner(cell)
        _centred(draw, (left, top + height + GAP // 4), width, label, font)


def _centred(draw: ImageDraw.ImageDraw, corner: tuple[int, int], width: int, label: str, font: Font) -> None:
    text = shortened(label, width, font)
    draw.text((corner[0] + (width - font.getlength(text)) / 2, corner[1]), text, INK, font)


def wrapped(text: str, width: float, font: Font) -> tuple[str, ...]:
    """`text` in lines of at most `width` pixels, broken between words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(shortened(word, width, font))
    return tuple(lines)


def shortened(text: str, width: float, font: Font) -> str:
    """`text` on one line, cut with an ellipsis where it is wider than `width` pixels."""
    line = " ".join(text.split())[:LONGEST_LABEL]
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(line + "…") > width:
        line = line[:-1]
    return line.rstrip() + "…"


def _font(size: int) -> Font:
    """The font that Pillow brings along, so that a sheet looks alike on every machine."""
    return ImageFont.load_default(size)


def _line(size: int) -> int:
    return ceil(size * 1.3)
