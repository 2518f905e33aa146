"""Denoise tells where it looks: through real experts, as bytes, and without changing a pixel."""

import numpy as np
from numpy.typing import NDArray

from engine.api.messages import Attention, Progress
from engine.conditioning.brief import DenoiserRef, EnsembleRef, PhraseLayer, PhraseMasks, PromptText
from tests.impl.workshop import Workshop

TEXT = "a red fox under the night sky"
EXPERTS = EnsembleRef((DenoiserRef("storybook", "high", None, 1.0), DenoiserRef("storybook", "low", 1.0, None)))


def painting() -> PhraseMasks:
    masks = np.zeros((2, 16, 16), np.float32)
    masks[0, :, :8] = masks[1, :, 8:] = 1.0
    fox, sky = PhraseLayer("fox", 2, 9, masks[0]), PhraseLayer("sky", 20, 29, masks[1], strength=0.0)
    return PhraseMasks(TEXT, (fox, sky), weight=2.0)


def draw(workshop: Workshop) -> NDArray[np.uint8]:
    _, image = workshop.run(
        "denoise", denoiser=EXPERTS, prompt=PromptText(TEXT), phrases=painting(), seed=1, steps=5, style=(),
        guidance=2.0,
    )  # fmt: skip
    picture: NDArray[np.uint8] = image
    return picture


def test_a_recorded_run_draws_the_same_picture_and_tells_every_noise_level(workshop: Workshop) -> None:
    plain = draw(workshop)
    assert not [event for event in workshop.events if isinstance(event, Attention)]
    workshop.records_attention = True
    workshop.events.clear()
    assert np.array_equal(draw(workshop), plain)
    levels = [event.level for event in workshop.events if isinstance(event, Attention)]
    steps = [event for event in workshop.events if isinstance(event, Progress)]
    assert len({level.sigma for level in levels}) >= len(steps)
    assert {level.sigma > 1.0 for level in levels} == {True, False}  # both experts told
    assert list(workshop.record.attention) == sorted(workshop.record.attention, key=lambda level: -level.sigma)
    for level in levels:
        assert [phrase.text for phrase in level.phrases] == ["red fox", "night sky"]
        for phrase in level.phrases:
            assert len(phrase.cells) == level.width * level.height == 256
            assert max(phrase.cells) == 255
            assert 0.0 < phrase.mean <= phrase.peak <= 1.0
        assert sum(phrase.mean for phrase in level.phrases) <= level.words + 1e-3
