"""Pictures from files of any origin: nothing is decoded before its size is known to be sane."""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from engine.api.errors import NodeError

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF")
LARGEST = 64_000_000
"""Pixels of the largest picture that is read: decoded it takes 250 MB. Pillow itself only warns up to 179 million."""

_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error)


@dataclass(frozen=True, eq=False)
class PictureFile:
    """What a file shows: `pixels` uint8 [H, W, 3] upright, `opacity` float32 [H, W] in 0..1, and what to tell of it."""

    pixels: NDArray[np.uint8]
    opacity: NDArray[np.float32]
    notes: tuple[str, ...]


def read_picture(path: Path) -> PictureFile:
    """Read a picture, turned upright, transparent parts over white.

    Raises:
        NodeError: it is no picture, damaged, larger than `LARGEST` pixels, or of a kind that has no plain colours.
    """
    with _opened(path) as image:
        notes = (f"{path.name} is animated; its first frame is used.",) if getattr(image, "n_frames", 1) > 1 else ()
        upright = ImageOps.exif_transpose(_decoded(image, path))
    colours = _eight_bit(upright, path).convert("RGBA")
    paper = Image.new("RGBA", colours.size, "white")
    pixels = np.asarray(Image.alpha_composite(paper, colours).convert("RGB"))
    opacity = np.asarray(colours.getchannel("A"), dtype=np.float32) / 255.0
    return PictureFile(pixels, opacity, notes)


def read_mask(path: Path) -> NDArray[np.float32]:
    """Read a painted mask as float32 [H, W] in 0..1: the opacity of a picture that has one, else its brightness."""
    with _opened(path) as image:
        decoded = _decoded(image, path)
    plain = _eight_bit(decoded, path)
    channel = plain.convert("RGBA").getchannel("A") if plain.has_transparency_data else plain.convert("L")
    return np.asarray(channel, dtype=np.float32) / 255.0


def _opened(path: Path) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(path, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(path, "far too many pixels") from error
    except _UNREADABLE as error:
        raise NodeError(
            f"{path.name} is not a picture that can be read.",
            f"Choose a file of one of these kinds: {', '.join(FORMATS)}.",
        ) from error
    if image.width * image.height > LARGEST:
        image.close()
        raise _too_large(path, f"{image.width} x {image.height} pixels")
    return image


def _too_large(path: Path, size: str) -> NodeError:
    return NodeError(
        f"{path.name} has {size}; pictures of up to {LARGEST // 1_000_000} million pixels are read.",
        "Choose a smaller picture, or scale this one down first.",
    )


def _decoded(image: Image.Image, path: Path) -> Image.Image:
    try:
        image.load()
    except _UNREADABLE as error:
        raise NodeError(f"{path.name} is damaged or cut off.", "Save or copy the picture again.") from error
    return image


def _eight_bit(image: Image.Image, path: Path) -> Image.Image:
    """Pillow would cut 16-bit greys off at 255 instead of scaling them."""
    if image.mode == "F":
        raise NodeError(
            f"{path.name} has floating-point pixels, whose range is not known.", "Save it with 8 or 16 bits a channel."
        )
    if image.mode == "I" or image.mode.startswith("I;16"):
        grey = np.clip(np.asarray(image, dtype=np.float64) / 257.0, 0.0, 255.0)
        return Image.fromarray(grey.round().astype(np.uint8))
    if image.mode in {"P", "PA"}:
        return image.convert("RGBA")
    return image if image.mode in {"L", "LA", "RGB", "RGBA"} else image.convert("RGB")
