"""Recorded attention: hand-made layers give the expected maps, and groups sum to one on every grid."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.conditioning.attention_recorder import (
    AttentionObserver,
    CallAttention,
    RecordedDenoiser,
    RecordedLevel,
    TokenGroups,
    to_grid,
)
from engine.conditioning.brief import Brief, PhraseMasks

FOX, MOON = (1, 2), (4,)
GROUPS = TokenGroups(8, {"fox": FOX, "moon": MOON}, words=(1, 2, 3, 4), marks=(0, 5), style=(6,), null=(7,))


class AttentiveToy:
    """Halves a picture; its first picture looks at the null token everywhere, its second at the fox."""

    def __init__(self) -> None:
        self.observer: AttentionObserver | None = None

    def token_groups(self, brief: Brief, phrases: PhraseMasks | None) -> TokenGroups:
        return GROUPS

    @contextmanager
    def observed(self, observer: AttentionObserver) -> Iterator[None]:
        self.observer = observer
        yield
        self.observer = None

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Brief]) -> Tensor:
        if self.observer is not None:
            looked = torch.zeros(2, 1, 16, 8)
            looked[0, ..., 7] = looked[1, ..., 1] = 1.0
            self.observer.cross(looked, (4, 4))
        return x / 2.0


def test_a_hand_made_layer_gives_the_map_that_was_put_in() -> None:
    left = torch.zeros(1, 2, 4, 8)
    left[:, :, 0::2, 1] = 1.0  # the left column of a 2 x 2 grid looks at the fox's first token
    left[:, :, 1::2, 7] = 1.0  # the right one at the null token
    call = CallAttention([GROUPS])
    call.cross(left, (2, 2))
    (level,) = call.levels(3.0)
    assert level.names == ("fox", "moon")
    assert level.phrases.tolist() == [[[1.0, 0.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]
    assert level.rest.tolist() == [[0.0, 1.0], [0.0, 1.0]]
    assert (level.words, level.marks, level.style, level.null) == (0.5, 0.0, 0.0, 0.5)
    assert level.entropy is None


def test_layers_and_heads_are_averaged_alike() -> None:
    one, other = torch.zeros(2, 1, 2, 1, 8)
    one[0, 0, 0, 1], one[0, 1, 0, 4] = 1.0, 1.0
    other[..., 7] = 1.0
    call = CallAttention([GROUPS])
    call.cross(one, (1, 1))
    call.cross(other, (1, 1))
    (level,) = call.levels(1.0)
    assert level.phrases.ravel().tolist() == [0.25, 0.25]
    assert level.null == 0.5


@given(st.integers(0, 2**32 - 1), st.sampled_from([(8, 8), (16, 16), (64, 48), (4, 12)]))
def test_phrases_and_rest_sum_to_one_over_layers_of_different_size(seed: int, grid: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(seed)
    call = CallAttention([GROUPS])
    for height, width in (grid, (grid[0] // 2, grid[1] // 2)):
        scores = 3.0 * torch.randn(1, 2, height * width, 8, generator=generator)
        call.cross(scores.softmax(-1), (height, width))
    (level,) = call.levels(1.0)
    whole = level.phrases.astype("float32").sum(0) + level.rest.astype("float32")
    assert abs(whole - 1.0).max() < 3e-3
    assert max(level.rest.shape) <= 32
    assert level.words + level.marks + level.style + level.null <= 1.0 + 1e-5


def test_a_map_that_is_brought_to_a_finer_grid_keeps_its_mean_inside() -> None:
    flat = torch.full((1, 4, 4), 0.25)
    assert torch.equal(to_grid(flat, (16, 16)), torch.full((1, 16, 16), 0.25))
    assert torch.equal(to_grid(flat, (2, 2)), torch.full((1, 2, 2), 0.25))


def test_the_entropy_of_self_attention_is_one_where_all_is_looked_at_alike_and_zero_where_one_place_is() -> None:
    even, sharp = torch.full((1, 1, 16, 16), 1 / 16), torch.zeros(1, 1, 16, 16)
    sharp[..., 5] = 1.0
    for own, expected, most in ((even, 1.0, 1.0), (sharp, 0.0, 16.0)):
        call = CallAttention([GROUPS])
        call.cross(torch.full((1, 1, 16, 8), 1 / 8), (4, 4))
        call.own(own, (4, 4))
        (level,) = call.levels(1.0)
        assert level.entropy is not None
        assert math.isclose(level.entropy, expected, abs_tol=1e-6)
        assert level.looked_at is not None
        assert level.looked_at.max() == most
        assert math.isclose(level.looked_at.mean(), 1.0)


def test_only_the_first_pictures_of_a_batch_are_recorded_and_the_estimate_is_not_touched() -> None:
    told: list[tuple[RecordedLevel, ...]] = []
    toy = AttentiveToy()
    recorded = RecordedDenoiser(toy, 0.1, 10.0, [None], told.append)
    x, sigma, briefs = torch.randn(2, 3, 4, 4), torch.full((2,), 2.0), [Brief("a fox"), Brief(None)]
    assert torch.equal(recorded(x, sigma, briefs), toy(x, sigma, briefs))
    ((level,),) = told
    assert level.sigma == 2.0
    assert level.null == 1.0
