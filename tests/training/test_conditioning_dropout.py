"""Conditioning dropout (eDiff-I 4.2, Table 7) and size and crop (SDXL, Algorithm 1) as the papers say."""

import numpy as np
import pytest
import torch

from engine.models.ediff.embeddings import Embeddings, TokenContext
from engine.training.batches import dropped, kept
from engine.training.config import Dropout
from engine.training.patches import cut_patches, size_and_crop
from tests.models.small import CONTEXT


def full(batch: int) -> Embeddings:
    return Embeddings(
        torch.ones(batch, 12, 16), torch.ones(batch, 16), torch.ones(batch, 14, 16), torch.ones(batch, 16),
        torch.ones(batch, 6), torch.ones(batch, 3, 4, 4),
    )  # fmt: skip


def test_dropout_is_independent_and_at_its_rates() -> None:
    keep = kept(Dropout(), 20_000, torch.Generator().manual_seed(0))
    np.testing.assert_allclose(1 - keep.mean(dim=1).numpy(), [0.2, 0.25, 0.9], atol=0.015)
    correlation = np.corrcoef(keep.numpy())
    assert np.abs(correlation - np.eye(3)).max() < 0.03


def test_what_is_dropped_is_zero_as_a_whole_and_the_rest_untouched() -> None:
    keep = torch.tensor([[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
    told = dropped(full(4), keep)
    rows = {"clip_text": 0, "clip_pooled": 0, "t5": 1, "clip_image": 2}
    for name, row in rows.items():
        value = getattr(told, name).flatten(1)
        assert torch.equal(value.amin(dim=1), keep[row]), name
        assert torch.equal(value.amax(dim=1), keep[row]), name
    assert told.micro is not None
    assert told.low_resolution is not None
    assert bool((told.micro == 1).all())
    assert bool((told.low_resolution == 1).all())


def test_the_null_token_is_learnt_and_stays_when_all_else_is_dropped() -> None:
    context = TokenContext(CONTEXT, 32)
    silent = dropped(full(2), torch.zeros(3, 2))
    keys = context(silent)
    assert keys.shape == (2, CONTEXT.columns, 32)
    weights = torch.randn(32, generator=torch.Generator().manual_seed(0))
    (keys[:, -1] @ weights).sum().backward()
    assert context.null.grad is not None
    assert context.null.grad.abs().max() > 0
    assert context.clip_text.weight.grad is None or context.clip_text.weight.grad.abs().max() == 0


@pytest.mark.parametrize(("height", "width"), [(40, 100), (100, 40), (64, 64), (20, 30)])
def test_size_and_crop_follow_algorithm_1(height: int, width: int) -> None:
    """The shorter side becomes the target, the crop moves along the longer side, the told size is the original."""
    ramp = torch.linspace(-1, 1, width).expand(3, height, width) if width >= height else (
        torch.linspace(-1, 1, height)[:, None].expand(3, height, width))  # fmt: skip
    generator = torch.Generator().manual_seed(1)
    corners = set()
    for _ in range(20):
        square, told = size_and_crop(ramp, 32, generator)
        assert square.shape == (3, 32, 32)
        original_height, original_width, top, left, *target = (told * 32).tolist()
        assert (original_height, original_width, target) == (height, width, [32.0, 32.0])
        assert (top == 0.0) if height <= width else (left == 0.0)
        across = max(top, left)
        long = round(max(height, width) * 32 / min(height, width))
        expected = -1 + 2 * (across + 15.5) / (long - 1)
        if height != width:
            assert square.mean().item() == pytest.approx(expected, abs=0.05)  # the crop is where it says
        corners.add(across)
    assert max(corners) <= max(height, width) * 32 / min(height, width) - 32 + 1
    assert (len(corners) > 5) == (height != width)


def test_without_chance_the_crop_is_central() -> None:
    _, told = size_and_crop(torch.zeros(3, 32, 64), 32)
    assert (told * 32).tolist() == [32.0, 64.0, 0.0, 16.0, 32.0, 32.0]


def test_patches_of_picture_and_condition_are_the_same_place() -> None:
    pictures = torch.arange(2 * 3 * 20 * 24.0).reshape(2, 3, 20, 24)
    generator = torch.Generator().manual_seed(0)
    corners: set[int] = set()
    for _ in range(200):
        patches, low = cut_patches(pictures, pictures + 0.5, 16, generator)
        assert low is not None
        assert torch.equal(low - patches, torch.full((2, 3, 16, 16), 0.5))
        corners.update(int(patch[0, 0, 0]) % (3 * 20 * 24) for patch in patches)
    assert corners == {row * 24 + column for row in range(5) for column in range(9)}


def test_patches_without_a_condition() -> None:
    patches, low = cut_patches(torch.zeros(1, 3, 8, 8), None, 8, torch.Generator())
    assert patches.shape == (1, 3, 8, 8)
    assert low is None
