"""Reading a sample: a picture in -1..1, its caption, and stored embeddings; whatever is broken says why."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from PIL import Image, ImageOps
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from torch import Tensor

from engine.api.decoding import decode_json
from engine.training.pictures.samples import EMBEDDINGS, PICTURES, WORDS, BrokenSampleError, Sample

MOST_PIXELS = 120_000_000
"""Larger pictures are refused: a small file may unpack to more than the memory holds."""

STORED = ("clip_text", "clip_pooled", "t5", "clip_image")


class Described(msgspec.Struct):
    """A sample's .json; `caption` and `text` are the two usual names."""

    caption: str | None = None
    text: str | None = None


@dataclass(frozen=True, eq=False)
class Read:
    """A sample in memory: picture [3, H, W] in -1..1, caption, and stored embeddings by name (may be empty)."""

    picture: Tensor
    caption: str
    stored: Mapping[str, Tensor]


def read_sample(sample: Sample, smallest: int, stored: bool) -> Read:
    """Read everything that belongs to a sample.

    Args:
        sample: what to read.
        smallest: least shorter side of the picture in pixels.
        stored: whether its embeddings are read too.

    Raises:
        BrokenSampleError: something is missing, damaged, too small or too large.
    """
    try:
        return Read(read_picture(sample, smallest), read_caption(sample), read_embeddings(sample) if stored else {})
    except (
        OSError,
        EOFError,
        SyntaxError,
        ValueError,
        struct.error,
        zlib.error,
        Image.DecompressionBombError,
    ) as error:
        raise BrokenSampleError(sample, f"it cannot be read ({error})") from error


def read_picture(sample: Sample, smallest: int) -> Tensor:
    """The picture upright, in RGB over white."""
    found = sample.first(PICTURES)
    if found is None:
        raise BrokenSampleError(sample, "it has no picture")
    with Image.open(io.BytesIO(found[1].read()), formats=("JPEG", "PNG", "WEBP")) as opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            raise BrokenSampleError(sample, f"its picture of {width}x{height} is too large")
        if min(width, height) < smallest:
            raise BrokenSampleError(sample, f"its picture of {width}x{height} is smaller than {smallest}")
        pixels = np.array(over_white(ImageOps.exif_transpose(opened)))
    return torch.from_numpy(pixels).permute(2, 0, 1).float() / 127.5 - 1.0


def over_white(picture: Image.Image) -> Image.Image:
    """RGB, transparent parts white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    whole = picture.convert("RGBA")
    white = Image.new("RGBA", whole.size, "white")
    return Image.alpha_composite(white, whole).convert("RGB")


def read_caption(sample: Sample) -> str:
    """The caption in one line."""
    caption, found = sample.caption, sample.first(WORDS)
    if caption is None and found is not None:
        kind, part = found
        caption = part.read().decode("utf-8") if kind == "txt" else described(part.read())
    caption = " ".join((caption or "").split())
    if not caption:
        raise BrokenSampleError(sample, "it has no caption")
    return caption


def described(raw: bytes) -> str | None:
    """The caption in a sample's .json; None where it has none. Raises msgspec.DecodeError."""
    told = decode_json(raw, Described)
    return told.caption or told.text


def read_embeddings(sample: Sample) -> dict[str, Tensor]:
    """The stored embeddings, float32."""
    found = sample.first(EMBEDDINGS)
    if found is None:
        raise BrokenSampleError(sample, "it has no stored embeddings (.npz or .safetensors)")
    kind, part = found
    try:
        values = load_safetensors(part.read()) if kind == "safetensors" else load_npz(part.read())
    except (SafetensorError, zipfile.BadZipFile) as error:
        raise BrokenSampleError(sample, f"its embeddings cannot be read ({error})") from error
    missing = [name for name in STORED if name not in values]
    if missing:
        raise BrokenSampleError(sample, f"its embeddings lack {', '.join(missing)}")
    return {name: values[name].float() for name in STORED}


def load_npz(raw: bytes) -> dict[str, Tensor]:
    """The embeddings of an .npz by name, as stored; raises ValueError for one that holds pickled objects."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
        return {name: torch.from_numpy(archive[name]) for name in archive.files if name in STORED}
