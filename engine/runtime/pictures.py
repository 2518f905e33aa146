"""Pictures to disk and to previews. A file appears whole or not at all, and never in place of another."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from engine.api.errors import NodeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.PngImagePlugin import PngInfo

# Longest side of a preview in pixels: enough for a node's face, small enough to travel inside a message.
PREVIEW_SIDE = 256


def is_picture(value: object) -> TypeGuard[NDArray[np.uint8]]:
    """Whether a value is a picture as it travels on wires: a numpy array, uint8 [height, width, 3]."""
    shape: tuple[int, ...] = tuple(getattr(value, "shape", ()))
    return str(getattr(value, "dtype", "")) == "uint8" and len(shape) == 3 and shape[-1] == 3 and min(shape) > 0


def save_png(pixels: NDArray[np.uint8], folder: Path, name: str, facts: Mapping[str, str]) -> Path:
    """Write `pixels` (uint8 [height, width, 3]) as `name`.png into `folder` and return the path.

    `facts` become text chunks (UTF-8, not compressed). Where the name is taken, `name`-2.png and so on is used. Raises
    NodeError for a wrong array or name, OSError for a folder that cannot be written.
    """
    from PIL import Image

    require_picture(pixels)
    _require_name(name)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{secrets.token_hex(8)}.part"
    try:
        with part.open("xb") as file:
            Image.fromarray(pixels).save(file, "PNG", pnginfo=_text_chunks(facts))
            file.flush()
            os.fsync(file.fileno())
        return _publish(part, folder, name)
    finally:
        part.unlink(missing_ok=True)


def preview_png(pixels: NDArray[np.uint8]) -> tuple[int, int, bytes]:
    """Width and height of a picture (uint8 [height, width, 3]) and a quick, small PNG of it."""
    from PIL import Image

    require_picture(pixels)
    picture = Image.fromarray(pixels)
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.BILINEAR, reducing_gap=1.0)
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=1)
    return picture.width, picture.height, stream.getvalue()


def file_name(text: str) -> str:
    """A plain file name made of a title: letters, digits and hyphens."""
    words = "".join(letter if letter.isalnum() else " " for letter in text).split()
    return "-".join(words).lower()[:50] or "picture"


def require_picture(pixels: object) -> None:
    """NodeError unless `pixels` is a numpy array, uint8 [height, width, 3]."""
    if not is_picture(pixels):
        kind = f"{getattr(pixels, 'dtype', type(pixels).__name__)} {tuple(getattr(pixels, 'shape', ()))}"
        raise NodeError(f"A picture is uint8 [height, width, 3], but this is {kind}.", "Wire an Image to it.")


def _require_name(name: str) -> None:
    wrong = sorted({letter for letter in name if letter in '/\\:*?"<>|' or ord(letter) < 32})
    if wrong or not name.strip(". ") or len(name.encode()) > 200:
        reason = f"contains {' '.join(map(repr, wrong))}" if wrong else "is empty, only dots, or too long"
        raise NodeError(f"The picture name {name[:60]!r} {reason}.", "Choose a plain file name without folders.")


def _text_chunks(facts: Mapping[str, str]) -> PngInfo:
    from PIL.PngImagePlugin import PngInfo

    chunks = PngInfo()
    for keyword, text in facts.items():
        # Short plain text goes into the oldest kind of chunk, which every program reads; the rest into UTF-8 ones.
        if text.isascii() and len(text) < 8192:
            chunks.add_text(keyword, text)
        else:
            chunks.add_itxt(keyword, text)
    return chunks


def _publish(part: Path, folder: Path, name: str) -> Path:
    for path in _free_names(folder, name):
        try:
            os.link(part, path)  # refuses to replace, unlike a rename
        except FileExistsError:
            continue
        except OSError:  # a file system without links: the check below leaves a moment, but such disks have one user
            if path.exists():
                continue
            part.replace(path)
        return path
    raise AssertionError("names never run out")


def _free_names(folder: Path, name: str) -> Iterator[Path]:
    yield folder / f"{name}.png"
    number = 2
    while True:
        yield folder / f"{name}-{number}.png"
        number += 1
