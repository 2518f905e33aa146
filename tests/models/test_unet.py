"""The U-Net: its shapes, and that every condition reaches the picture."""

import dataclasses

import msgspec
import pytest
import torch
from torch import Tensor

from engine.conditioning.brief import PhraseLayer, PhraseMasks
from engine.conditioning.paint_with_words import phrase_maps
from engine.models.ediff.embeddings import Embeddings
from engine.models.ediff.network import DenoisingNetwork
from tests.models.small import BASE, CONTEXT, UPSCALER, random_network


def embeddings(batch: int, seed: int = 0) -> Embeddings:
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(batch, *shape, generator=generator)

    return Embeddings(
        draw(CONTEXT.clip_tokens, CONTEXT.clip_width), draw(CONTEXT.clip_width),
        draw(CONTEXT.t5_tokens, CONTEXT.t5_width), draw(CONTEXT.image_width), draw(6).abs(),
    )  # fmt: skip


def run(network: DenoisingNetwork, told: Embeddings, size: tuple[int, int] = (16, 16)) -> Tensor:
    x = torch.randn(len(told.t5), 3, *size, generator=torch.Generator().manual_seed(9))
    out: Tensor = network(x, torch.zeros(len(x)), told)
    return out


def test_keeps_the_shape_of_any_picture() -> None:
    assert run(random_network(BASE), embeddings(2), (16, 24)).shape == (2, 3, 16, 24)


def test_batch_equals_singles() -> None:
    network, told = random_network(BASE), embeddings(3)
    x = torch.randn(3, 3, 16, 16)
    noise = torch.tensor([-0.5, 0.0, 0.8])
    together = network(x, noise, told)
    for row in range(3):
        own = Embeddings(*(getattr(told, f.name)[row : row + 1] for f in dataclasses.fields(told)[:5]))
        alone = network(x[row : row + 1], noise[row : row + 1], own)
        torch.testing.assert_close(alone[0], together[row], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["clip_text", "clip_pooled", "t5", "clip_image", "micro"])
def test_every_embedding_reaches_the_picture(name: str) -> None:
    network, told = random_network(BASE), embeddings(1)
    other = dataclasses.replace(told, **{name: getattr(told, name) + 1.0})
    assert (run(network, told) - run(network, other)).abs().max() > 1e-3


def test_the_noise_level_reaches_the_picture() -> None:
    network, told, x = random_network(BASE), embeddings(1), torch.randn(1, 3, 16, 16)
    assert (network(x, torch.tensor([-1.0]), told) - network(x, torch.tensor([0.5]), told)).abs().max() > 1e-3


def test_the_upscaler_needs_and_uses_its_low_resolution_picture() -> None:
    network, told = random_network(UPSCALER), embeddings(1)
    with pytest.raises(ValueError, match="low-resolution"):
        run(network, told, (32, 32))
    first, second = (dataclasses.replace(told, low_resolution=torch.full((1, 3, 32, 32), v)) for v in (-0.5, 0.5))
    assert (run(network, first, (32, 32)) - run(network, second, (32, 32))).abs().max() > 1e-3


def test_the_noise_gain_adds_the_noisy_picture_times_one_number_for_each_colour_and_noise_level() -> None:
    config = msgspec.structs.replace(UPSCALER, pixel_channels=0, noise_gain=True)
    network = random_network(config)
    told = dataclasses.replace(embeddings(2), low_resolution=torch.randn(2, 3, 32, 32))
    x, noise = torch.randn(2, 3, 32, 32), torch.tensor([-1.0, 0.5])
    with_gain = network(x, noise, told)
    for parameter in network.get_submodule("noise_gain").parameters():
        parameter.zero_()
    gains = (with_gain - network(x, noise, told)) / x
    torch.testing.assert_close(gains, gains.mean((2, 3), keepdim=True).expand_as(gains), rtol=1e-2, atol=1e-3)
    assert (gains.mean((2, 3))[0] - gains.mean((2, 3))[1]).abs().min() > 1e-3


def test_the_null_token_is_a_key_of_every_cross_attention() -> None:
    network, told = random_network(BASE), embeddings(1)
    before = run(network, told)
    with torch.no_grad():
        network.token_context.null.normal_()
    assert (run(network, told) - before).abs().max() > 1e-4


def test_painting_moves_the_picture_and_only_by_its_phrase() -> None:
    network, told = random_network(BASE), embeddings(1)
    mask = torch.zeros(16, 16)
    mask[:8] = 1.0
    layer = PhraseLayer("a", 0, 3, mask.numpy())
    masks = PhraseMasks("fox", (layer,), weight=2.0)
    x, noise, sigma = torch.randn(1, 3, 16, 16), torch.zeros(1), torch.tensor([5.0])
    plain = network(x, noise, told)
    maps = phrase_maps([masks], [[(1, 2)]], CONTEXT.columns, sigma.device)
    assert maps is not None
    painted = network(x, noise, told, maps.at(sigma))
    assert (painted - plain).abs().max() > 1e-3
    unweighted = PhraseMasks("fox", (layer,), weight=0.0)
    assert phrase_maps([unweighted], [[(1, 2)]], CONTEXT.columns, sigma.device) is None
