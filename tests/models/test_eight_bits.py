"""Weights in eight bits: how far rounding moves them, what stays as it is, and files of either form."""

from pathlib import Path

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from safetensors.torch import load_file, save_file

from engine.models.ediff.build import build_network
from engine.models.ediff.denoiser import UNetDenoiser
from engine.models.eight_bits import PEAKS, SMALLEST, packed, unpacked
from engine.models.errors import ModelFileError
from engine.models.weights import load_weights, save_weights
from tests.models.small import BASE, random_network
from tests.models.test_unet import embeddings


@settings(deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.floats(1e-4, 1e3), st.sampled_from([(64, 64), (8, 64, 3, 3), (4096, 1), (1, 5000)])
)
def test_a_weight_moves_by_at_most_half_a_step_of_its_row(seed: int, size: float, shape: tuple[int, ...]) -> None:
    weight = size * torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    weight[0] = 0.0
    (again,) = unpacked(packed({"w": weight})).values()
    peaks = weight.flatten(1).abs().amax(dim=1)
    moved = (again - weight).flatten(1).abs().amax(dim=1)
    assert again.dtype == torch.float32
    assert (moved <= peaks * (1 / 254 + 2**-11) + 2**-25).all()  # float16 rounds the peak, too
    assert (again[0] == 0.0).all()


def test_vectors_small_tensors_and_integers_stay() -> None:
    kept = {
        "bias": torch.randn(SMALLEST), "small": torch.randn(8, 8), "steps": torch.arange(2 * SMALLEST).view(2, SMALLEST)
    }  # fmt: skip
    assert all(packed(kept)[name] is tensor for name, tensor in kept.items())
    assert all(unpacked(kept)[name] is tensor for name, tensor in kept.items())


def test_a_packed_file_takes_half_and_its_network_draws_the_same(tmp_path: Path) -> None:
    network = random_network(BASE)
    plain, eight = tmp_path / "plain.safetensors", tmp_path / "eight.safetensors"
    save_weights(network.state_dict(), plain)
    save_weights(packed(network.state_dict()), eight)
    assert eight.stat().st_size < 0.7 * plain.stat().st_size
    again = build_network(BASE).eval().requires_grad_(False)
    load_weights(again, eight)
    x, sigma = torch.randn(4, 3, 16, 16), torch.tensor([0.1, 0.5, 2.0, 20.0])
    told = embeddings(4)
    before, after = (UNetDenoiser(net)(x, sigma, told) for net in (network, again))
    assert (after - before).square().mean().sqrt() < 0.02 * before.std()
    assert not torch.equal(after, before)


@pytest.mark.parametrize("peaks", [torch.ones(3), torch.ones(64, 1)])
def test_peaks_that_fit_no_tensor_are_a_damaged_file(tmp_path: Path, peaks: torch.Tensor) -> None:
    file = tmp_path / "part.safetensors"
    save_weights(packed(random_network(BASE).state_dict()), file)
    tensors = load_file(file)
    name = next(name for name in tensors if name.endswith(PEAKS))
    save_file({**tensors, name: peaks}, file)
    with pytest.raises(ModelFileError, match="other rows than peaks"):
        load_weights(build_network(BASE), file)
    save_file({other: tensor for other, tensor in tensors.items() if other != name.removesuffix(PEAKS)}, file)
    with pytest.raises(ModelFileError, match="other rows than peaks"):
        load_weights(build_network(BASE), file)
