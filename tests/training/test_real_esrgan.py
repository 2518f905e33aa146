"""Real-ESRGAN's degradation: its parts against what they imitate, and the whole by its properties."""

from __future__ import annotations

import io

import msgspec
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from engine.training.blur_kernels import bell_kernels, draw_kernels, filtered, sinc_kernels
from engine.training.config import TrainingConfig, read_config
from engine.training.degradations import LightDegradation, Order, RealEsrganDegradation
from engine.training.degrade import spoilt
from engine.training.jpeg import as_jpeg
from engine.training.real_esrgan import degrade_twice
from tests.models.small import PAPER

NOTHING = Order(
    deviation=(0.0, 0.0), sinc=0.0, resize=(0.0, 0.0, 1.0), gaussian=1.0, noise=(0.0, 0.0), poisson=(0.0, 0.0),
    jpeg=None,
)  # fmt: skip


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def picture(count: int = 2, side: int = 48) -> Tensor:
    """Smooth coloured pictures with an edge, 0..1."""
    coarse = torch.rand(count, 3, 6, 6, generator=seeded(1))
    smooth = F.interpolate(coarse, (side, side), mode="bicubic").clamp(0.0, 1.0)
    smooth[:, :, side // 3 : side // 2, side // 4 :] = 0.9
    return smooth


def by_pillow(pictures: Tensor, quality: int) -> Tensor:
    out = []
    for one in (pictures * 255.0).round().to(torch.uint8).permute(0, 2, 3, 1).numpy():
        file = io.BytesIO()
        Image.fromarray(one).save(file, "JPEG", quality=quality, subsampling="4:2:0")
        out.append(torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1).float() / 255.0)
    return torch.stack(out)


def apart(a: Tensor, b: Tensor) -> float:
    return float((a - b).square().mean().sqrt())


@pytest.mark.parametrize("quality", [10, 30, 60, 95])
def test_jpeg_is_that_of_pillow(quality: int) -> None:
    clear = picture()
    pillow, ours = by_pillow(clear, quality), as_jpeg(clear, torch.full((2,), float(quality)))
    assert apart(ours, pillow) < min(3.0 / 255.0, 0.35 * apart(pillow, clear))


def test_every_picture_has_its_own_jpeg_quality_and_any_size() -> None:
    clear = picture(3)[:, :, :37, :45]
    mixed = as_jpeg(clear, torch.tensor([20.0, 90.0, 50.0]))
    assert mixed.shape == clear.shape
    torch.testing.assert_close(mixed[1:2], as_jpeg(clear[1:2], torch.tensor([90.0])))
    assert apart(mixed[0], clear[0]) > apart(mixed[1], clear[1])


def test_bells_are_positive_sum_to_one_and_differ_between_pictures() -> None:
    kernels = bell_kernels(200, (0.2, 3.0), RealEsrganDegradation(16), seeded())
    assert kernels.min() >= 0.0
    torch.testing.assert_close(kernels.sum(dim=(1, 2)), torch.ones(200))
    torch.testing.assert_close(kernels, kernels.flip(1, 2))
    turned = (kernels - kernels.transpose(1, 2)).abs().amax(dim=(1, 2)) > 1e-4
    assert 0.15 < turned.float().mean() < 0.45  # the anisotropic ones


