"""Sprites of the nouns, drawn from the colour glyphs of Noto Color Emoji and kept as premultiplied mipmaps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont

from engine.training.world.vocabulary import VOCABULARY, Vocabulary

FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
STRIKE = 109  # the one bitmap size the font has
FULL = 128
LEVELS = (128, 96, 64, 48, 32, 24, 16)


class SpritesMissingError(Exception):
    """The emoji font is not there or cannot be read."""


@dataclass(frozen=True, eq=False)
class Sprites:
    """Premultiplied RGBA pictures of all nouns by mipmap size: {size: float32 [N, 4, size, size], 0..1}."""

    levels: dict[int, torch.Tensor]

    def at_least(self, pixels: float) -> torch.Tensor:
        """The smallest level whose side has at least `pixels` pixels (the largest level if none has)."""
        fitting = [size for size in self.levels if size >= pixels]
        return self.levels[min(fitting) if fitting else max(self.levels)]

    def on(self, device: torch.device | str) -> Sprites:
        """The same on `device`, so that drawing there need not fetch them each time."""
        return Sprites({size: level.to(device) for size, level in self.levels.items()})


def load_font(path: Path | None) -> ImageFont.FreeTypeFont:
    """The emoji font, at the size of its pictures; raises SpritesMissingError where it cannot be read."""
    chosen = path or FONT
    try:
        return ImageFont.truetype(str(chosen), STRIKE)
    except OSError as error:
        raise SpritesMissingError(
            f"Cannot read the emoji font {chosen}. Training draws its pictures with it: "
            "install the Debian package fonts-noto-color-emoji, or name another copy of NotoColorEmoji.ttf."
        ) from error


def draw_glyph(font: ImageFont.FreeTypeFont, emoji: str) -> torch.Tensor:
    """One glyph, trimmed and centred with its longer side filling the square: premultiplied [4, FULL, FULL], 0..1."""
    canvas = Image.new("RGBA", (192, 192))
    ImageDraw.Draw(canvas).text((20, 20), emoji, font=font, embedded_color=True)
    box = canvas.getbbox()
    if box is None:
        raise SpritesMissingError(
            f"The emoji font has no glyph for {emoji!r}: install the Debian package fonts-noto-color-emoji."
        )
    pixels = torch.from_numpy(np.asarray(canvas.crop(box), dtype=np.float32) / 255.0).permute(2, 0, 1)
    premultiplied = torch.cat([pixels[:3] * pixels[3:], pixels[3:]])
    scale = FULL / max(premultiplied.shape[1:])
    height, width = (max(1, round(side * scale)) for side in premultiplied.shape[1:])
    fitted = F.interpolate(premultiplied[None], (height, width), mode="bicubic", antialias=True)[0].clamp(0, 1)
    left, top = (FULL - width) // 2, (FULL - height) // 2
    return F.pad(fitted, (left, FULL - width - left, top, FULL - height - top))


def load_sprites(path: Path | None = None, vocabulary: Vocabulary = VOCABULARY) -> Sprites:
    """Draw every noun of the vocabulary, in its order. Raises SpritesMissingError with the package to install."""
    font = load_font(path)
    full = torch.stack([draw_glyph(font, noun.emoji) for noun in vocabulary.nouns])
    return Sprites({size: F.interpolate(full, (size, size), mode="area") for size in LEVELS})


def row_ends(alpha: torch.Tensor) -> tuple[tuple[float, float], ...]:
    """Left and right end of every row that the shape touches in `alpha` [S, S], in -1..1 of half of S."""
    side = alpha.shape[-1]
    columns = torch.arange(side)
    ends = []
    for row in alpha > 0.4:
        if bool(row.any()):
            touched = columns[row]
            ends.append((float(touched.min()) / side * 2 - 1, float(touched.max() + 1) / side * 2 - 1))
    return tuple(ends)
