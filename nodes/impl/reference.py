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


def load_image(context: Context, *, file: str) -> tuple[Image, Mask]:
    """A picture of the project, upright, and its opacity as a mask."""
    if not file:
        raise NodeError("No picture is chosen.", "Choose a picture file.")
    picture = read_picture(context.asset(file))
    for note in picture.notes:
        context.note(note)
    return picture.pixels, picture.opacity


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