def test_an_isotropic_bell_of_sigma_two_is_the_gaussian() -> None:
    only = RealEsrganDegradation(16, shapes=(1.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    kernels = bell_kernels(40, (2.0, 2.0), only, seeded())
    widest = kernels[kernels[:, 10, 20] > 0][0]
    line = torch.arange(-10.0, 11.0)
    expected = torch.exp(-(line[:, None] ** 2 + line[None, :] ** 2) / 8.0)
    torch.testing.assert_close(widest, expected / expected.sum())


def test_sinc_kernels_ring_and_keep_the_mean() -> None:
    kernels = sinc_kernels(50, seeded())
    torch.testing.assert_close(kernels.sum(dim=(1, 2)), torch.ones(50))
    assert (kernels.amin(dim=(1, 2)) < -1e-4).float().mean() > 0.9
    flat = torch.full((50, 3, 30, 30), 0.3)
    torch.testing.assert_close(filtered(flat, kernels), flat, atol=1e-4, rtol=0)


def test_a_share_of_the_pictures_is_not_blurred() -> None:
    order = msgspec.structs.replace(Order(), blur=0.3, deviation=(2.0, 3.0))
    sharp = draw_kernels(400, order, RealEsrganDegradation(16), seeded())[:, 10, 10] == 1.0
    assert 0.6 < sharp.float().mean() < 0.8


@given(st.integers(0, 10_000), st.integers(8, 40))
@settings(max_examples=15, deadline=None)
def test_the_whole_stays_in_range_and_has_the_size_asked_for(seed: int, size: int) -> None:
    clear = picture(3, 40) * 2.0 - 1.0
    out = degrade_twice(clear, RealEsrganDegradation(size), seeded(seed))
    assert out.shape == (3, 3, size, size)
    assert out.abs().max() <= 1.0
    assert torch.isfinite(out).all()
    torch.testing.assert_close((out + 1.0) * 127.5, ((out + 1.0) * 127.5).round(), atol=1e-3, rtol=0)


def test_the_same_generator_gives_the_same_picture_and_another_gives_another() -> None:
    clear, told = picture() * 2.0 - 1.0, RealEsrganDegradation(24)
    first, again, other = (degrade_twice(clear, told, seeded(seed)) for seed in (4, 4, 5))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_without_strength_nothing_changes() -> None:
    clear = picture() * 2.0 - 1.0
    none = RealEsrganDegradation(48, first=NOTHING, second=NOTHING, final_sinc=0.0)
    torch.testing.assert_close(degrade_twice(clear, none, seeded()), clear, atol=1.01 / 127.5, rtol=0)


@pytest.mark.parametrize(
    "change",
    [
        {"deviation": (2.0, 3.0)},
        {"noise": (20.0, 30.0)},
        {"gaussian": 0.0, "poisson": (2.0, 3.0)},
        {"jpeg": (30.0, 40.0)},
        {"resize": (0.0, 1.0, 0.0)},
        {"sinc": 1.0},
    ],
    ids=["blur", "gaussian", "poisson", "jpeg", "resize", "sinc"],
)
def test_each_strength_alone_spoils(change: dict[str, object]) -> None:
    clear = picture() * 2.0 - 1.0
    first = msgspec.convert({**msgspec.structs.asdict(NOTHING), **change}, Order)
    told = RealEsrganDegradation(48, first=first, second=NOTHING, final_sinc=0.0)
    assert apart(degrade_twice(clear, told, seeded(2)), clear) > 0.02


@pytest.mark.parametrize("grey", [0.0, 1.0])
def test_grey_noise_is_the_same_in_all_colours(grey: float) -> None:
    clear = torch.full((4, 3, 32, 32), 0.0)
    noisy = msgspec.structs.replace(NOTHING, noise=(20.0, 20.0), grey=grey)
    out = degrade_twice(clear, RealEsrganDegradation(32, first=noisy, second=NOTHING, final_sinc=0.0), seeded())
    assert out.std() == pytest.approx(2 * 20.0 / 255.0, rel=0.05)
    same = torch.equal(out[:, 0], out[:, 1])
    assert same == bool(grey)


def test_the_condition_is_as_large_as_the_picture() -> None:
    clear = picture(2, 48) * 2.0 - 1.0
    for told in (LightDegradation(12), RealEsrganDegradation(12)):
        assert spoilt(clear, told, seeded()).shape == clear.shape


def test_the_papers_upscalers_are_trained_with_it() -> None:
    found = {name: read_config(PAPER / f"{name}.toml").degradation for name in ("sr256", "sr1024")}
    assert found == {"sr256": RealEsrganDegradation(64), "sr1024": RealEsrganDegradation(256)}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('kind = "worn"', "worn"),
        ('kind = "real-esrgan"\nfirst = {resize = [0.5, 0.1, 0.1]}', "add up to 1"),
        ('kind = "real-esrgan"\nsecond = {jpeg = [0, 90]}', "1 to 100"),
        ('kind = "real-esrgan"\nfirst = {noise = [30, 1]}', "low, high"),
        ('kind = "real-esrgan"\nnoise = 3', "noise"),
    ],
)
def test_a_wrong_strength_is_named(change: str, words: str) -> None:
    text = (PAPER / "sr256.toml").read_text(encoding="utf-8").replace('kind = "real-esrgan"', change, 1)
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.toml.decode(text, type=TrainingConfig)
