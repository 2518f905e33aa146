"""Contact sheets of evaluations: rows of labelled pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

MARGIN, HEAD, LINE = 6, 18, 16
INKS = ((230, 70, 50), (40, 110, 230))


def painted_masks(masks: Sequence[NDArray[np.float32]]) -> NDArray[np.uint8]:
    """The masks in colours on paper, uint8 [S, S, 3]."""
    picture = np.full((*masks[0].shape, 3), 247.0, np.float32)
    for mask, ink in zip(masks, INKS, strict=False):
        picture += mask[..., None] * 0.8 * (np.array(ink, np.float32) - picture)
    return picture.round().astype(np.uint8)


def sheet(rows: Sequence[Sequence[NDArray[np.uint8]]], heads: Sequence[str], captions: Sequence[str]) -> Image.Image:
    """Rows of equally large pictures under column heads, each row with its caption below."""
    side, font = rows[0][0].shape[0], ImageFont.load_default(size=12)
    broken = [in_lines(head, side, font) for head in heads]
    above = HEAD + max(head.count("\n") for head in broken) * LINE
    width = len(heads) * (side + MARGIN) + MARGIN
    canvas = Image.new("RGB", (width, above + MARGIN + len(rows) * (side + LINE + MARGIN)), (255, 255, 255))
    draw = ImageDraw.Draw(canvas)
    for column, head in enumerate(broken):
        draw.text((MARGIN + column * (side + MARGIN), 4), head, fill=(20, 20, 20), font=font)
    for number, (pictures, caption) in enumerate(zip(rows, captions, strict=True)):
        top = above + MARGIN + number * (side + LINE + MARGIN)
        for column, picture in enumerate(pictures):
            canvas.paste(Image.fromarray(picture), (MARGIN + column * (side + MARGIN), top))
        draw.text((MARGIN, top + side + 1), caption, fill=(70, 70, 70), font=font)
    return canvas


def in_lines(text: str, width: float, font: Font) -> str:
    """The text broken between words where it is wider than `width` pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
