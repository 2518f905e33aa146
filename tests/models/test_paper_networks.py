"""The paper's three networks, built from their configurations on the meta device: sizes, places of attention, shapes.

Every count is written out from Tables 2 to 4 and appendix A, block by block, and compared with what was built.
"""

import dataclasses

import msgspec
import pytest
import torch

from engine.models.ediff.build import build_network
from engine.models.ediff.config import UNetConfig
from engine.models.ediff.efficient_unet import SKIP_SCALE, EfficientUNet
from engine.models.ediff.embeddings import Embeddings
from engine.models.ediff.layers import CrossAttention, ResidualBlock, SelfAttention
from engine.models.ediff.network import DenoisingNetwork
from engine.training.config import read_config
from tests.models.small import BASE, PAPER, random_network
from tests.models.test_unet import embeddings

EFFICIENT = msgspec.structs.replace(
    BASE, size=32, channel_multipliers=(1, 2, 2), block_multipliers=(1, 1, 2), low_resolution=True,
    micro_conditioning=False,
)  # fmt: skip


def linear(inputs: int, outputs: int) -> int:
    return inputs * outputs + outputs


def conv(inputs: int, outputs: int, side: int = 3) -> int:
    return inputs * outputs * side * side + outputs


def residual(inputs: int, outputs: int, embedding: int) -> int:
    skip = conv(inputs, outputs, 1) if inputs != outputs else 0
    norms = 2 * inputs + 2 * outputs
    return norms + conv(inputs, outputs) + linear(embedding, 2 * outputs) + conv(outputs, outputs) + skip


def self_attention(width: int) -> int:
    return 2 * width + linear(width, 3 * width) + linear(width, width)


def cross_attention(width: int, context: int) -> int:
    return 2 * width + width * width + 2 * context * width + linear(width, width)


def conditions(channels: int, embedding: int, context: int) -> int:
    """Noise level, pooled CLIP text (768) and picture (768); keys of CLIP, T5 (4096), picture, null, and their norm."""
    pooled = linear(channels, embedding) + linear(embedding, embedding) + 2 * linear(768, embedding)
    return pooled + 2 * linear(768, context) + linear(4096, context) + context + 2 * context


def table_2() -> int:
    def stages(*blocks: tuple[int, int]) -> int:
        return sum(residual(a, b, 1024) + self_attention(b) + cross_attention(b, 512) for a, b in blocks)

    down = 3 * residual(256, 256, 1024) + conv(256, 256)  # side 64
    down += stages((256, 512), (512, 512), (512, 512)) + conv(512, 512)  # 32
    down += stages((512, 1024), (1024, 1024), (1024, 1024)) + conv(1024, 1024)  # 16
    down += stages((1024, 1024), (1024, 1024), (1024, 1024))  # 8
    middle = stages((1024, 1024)) + residual(1024, 1024, 1024)
    up = stages((2048, 1024), (2048, 1024), (2048, 1024), (2048, 1024)) + conv(1024, 1024)  # 8
    up += stages((2048, 1024), (2048, 1024), (2048, 1024), (1536, 1024)) + conv(1024, 1024)  # 16
    up += stages((1536, 512), (1024, 512), (1024, 512), (768, 512)) + conv(512, 512)  # 32
    up += residual(768, 256, 1024) + 3 * residual(512, 256, 1024)  # 64
    return conditions(256, 1024, 512) + conv(3, 256) + down + middle + up + 2 * 256 + conv(256, 3)


def table_3() -> int:
    attention = self_attention(1024) + cross_attention(1024, 256)
    down = 2 * residual(128, 128, 512)  # side 256
    down += conv(128, 256) + 4 * residual(256, 256, 512)  # 128
    down += conv(256, 512) + 8 * residual(512, 512, 512)  # 64
    down += conv(512, 1024) + 8 * residual(1024, 1024, 512) + attention  # 32
    up = 8 * residual(2048, 1024, 512) + attention + conv(1024, 512)
    up += 8 * residual(1024, 512, 512) + conv(512, 256)
    up += 4 * residual(512, 256, 512) + conv(256, 128)
    up += 2 * residual(256, 128, 512)
    return conditions(128, 512, 256) + conv(6, 128) + down + up + 2 * 128 + conv(128, 3)


def table_4() -> int:
    down = 2 * residual(128, 128, 512)  # side 256
    down += conv(128, 256) + 4 * residual(256, 256, 512)  # 128
    down += conv(256, 512) + 8 * residual(512, 512, 512)  # 64
    down += conv(512, 512) + 8 * residual(512, 512, 512) + cross_attention(512, 256)  # 32
    up = 8 * residual(1024, 512, 512) + cross_attention(512, 256) + conv(512, 512)
    up += 8 * residual(1024, 512, 512) + conv(512, 256)
    up += 4 * residual(512, 256, 512) + conv(256, 128)
    up += 2 * residual(256, 128, 512)
    return conditions(128, 512, 256) + conv(6, 128) + down + up + 2 * 128 + conv(128, 3)


def on_meta(config: UNetConfig) -> DenoisingNetwork:
    with torch.device("meta"):
        return build_network(config)


