"""Watching the attention of real networks: the weights are the network's own, and the picture stays the same."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.conditioning.attention_recorder import Grid, RecordedDenoiser, RecordedLevel
from engine.conditioning.brief import PhraseLayer, PhraseMasks, PromptText
from engine.conditioning.picture import Picture
from engine.diffusion.solve import Frame, SolveSettings, solve
from engine.models.catalogue import Catalogue
from engine.models.ediff.attention_watch import cross_shares, observed, own_shares
from engine.models.ediff.layers import CrossAttention, SelfAttention, merge_heads, split_heads, to_map, to_rows
from engine.models.storybook import StorybookDenoiser
from tests.models.small import BASE, random_network, write_model

PROMPT = "a red fox under the night sky"


@dataclass
class Eye:
    """Remembers what it saw."""

    crossed: list[tuple[Tensor, Grid]] = field(default_factory=list)
    owned: list[tuple[Tensor, Grid]] = field(default_factory=list)

    def cross(self, shares: Tensor, grid: Grid) -> None:
        self.crossed.append((shares, grid))

    def own(self, shares: Tensor, grid: Grid) -> None:
        self.owned.append((shares, grid))


@pytest.fixture(scope="module")
def denoiser(tmp_path_factory: pytest.TempPathFactory) -> StorybookDenoiser:
    root = tmp_path_factory.mktemp("models")
    write_model(root)
    return Catalogue(root).load_part("storybook", "base", "cpu")


def half(*, left: bool) -> np.ndarray:
    mask = np.zeros((32, 32), np.float32)
    mask[:, :16] = left
    mask[:, 16:] = not left
    return mask


def painted() -> PhraseMasks:
    fox, sky = PROMPT.index("red fox"), PROMPT.index("night sky")
    layers = (PhraseLayer("fox", fox, fox + 7, half(left=True)), PhraseLayer("sky", sky, sky + 9, half(left=False)))
    return PhraseMasks(PROMPT, layers, weight=4.0)


def solved(denoiser: StorybookDenoiser | RecordedDenoiser, sampler: str = "dpmpp_2m") -> Tensor:
    picture = Picture(PromptText(PROMPT), 3, phrases=painted())
    settings = SolveSettings((80.0, 20.0, 5.0, 1.0, 0.2, 0.0), sampler, guidance=3.0)
    return solve(denoiser, [picture], settings, Frame((3, 16, 16)), lambda _facts: None)[0].data


def test_the_weights_seen_are_those_the_layers_attend_with() -> None:
    network = random_network(BASE)
    cross = next(layer for layer in network.modules() if isinstance(layer, CrossAttention))
    own = next(layer for layer in network.modules() if isinstance(layer, SelfAttention))
    x = torch.randn(2, cross.to_q.weight.shape[1], 4, 4)
    context = torch.randn(2, 7, cross.to_k.weight.shape[1])
    mixed = cross_shares(cross, x, context, None) @ split_heads(cross.to_v(context), cross.heads)
    torch.testing.assert_close(x + to_map(cross.to_out(merge_heads(mixed)), x), cross(x, context, None))
    x = torch.randn(2, own.to_out.weight.shape[0], 4, 4)
    values = split_heads(own.to_qkv(to_rows(own.norm(x))).chunk(3, dim=-1)[2], own.heads)
    torch.testing.assert_close(x + to_map(own.to_out(merge_heads(own_shares(own, x) @ values)), x), own(x))


def test_every_attention_layer_is_seen_while_watched_and_none_afterwards(denoiser: StorybookDenoiser) -> None:
    eye = Eye()
    network = denoiser._network
    with denoiser.observed(eye):
        solved(denoiser)
    layers = list(network.modules())
    crosses, owns = (sum(isinstance(layer, kind) for layer in layers) for kind in (CrossAttention, SelfAttention))
    calls, left_over = divmod(len(eye.crossed), crosses)
    assert (calls >= 5, left_over) == (True, 0)
    assert len(eye.owned) == calls * owns
    for shares, (height, width) in (*eye.crossed, *eye.owned):
        assert shares.shape[2] == height * width
        torch.testing.assert_close(shares.sum(-1), torch.ones(shares.shape[:3]))
    seen = len(eye.crossed)
    solved(denoiser)
    assert len(eye.crossed) == seen


@pytest.mark.parametrize("sampler", ["dpmpp_2m", "heun"])
def test_a_recorded_picture_is_the_same_bit_for_bit_and_leaves_nothing_behind(
    denoiser: StorybookDenoiser, sampler: str
) -> None:
    plain = solved(denoiser, sampler)
    told: list[tuple[RecordedLevel, ...]] = []
    recorded = RecordedDenoiser(denoiser, denoiser.sigma_min, denoiser.sigma_max, [painted()], told.append)
    assert torch.equal(solved(recorded, sampler), plain)
    assert torch.equal(solved(denoiser, sampler), plain)
    assert not any(layer._forward_pre_hooks for layer in denoiser._network.modules())
    sigmas = [level.sigma for levels in told for level in levels]
    assert list(dict.fromkeys(sigmas)) == [80.0, 20.0, 5.0, 1.0, pytest.approx(0.2)]


def test_the_maps_show_the_paint_and_sum_to_one(denoiser: StorybookDenoiser) -> None:
    told: list[tuple[RecordedLevel, ...]] = []
    solved(RecordedDenoiser(denoiser, denoiser.sigma_min, denoiser.sigma_max, [painted()], told.append))
    ((level,), *_) = told
    assert level.names == ("fox", "sky")
    assert level.phrases.shape == (2, 16, 16)
    np.testing.assert_allclose(level.phrases.sum(0) + level.rest, 1.0, atol=3e-3)
    fox, sky = level.phrases.astype(np.float32)
    assert fox[:, :8].mean() > 1.3 * fox[:, 8:].mean()
    assert sky[:, 8:].mean() > 1.3 * sky[:, :8].mean()
    assert level.words > fox.mean() + sky.mean()
    assert level.entropy is not None
    assert 0.0 < level.entropy < 1.0


def test_phrases_of_another_sentence_are_not_looked_for(denoiser: StorybookDenoiser) -> None:
    told: list[tuple[RecordedLevel, ...]] = []
    other = PhraseMasks("a castle", (PhraseLayer("castle", 2, 8, half(left=True)),))
    solved(RecordedDenoiser(denoiser, denoiser.sigma_min, denoiser.sigma_max, [other], told.append))
    assert all(level.names == () and level.words > 0.0 for (level,) in told)


def test_watching_ends_also_when_the_call_fails(denoiser: StorybookDenoiser) -> None:
    eye = Eye()
    network = denoiser._network
    with pytest.raises(RuntimeError, match="stopped"), observed(network, eye):
        raise RuntimeError("stopped")
    assert not any(layer._forward_pre_hooks for layer in network.modules())
