"""Briefs refuse what no model can follow, in words, and cannot be changed from outside."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from engine.conditioning.brief import (
    Brief,
    BriefError,
    DenoiserRef,
    PhraseLayer,
    PhraseMasks,
    Sample,
    SizeCrop,
    StyleReference,
    SwitchedPrompt,
)

MASK = np.ones((8, 8), np.float32)
PICTURE = np.zeros((8, 8, 3), np.uint8)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SwitchedPrompt("a", "b", 1.5), "switches at 1.5"),
        (lambda: PhraseLayer("x", 3, 3, MASK), "'x': characters 3 to 3 hold no text"),
        (lambda: PhraseLayer("x", 0, 3, MASK, strength=-1.0), "'x': strength is -1"),
        (lambda: PhraseLayer("x", 0, 3, MASK, repel=2.0), "'x': repel is 2"),
        (lambda: PhraseLayer("x", 0, 3, MASK, begin=0.6, finish=0.5), "begin 0.6 and finish 0.5"),
        (lambda: PhraseLayer("x", 0, 3, np.ones(8, np.float32)), r"needs \[height, width\]"),
        (lambda: PhraseLayer("x", 0, 3, MASK.astype(np.float64)), "float64; it needs float32"),
        (lambda: PhraseLayer("x", 0, 3, MASK * 2), "must lie in 0..1"),
        (lambda: PhraseLayer("x", 0, 3, MASK * np.nan), "must lie in 0..1"),
        (lambda: PhraseMasks("cat", (PhraseLayer("x", 0, 4, MASK),)), "outside the prompt of 3 characters"),
        (lambda: PhraseMasks("cat", (), weight=float("nan")), "weight is nan"),
        (lambda: PhraseMasks("cat", (), overlap="add"), "overlap is 'add'; choose one of stack, mix"),  # type: ignore[arg-type]
        (lambda: PhraseMasks("cat", (), norm="std"), "choose one of head, layer, range"),  # type: ignore[arg-type]
        (
            lambda: PhraseMasks("cat", (PhraseLayer("x", 0, 1, MASK), PhraseLayer("y", 1, 2, MASK[:4]))),
            "all masks need the canvas size",
        ),
        (lambda: StyleReference(()), "there is no picture"),
        (lambda: StyleReference(((PICTURE, 0.0),)), "every picture has weight 0"),
        (lambda: StyleReference(((PICTURE[..., :1], 1.0),)), r"picture 1 is uint8 \(8, 8, 1\)"),
        (lambda: SizeCrop(target=(0, 8), original=(8, 8)), "target size 0x8"),
        (lambda: SizeCrop(target=(8, 8), original=(8, 8), crop=(-1, 0)), "crop"),
        (lambda: Brief("dog", PhraseMasks("cat", ())), "painted for 'cat', but the prompt is 'dog'"),
        (lambda: Brief("dog", encoders=frozenset({"bert"})), r"unknown encoders \['bert'\]"),  # type: ignore[arg-type]
        (lambda: Brief("dog", low_resolution=torch.zeros(8, 8)), r"needs \[3, h, w\]"),
        (lambda: DenoiserRef("storybook", "high", 1.0, 9.0), "storybook/high: noise falls from 1 to 9"),
        (lambda: Sample(torch.zeros(8, 8), "pixel", 0.0), r"needs \[channels, height, width\]"),
        (lambda: Sample(torch.zeros(3, 8, 8), "pixel", -1.0), "sigma is -1"),
    ],
)
def test_a_value_out_of_range_is_named(make: Callable[[], object], message: str) -> None:
    with pytest.raises(BriefError, match=message):
        make()


def test_masks_and_pictures_cannot_be_changed_once_they_travel() -> None:
    mask, picture = MASK.copy(), PICTURE.copy()
    layer, style = PhraseLayer("x", 0, 1, mask), StyleReference(((picture, 1.0),))
    mask[:], picture[:] = 0.5, 7
    assert (layer.mask == 1.0).all()
    assert (style.images[0][0] == 0).all()
    with pytest.raises(ValueError, match="read-only"):
        layer.mask[0, 0] = 0.0


def test_a_read_only_mask_is_not_copied_again() -> None:
    layer = PhraseLayer("x", 0, 1, MASK.copy())
    assert PhraseLayer("y", 0, 1, layer.mask).mask is layer.mask
