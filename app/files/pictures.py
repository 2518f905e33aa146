"""Looking at encoded pictures without decoding them, and masks as PNG."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "TIFF": "tif", "BMP": "bmp", "GIF": "gif"}
"""Kinds of pictures a project may hold, and the ending of their files."""

LARGEST_PICTURE = 64_000_000
"""Pixels; decoded that is 250 MB. Pillow itself only warns up to 179 million."""

_BLOCK = 4096
"""Bytes of a file that are decoded at once."""

_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error)


class PictureError(Exception):
    """Bytes are no picture that may be used; the message is a clause ("is damaged")."""


@dataclass(frozen=True)
class PictureFacts:
    """What the header of a picture says; sizes in pixels."""

    format: str
    width: int
    height: int

    @property
    def ending(self) -> str:
        """The usual ending of such files."""
        return FORMATS[self.format]


def look_at(data: bytes) -> PictureFacts:
    """Read the header of a picture. Raises PictureError for anything else, and for too many pixels."""
    with _opened(data) as image:
        return PictureFacts(str(image.format), image.width, image.height)


def look_through(data: bytes) -> PictureFacts:
    """As `look_at`, and decode it, so that what was cut off is found as well. Raises PictureError."""
    with _opened(data) as image:
        facts = PictureFacts(str(image.format), image.width, image.height)
        image.draft("RGB", (64, 64))  # spares JPEG most of the work
        image.load()
    return facts


def small_picture(data: bytes, side: int) -> bytes:
    """A picture scaled down to fit into a square of `side` pixels, as PNG. Raises PictureError."""
    with _opened(data) as image:
        small = image.convert("RGB")
        small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    stream = io.BytesIO()
    small.save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def encode_mask(mask: NDArray[np.uint8]) -> bytes:
    """A mask, uint8 [height, width] with 255 where it is fully painted, as a greyscale PNG."""
    stream = io.BytesIO()
    Image.fromarray(mask).save(stream, "PNG", compress_level=6)
    return stream.getvalue()


def decode_mask(data: bytes) -> NDArray[np.uint8]:
    """A mask as uint8 [height, width]: the opacity of a picture that has one, else its brightness.

    Raises:
        PictureError: no picture, damaged, or larger than `LARGEST_PICTURE` pixels.
    """
    with _opened(data) as image:
        if image.mode.startswith(("I", "F")):
            raise PictureError("has more than 8 bits a channel")
        plain = image.convert("RGBA").getchannel("A") if image.has_transparency_data else image.convert("L")
    return np.asarray(plain, dtype=np.uint8)


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
                if image.width * image.height > LARGEST_PICTURE:
                    raise PictureError(_too_large(f"{image.width} x {image.height}"))
                # The lock of the interpreter is held while a block is decoded, and the window waits for it meanwhile.
                image.decodermaxblock = _BLOCK
                yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(_too_large("far too many")) from error
    except _UNREADABLE as error:
        raise PictureError(f"is damaged or no picture of a kind that is read ({', '.join(FORMATS)})") from error


def _too_large(pixels: str) -> str:
    return f"has {pixels} pixels, and at most {LARGEST_PICTURE // 1_000_000} million are read"
