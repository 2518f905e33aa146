"""Masks and pictures as PNG; what comes from outside is measured before it is decoded."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TypeAlias

import numpy as np
from PIL import Image

from app.paint.errors import ExchangeError
from app.paint.tiles import LARGEST_SIDE, Pixels, TileMask

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">8sI4sII")
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error, zlib.error)

Mode: TypeAlias = str


def write_mask(mask: TileMask) -> bytes:
    """The mask as an 8-bit grey PNG; equal masks give equal bytes."""
    return write_pixels(mask.to_array())


def read_mask(data: bytes, name: str) -> TileMask:
    """The mask in a PNG: the opacity of a picture that has some transparency, else its brightness.

    Raises:
        ExchangeError: it is no PNG, damaged, or has a side over 8192 pixels; the message calls it `name`.
    """
    image = read_image(data, name)
    if image.has_transparency_data:
        opacity = image.convert("RGBA").getchannel("A")
        if opacity.getextrema() != (255, 255):
            return TileMask.from_array(np.asarray(opacity))
    return TileMask.from_array(_brightness(image))


def write_pixels(pixels: Pixels) -> bytes:
    """uint8 [height, width], or [height, width, 3 or 4], as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG")
    return buffer.getvalue()


def read_pixels(data: bytes, name: str, mode: Mode) -> Pixels:
    """A PNG as uint8 [height, width, channels] in the Pillow mode "RGB" or "RGBA".

    Raises:
        ExchangeError: as `read_mask`.
    """
    return np.asarray(read_image(data, name).convert(mode))


def read_image(data: bytes, name: str) -> Image.Image:
    """The decoded PNG.

    Raises:
        ExchangeError: as `read_mask`.
    """
    width, height = _size(data, name)
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        size = f"{width} x {height}"
        raise ExchangeError(f"{name} is {size} pixels; up to {LARGEST_SIDE} a side are read. Scale it down first.")
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        image.load()
    except _DAMAGE as error:
        raise ExchangeError(f"{name} is damaged or cut off; save or copy it again.") from error
    return image


def _size(data: bytes, name: str) -> tuple[int, int]:
    if len(data) < _HEADER.size or not data.startswith(_SIGNATURE):
        raise ExchangeError(f"{name} is not a PNG; save it as PNG first.")
    *_, width, height = _HEADER.unpack_from(data)
    return width, height


def _brightness(image: Image.Image) -> Pixels:
    """Pillow would cut 16-bit greys off at 255 instead of scaling them."""
    if image.mode == "I" or image.mode.startswith("I;16"):
        return np.rint(np.asarray(image, np.float64).clip(0.0, 65535.0) / 257.0).astype(np.uint8)
    return np.asarray(image.convert("L"))
