"""Nodes that work on finished pictures, uint8 [height, width, 3]."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.runtime.context import Context
from engine.runtime.items import Collected
from nodes.impl.contact_sheet import draw_sheet

Picture = NDArray[np.uint8]

RESAMPLING: Mapping[str, Image.Resampling] = {
    "lanczos": Image.Resampling.LANCZOS,
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "nearest": Image.Resampling.NEAREST,
}


def resize(context: Context, *, image: Picture, width: int, height: int, method: str) -> Picture:
    """A picture at exactly `width` x `height`."""
    resized = Image.fromarray(image).resize((width, height), RESAMPLING[method])
    return np.asarray(resized)


def grid(context: Context, *, images: Collected, columns: int, title: str) -> Picture:
    """A labelled contact sheet of a whole list of pictures."""
    return draw_sheet(images, columns, title)


def preview(context: Context, *, image: Picture) -> Picture:
    """A picture shown on the node."""
    context.preview(image)
    return image


def save_image(context: Context, *, image: Picture, name: str) -> Picture:
    """A picture written into the output folder."""
    context.save_picture(image, name, {})
    return image
