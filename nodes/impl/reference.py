"""Nodes that bring pictures in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.api.errors import NodeError
from engine.conditioning.brief import StyleReference
from engine.runtime.context import Context
from nodes.impl.picture_files import read_picture

Image = NDArray[np.uint8]
Mask = NDArray[np.float32]


def load_image(context: Context, *, file: str, crop: list[float]) -> tuple[Image, Mask]:
    """A picture of the project, upright, and its opacity as a mask; of both the part inside `crop`.

    `crop`: left, top, right and bottom as shares (0..1) of the upright picture's sides; empty, all of it.
    """
    if not file:
        raise NodeError("No picture is chosen.", "Choose a picture file.")
    picture = read_picture(context.asset(file))
    for note in picture.notes:
        context.note(note)
    rows, columns = _cropped(crop, *picture.opacity.shape)
    return picture.pixels[rows, columns], picture.opacity[rows, columns]


def _cropped(crop: list[float], height: int, width: int) -> tuple[slice, slice]:
    """The rows and columns inside a crop; at least one pixel of each."""
    if not crop:
        return slice(height), slice(width)
    if len(crop) != 4 or crop[0] >= crop[2] or crop[1] >= crop[3]:
        raise NodeError(
            f"The crop {crop} is no part of a picture.", "Give left, top, right and bottom as shares, or nothing."
        )
    left, top, right, bottom = crop
    return _span(top, bottom, height), _span(left, right, width)


def _span(low: float, high: float, length: int) -> slice:
    first = min(round(low * length), length - 1)
    return slice(first, max(round(high * length), first + 1))


def style_reference(
    context: Context,
    *,
    images: tuple[Image, ...],
    weights: list[float],
    strength: float,
    begin: float,
    finish: float,
    literal: float,
) -> StyleReference:
    """Pictures whose look the result should take on; those without a weight have weight 1."""
    if len(weights) > len(images):
        raise NodeError(
            f"There are {len(weights)} weights for {len(images)} pictures.", "Wire more pictures or remove weights."
        )
    weighted = [*map(float, weights), *[1.0] * (len(images) - len(weights))]
    return StyleReference(tuple(zip(images, weighted, strict=True)), strength, begin, finish, literal)
