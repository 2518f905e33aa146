"""A small picture of what is painted in a document, for lists of projects that were never drawn."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from app.model.document import Document
from app.model.face import face_of
from app.model.layers import layers_of
from app.paint.palette import swatch
from nodes.registry import Registry

_GROUND = (0x4A, 0x4A, 0x4A)
_STRENGTH = 0.75


def sentences(document: Document, registry: Registry) -> str:
    """What the picture shows, in words; with an arrow to what it becomes where the prompt is switched."""
    face = face_of(document, registry)
    texts = (document.nodes[node].params.get("text") for node in (face.prompt, face.second_prompt) if node is not None)
    return " → ".join(text.strip() for text in texts if isinstance(text, str) and text.strip())


def sketch(document: Document, registry: Registry, longest: int = 256) -> bytes:
    """The painted phrases in their colours, the lowest first, as a PNG with sides of at most `longest` pixels."""
    width, height = document.size
    scale = min(1.0, longest / max(width, height))
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    canvas = np.full((size[1], size[0], 3), _GROUND, np.float32)
    masks = face_of(document, registry).masks
    for layer in () if masks is None else layers_of(document.nodes[masks]):
        mask = document.paint.get(layer.raster)
        if mask is not None and layer.visible:
            small = Image.fromarray(mask.to_array()).resize(size, Image.Resampling.BILINEAR)
            share = _STRENGTH * np.asarray(small, np.float32)[..., None] / 255.0
            canvas += share * (np.array(swatch(layer.colour).rgb, np.float32) - canvas)
    data = io.BytesIO()
    Image.fromarray(canvas.round().astype(np.uint8)).save(data, "PNG", compress_level=1)
    return data.getvalue()
