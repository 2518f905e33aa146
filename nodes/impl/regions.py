"""Nodes that say where: painted phrases bound to the characters of a prompt, size and crop."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.api.errors import NodeError
from engine.api.plan import Json
from engine.conditioning.brief import Norm, Overlap, PhraseLayer, PhraseMasks, Resize, SizeCrop
from engine.conditioning.picture import Prompt
from engine.conditioning.spans import SMALLEST_GRID
from engine.runtime.context import Context
from nodes.impl.picture_files import read_mask
from nodes.impl.solving import texts_of
from nodes.specs.declare import PhraseLayerValue


def phrase_masks(
    context: Context,
    *,
    prompt: Prompt,
    layers: list[Json],
    overlap: Overlap,
    weight: float,
    norm: Norm,
    resize: Resize,
    isolate: bool,
) -> PhraseMasks:
    """The painted phrases of a prompt, lowest layer first."""
    painted = _painted(layers)
    text = _text_for(prompt, painted)
    bound = [layer for entry in painted if (layer := _bound(context, text, entry)) is not None]
    return PhraseMasks(text, tuple(bound), overlap, weight, norm, resize, isolate)


def size_crop(
    context: Context,
    *,
    width: int,
    height: int,
    original_width: int | None,
    original_height: int | None,
    crop_left: int,
    crop_top: int,
) -> SizeCrop:
    """The size of a picture, and the size and crop that the model should think it comes from (SDXL 2.2)."""
    original = (
        height if original_height is None else original_height,
        width if original_width is None else original_width,
    )
    return SizeCrop((height, width), original, (crop_top, crop_left))


def find_phrase(text: str, phrase: str, start: int) -> int | None:
    """Where `phrase` now begins in `text`: at `start` if it still does, else where it stands nearest to there."""
    if phrase and text[start : start + len(phrase)] == phrase:
        return start
    places = []
    place = text.find(phrase) if phrase else -1
    while place >= 0:
        places.append(place)
        place = text.find(phrase, place + 1)
    return min(places, key=lambda place: abs(place - start), default=None)


def _painted(layers: list[Json]) -> list[PhraseLayerValue]:
    try:
        return msgspec.convert(layers, list[PhraseLayerValue])
    except msgspec.ValidationError as error:
        raise NodeError(f"The painted layers cannot be read: {error}.", "Paint the phrase again.") from error


def _text_for(prompt: Prompt, painted: Sequence[PhraseLayerValue]) -> str:
    """The text of a switching prompt that holds most of the painted phrases; the first where they are level."""
    return max(texts_of(prompt), key=lambda text: sum(layer.phrase in text for layer in painted))


def _bound(context: Context, text: str, entry: PhraseLayerValue) -> PhraseLayer | None:
    start = find_phrase(text, entry.phrase, entry.start)
    if start is None:
        context.note(f"“{entry.phrase}” is not in the prompt, so its layer {entry.id} does nothing.")
        return None
    mask = read_mask(context.asset(entry.mask))
    if not mask.any():
        context.note(f"Nothing is painted for “{entry.phrase}”, so its layer {entry.id} does nothing.")
        return None
    if float(mask.sum()) < mask.size / SMALLEST_GRID**2:
        context.note(f"“{entry.phrase}”: painted smaller than one cell at 8x8, so it acts weakly.")
    end = start + len(entry.phrase)
    return PhraseLayer(
        entry.id, start, end, mask, entry.strength, entry.repel, entry.begin, entry.finish, entry.noise_seed
    )