def told(batch: int, config: UNetConfig, side: int) -> Embeddings:
    context = config.context
    with torch.device("meta"):
        return Embeddings(
            torch.empty(batch, context.clip_tokens, context.clip_width), torch.empty(batch, context.clip_width),
            torch.empty(batch, context.t5_tokens, context.t5_width), torch.empty(batch, context.image_width),
            low_resolution=torch.empty(batch, 3, side, side) if config.low_resolution else None,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "side", "count", "selfs", "crosses"),
    [
        ("base", 64, table_2(), 3 * 3 + 1 + 3 * 4, 3 * 3 + 1 + 3 * 4),
        ("sr256", 256, table_3(), 2, 2),
        ("sr1024", 1024, table_4(), 0, 2),
    ],
)
def test_the_network_of_each_table(name: str, side: int, count: int, selfs: int, crosses: int) -> None:
    config = read_config(PAPER / f"{name}.toml").network
    network = on_meta(config)
    assert sum(parameter.numel() for parameter in network.parameters()) == count
    kinds = [type(module) for module in network.modules()]
    assert (kinds.count(SelfAttention), kinds.count(CrossAttention)) == (selfs, crosses)
    with torch.no_grad():
        x = torch.empty(2, 3, side, side, device="meta")
        assert network(x, torch.empty(2, device="meta"), told(2, config, side)).shape == (2, 3, side, side)


def test_the_keys_of_the_paper() -> None:
    context = read_config(PAPER / "base.toml").network.context
    assert (context.clip_tokens, context.t5_tokens, context.columns) == (77, 113, 77 + 113 + 1 + 1)


@pytest.mark.parametrize(("name", "finest", "coarsest"), [("sr256", 2, 8), ("sr1024", 2, 8)])
def test_an_efficient_network_keeps_its_blocks_where_pictures_are_small(name: str, finest: int, coarsest: int) -> None:
    config = read_config(PAPER / f"{name}.toml").network
    assert config.blocks == (finest, 2 * finest, coarsest, coarsest)
    blocks = [module for module in on_meta(config).modules() if isinstance(module, ResidualBlock)]
    assert len(blocks) == 2 * sum(config.blocks)


def run(network: DenoisingNetwork, side: int, told: Embeddings) -> torch.Tensor:
    x = torch.randn(len(told.t5), 3, side, side, generator=torch.Generator().manual_seed(3))
    out: torch.Tensor = network(x, torch.zeros(len(x)), told)
    return out


def with_low(side: int, value: float = 0.1) -> Embeddings:
    base = embeddings(1)
    return Embeddings(
        base.clip_text, base.clip_pooled, base.t5, base.clip_image, low_resolution=torch.full((1, 3, side, side), value)
    )


def test_every_condition_reaches_the_picture_of_an_efficient_network() -> None:
    network = random_network(EFFICIENT)
    plain = run(network, 32, with_low(32))
    for name in ("clip_text", "clip_pooled", "t5", "clip_image", "low_resolution"):
        given = with_low(32)
        other = dataclasses.replace(given, **{name: getattr(given, name) + 1.0})
        assert (run(network, 32, other) - plain).abs().max() > 1e-3, name


def test_skips_are_scaled() -> None:
    """What crosses from the way down is the blocks' maps times 1/sqrt(2), last first."""
    network = random_network(EFFICIENT)
    assert isinstance(network, EfficientUNet)
    down: list[torch.Tensor] = []
    up: list[torch.Tensor] = []
    blocks = [m for m in network.down if isinstance(m, ResidualBlock)]
    mirrors = [m for m in network.up if isinstance(m, ResidualBlock)]
    for block in blocks:
        block.register_forward_hook(lambda _m, _i, out: down.append(out))
    for block in mirrors:
        block.register_forward_hook(lambda _m, given, out: up.append(given[0][:, out.shape[1] :]))
    run(network, 32, with_low(32))
    assert len(down) == len(up) == sum(EFFICIENT.blocks)
    for sent, arrived in zip(down, reversed(up), strict=True):
        torch.testing.assert_close(arrived, sent * SKIP_SCALE)


def test_trained_on_patches_it_runs_on_whole_pictures() -> None:
    config = msgspec.structs.replace(EFFICIENT, self_attention_sides=())
    network = random_network(config)
    assert run(network, 128, with_low(128)).shape == (1, 3, 128, 128)


def test_full_resolution_is_corrected_behind_either_kind_of_network() -> None:
    corrected = msgspec.structs.replace(EFFICIENT, patch=2, noise_gain=True, pixel_channels=4)
    network = random_network(corrected)
    given = run(network, 64, with_low(64))
    for part in ("noise_gain", "pixels"):
        for parameter in network.get_submodule(part).parameters():
            parameter.zero_()
        fewer = run(network, 64, with_low(64))
        assert (given - fewer).abs().max() > 1e-3
        given = fewer


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": 34}, "cannot be halved"),
        ({"self_attention_sides": (7,)}, "sides"),
        ({"block_multipliers": (1, 2)}, "2 block multipliers for 3 levels"),
        ({"micro_conditioning": True, "canvas_positions": True}, "canvas positions"),
        ({"channels": 0}, "at least 1"),
        ({"low_resolution": False, "residual_std": 0.2}, "low_resolution"),
    ],
)
def test_a_network_that_cannot_be_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        msgspec.convert({**msgspec.to_builtins(EFFICIENT), **change}, UNetConfig)
