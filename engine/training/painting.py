"""Phrases painted while training: what an artist might paint over each part of a picture, made from its exact mask.

Paint-with-words needs no training (eDiff-I 4.3). But a network that has met its bias while learning draws things where
they are painted, to their edges, where one that has not draws them about there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.conditioning.brief import PhraseLayer, PhraseMasks
from engine.conditioning.paint_with_words import PhraseMaps, phrase_maps
from engine.conditioning.spans import report_phrase
from engine.models.ediff.encoders import Encoders
from engine.training.world import Phrase, Scene
from engine.training.world.fields import bent, blur

THINGS, SURROUNDINGS = 0.85, 0.3
"""How often a thing, and a sky or ground, of a painted picture is painted."""
WEIGHTS = (0.5, 1.5)
"""The weights w' that are met."""
SEEN = 0.01
"""A phrase is painted where its strokes cover this share of the picture."""
NEAR, STEEP = 0.02, 8.0
"""Strokes stay where the widened part is at least `NEAR`; their borders rise from 0 to 1 over 1 / `STEEP` of it."""


def painted_phrases(
    scenes: Sequence[Scene], masks: Tensor, encoders: Encoders, share: float, rng: np.random.Generator
) -> PhraseMaps | None:
    """Paint phrases on a share of the scenes.

    Args:
        scenes: the pictures' scenes.
        masks: exact masks of their phrases, [B, P, S, S] in 0..1 (`Rendered.masks`).
        encoders: whose tokens the phrases are found in; the masks are kept on their device.
        share: share of the scenes that are painted, 0 to 1.
        rng: decides which, where the strokes run, and their weight.

    Returns:
        The painted phrases of the batch, or None where there are none.
    """
    rough = loosely_painted(masks, rng).cpu().numpy()
    told = [
        phrases_of(scene, own, rng) if rng.random() < share else None for scene, own in zip(scenes, rough, strict=True)
    ]
    columns = [[] if painted is None else columns_of(painted, encoders) for painted in told]
    return phrase_maps(told, columns, encoders.shape.columns, encoders.device)


def loosely_painted(masks: Tensor, rng: np.random.Generator) -> Tensor:
    """Masks [B, P, S, S] as loose strokes over the same parts: bent outlines, a margin, gaps; the same shape, 0..1."""
    size, count = masks.shape[-2:], masks.shape[0] * masks.shape[1]
    if count == 0:
        return masks
    outlines = bent(masks.reshape(count, 1, *size), float(rng.uniform(0.0, 0.04)), rng)
    margin = blur(outlines, float(rng.uniform(0.01, 0.04)))
    coarse = torch.from_numpy(rng.standard_normal((count, 1, 8, 8), dtype=np.float32)).to(masks.device)
    gaps = F.interpolate(coarse, size, mode="bicubic") * float(rng.uniform(0.0, 0.25)) * (margin > NEAR)
    edge = torch.from_numpy(rng.uniform(0.25, 0.6, (count, 1, 1, 1)).astype(np.float32)).to(masks.device)
    return ((margin + gaps - edge) * STEEP + 0.5).clamp(0.0, 1.0).reshape(masks.shape)


def phrases_of(scene: Scene, masks: NDArray[np.float32], rng: np.random.Generator) -> PhraseMasks | None:
    """Some of the scene's phrases with their masks [P, S, S], surroundings below things; None where none is painted."""
    repel = float(rng.uniform(0.0, 1.0))
    chosen = [phrase for phrase in scene.masked if is_painted(phrase, masks, rng)]
    layers = tuple(
        PhraseLayer(phrase.name, phrase.start, phrase.end, masks[phrase.mask], repel=repel)
        for phrase in sorted(chosen, key=lambda phrase: phrase.kind == "object")
    )
    return PhraseMasks(scene.caption, layers, weight=float(rng.uniform(*WEIGHTS))) if layers else None


def is_painted(phrase: Phrase, masks: NDArray[np.float32], rng: np.random.Generator) -> bool:
    """Whether an artist painted this phrase."""
    wanted = rng.random() < (THINGS if phrase.kind == "object" else SURROUNDINGS)
    return wanted and phrase.mask is not None and float(masks[phrase.mask].mean()) >= SEEN


def columns_of(painted: PhraseMasks, encoders: Encoders) -> list[tuple[int, ...]]:
    """The cross-attention columns of each layer's phrase."""
    spans = encoders.token_spans(painted.prompt)
    return [report_phrase(painted.prompt, layer, spans).all_columns for layer in painted.layers]
