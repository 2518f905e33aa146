"""What holds at which step: switched prompts, and phrases and styles with a beginning and an end."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.conditioning.brief import (
    BriefError,
    PhraseLayer,
    PhraseMasks,
    PromptText,
    SizeCrop,
    StyleReference,
    SwitchedPrompt,
)
from engine.conditioning.picture import Picture, node_of

MASK = np.ones((8, 8), np.float32)
STYLE = ((np.zeros((8, 8, 3), np.uint8), 1.0),)


def phrases(*windows: tuple[float, float]) -> PhraseMasks:
    return PhraseMasks(
        "cat", tuple(PhraseLayer(str(i), 0, 3, MASK, begin=a, finish=b) for i, (a, b) in enumerate(windows))
    )


@settings(max_examples=50, deadline=None)
@given(at=st.floats(0.0, 1.0), steps=st.integers(1, 60))
def test_a_prompt_switches_once_at_the_node_nearest_its_fraction(at: float, steps: int) -> None:
    picture = Picture(SwitchedPrompt("cat", "dog", at), seed=0)
    prompts = [picture.brief(step, steps).prompt for step in range(steps)]
    first = prompts.count("cat")
    assert prompts == ["cat"] * first + ["dog"] * (steps - first)
    assert abs(first - at * steps) <= 0.5 + 1e-9
    assert picture.jumps(steps) == ({first} if 0 < first < steps else set())


def test_layers_act_between_their_fractions() -> None:
    picture = Picture(PromptText("cat"), 0, phrases=phrases((0.0, 0.5), (0.25, 1.0), (0.5, 0.5)))
    acting = [picture.brief(step, 8).phrases for step in range(8)]
    assert [[layer.id for layer in p.layers] if p else [] for p in acting] == [
        *[["0"]] * 2,
        *[["0", "1"]] * 2,
        *[["1"]] * 4,
    ]
    assert picture.jumps(8) == {2, 4}


def test_when_no_layer_acts_there_are_no_phrases() -> None:
    picture = Picture(PromptText("cat"), 0, phrases=phrases((0.0, 0.5)))
    assert picture.brief(7, 8).phrases is None


def test_styles_act_between_their_fractions() -> None:
    late = StyleReference(STYLE, begin=0.5)
    picture = Picture(PromptText("cat"), 0, styles=(late,))
    assert [len(picture.brief(step, 4).styles) for step in range(4)] == [0, 0, 1, 1]
    assert picture.jumps(4) == {2}


def test_phrases_act_while_the_prompt_they_were_painted_for_does() -> None:
    for prompt, acts in (
        (SwitchedPrompt("cat", "dog", 0.5), [1, 1, 0, 0]),
        (SwitchedPrompt("dog", "cat", 0.5), [0, 0, 1, 1]),
    ):
        picture = Picture(prompt, 0, phrases=phrases((0.0, 1.0)))
        assert [int(picture.brief(step, 4).phrases is not None) for step in range(4)] == acts


@pytest.mark.parametrize("prompt", [PromptText("dog"), SwitchedPrompt("dog", "bird", 0.5), None])
def test_phrases_of_another_prompt_are_named(prompt: PromptText | SwitchedPrompt | None) -> None:
    with pytest.raises(BriefError, match="painted for 'cat'"):
        Picture(prompt, 0, phrases=phrases((0.0, 1.0)))


def test_the_unconditional_half_keeps_the_frame_and_drops_the_content() -> None:
    size, low = SizeCrop((8, 8), (8, 8)), torch.zeros(3, 4, 4)
    picture = Picture(
        PromptText("cat"),
        0,
        SwitchedPrompt("blurry", "flat", 0.5),
        phrases((0.0, 1.0)),
        (StyleReference(STYLE),),
        size,
        low,
    )
    for step, prompt in ((0, "blurry"), (3, "flat")):
        brief = picture.unconditional(step, 4)
        assert (brief.prompt, brief.phrases, brief.styles) == (prompt, None, ())
        assert (brief.size, brief.low_resolution) == (size, low)
    assert picture.jumps(4) == {2}
    assert Picture(PromptText("cat"), 0).unconditional(0, 4).prompt is None


def test_halves_go_to_the_later_node() -> None:
    assert [node_of(f, 5) for f in (0.0, 0.1, 0.3, 0.5, 1.0)] == [0, 1, 2, 3, 5]
