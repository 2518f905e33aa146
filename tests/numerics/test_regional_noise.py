"""Noise from seeds, and noise fields blended by region."""

from __future__ import annotations

import pytest
import torch

from engine.conditioning.regional_noise import blend_noise
from engine.diffusion.seeds import picture_noise
from tests.numerics.toys import noise


def test_a_seed_gives_the_same_noise_in_any_batch() -> None:
    alone = picture_noise([7], (3, 8, 8))[0]
    assert torch.equal(picture_noise([1, 7, 2], (3, 8, 8))[1], alone)
    assert not torch.equal(picture_noise([8], (3, 8, 8))[0], alone)
    assert alone.dtype == torch.float32


def test_drawing_noise_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    picture_noise([7], (3, 8, 8))
    assert torch.equal(torch.get_rng_state(), before)


def test_blended_noise_has_unit_variance_where_regions_overlap_fade_and_end() -> None:
    masks = torch.tensor([[0.0, 1.0, 1.0, 0.5, 0.3], [0.0, 0.0, 1.0, 0.5, 0.0]], dtype=torch.float64)[:, None]
    fields = noise(3, 20_000, 1, 5)
    blended = blend_noise(fields[0], fields[1:], masks)
    torch.testing.assert_close(blended.var(0), torch.ones(1, 5, dtype=torch.float64), rtol=0.05, atol=0.0)


def test_outside_every_region_the_base_noise_is_untouched() -> None:
    masks = torch.zeros(2, 4, 4, dtype=torch.float64)
    masks[0, :2] = 1.0
    base, regions = noise(3, 4, 4), noise(2, 3, 4, 4, seed=1)
    blended = blend_noise(base, regions, masks)
    assert torch.equal(blended[:, 2:], base[:, 2:])
    assert torch.equal(blended[:, :2], regions[0, :, :2])


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1, 2**64 - 1])
def test_every_seed_a_project_can_hold_works(seed: int) -> None:
    assert picture_noise([seed], (1, 2, 2)).isfinite().all()
