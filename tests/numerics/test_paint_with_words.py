"""Paint-with-words (eDiff-I 4.3) on attention small enough to compute by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import get_args

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from engine.conditioning.brief import BriefError, Norm, Overlap, PhraseLayer, PhraseMasks, Resize
from engine.conditioning.paint_with_words import (
    PaintBias,
    overlap_masks,
    phrase_maps,
    resize_masks,
    score_norm,
)
from tests.numerics.toys import noise

PROMPT = "a red cat on a boat"
CPU = torch.device("cpu")
HEADS, TOKENS, WIDTH, GRID = 3, 12, 8, (4, 6)
CAT, BOAT = (2, 3, 8), (5, 9, 10)
"""Columns of two phrases, each in two encoders' blocks."""


def left_half(size: tuple[int, int] = (32, 48)) -> NDArray[np.float32]:
    mask = np.zeros(size, np.float32)
    mask[:, : size[1] // 2] = 1.0
    return mask


def layer(mask: NDArray[np.float32], name: str = "cat", strength: float = 1.0, repel: float = 0.0) -> PhraseLayer:
    return PhraseLayer(name, 2, 9, mask, strength=strength, repel=repel)


def masks(
    *layers: PhraseLayer,
    weight: float = 0.5,
    norm: Norm = "head",
    resize: Resize = "keep",  # the only one that leaves an edge between two cells sharp
    overlap: Overlap = "stack",
) -> PhraseMasks:
    return PhraseMasks(PROMPT, layers, weight=weight, norm=norm, resize=resize, overlap=overlap)


def attention_inputs(batch: int, grid: tuple[int, int] = GRID) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys, and values that read out the attention itself: [B, heads, N, tokens]."""
    q = noise(batch, HEADS, grid[0] * grid[1], WIDTH, seed=1)
    k = noise(batch, HEADS, TOKENS, WIDTH, seed=2)
    return q, k, torch.eye(TOKENS, dtype=torch.float64).expand(batch, HEADS, TOKENS, TOKENS)


def bias(
    phrases: Sequence[PhraseMasks | None], columns: Sequence[Sequence[Sequence[int]]], sigma: float = 5.0
) -> PaintBias:
    maps = phrase_maps(phrases, columns, TOKENS, CPU)
    assert maps is not None
    return maps.at(torch.full((len(phrases),), sigma))


def attend(painted: PhraseMasks, *columns: Sequence[int], sigma: float = 5.0) -> Tensor:
    return bias([painted], [columns], sigma).attend(*attention_inputs(1), GRID)


def plain(batch: int = 1) -> Tensor:
    return F.scaled_dot_product_attention(*attention_inputs(batch))


def test_the_formula_of_the_paper() -> None:
    """softmax((QK^T + w A) / sqrt(d)) V with w = w' log(1 + sigma) max(QK^T), the maximum per head."""
    q, k, v = attention_inputs(1)
    scores = q @ k.transpose(-1, -2)
    A = torch.zeros(*GRID, TOKENS, dtype=torch.float64)
    A[:, :3, list(CAT)] = 1.0
    w = 0.7 * math.log1p(5.0) * scores.amax((-2, -1), keepdim=True)
    expected = ((scores + w * A.flatten(0, 1)) / math.sqrt(WIDTH)).softmax(-1) @ v
    torch.testing.assert_close(attend(masks(layer(left_half()), weight=0.7), CAT), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("norm", get_args(Norm))
def test_every_head_of_every_picture_attends_more_inside_the_mask_and_less_outside_is_untouched(norm: Norm) -> None:
    painted = masks(layer(left_half()), norm=norm)
    gained = bias([painted] * 2, [[CAT]] * 2).attend(*attention_inputs(2), GRID) - plain(2)
    on_cat = gained[..., list(CAT)].sum(-1).unflatten(-1, GRID)
    for picture in range(2):
        for head in range(HEADS):
            assert (on_cat[picture, head, :, :3] > 1e-3).all(), (picture, head)
    torch.testing.assert_close(on_cat[..., 3:], torch.zeros_like(on_cat[..., 3:]))


def test_a_mask_acts_on_its_own_rows_of_a_grid_that_is_not_square() -> None:
    """The grid is row-major (h, w): a top half and a left half must not be mistaken for each other."""
    top = np.zeros((32, 48), np.float32)
    top[:16] = 1.0
    gained = (attend(masks(layer(top)), CAT) - plain())[..., list(CAT)].sum((1, -1))[0].unflatten(0, GRID)
    assert (gained[:2] > 1e-3).all()
    torch.testing.assert_close(gained[2:], torch.zeros_like(gained[2:]))


@pytest.mark.parametrize(
    "phrases",
    [
        None,
        masks(),
        masks(layer(left_half()), weight=0.0),
        masks(layer(left_half(), strength=0.0)),
        masks(layer(np.zeros((32, 48), np.float32), repel=1.0)),
    ],
)
def test_nothing_painted_or_no_weight_is_plain_attention_at_no_cost(phrases: PhraseMasks | None) -> None:
    columns = [CAT] * len(phrases.layers) if phrases else []
    assert phrase_maps([phrases], [columns], TOKENS, CPU) is None


def test_a_phrase_without_columns_is_plain_attention() -> None:
    assert phrase_maps([masks(layer(left_half()))], [[()]], TOKENS, CPU) is None


def test_pictures_without_phrases_are_bit_identical_beside_painted_ones() -> None:
    painted, silent = masks(layer(left_half())), masks(layer(left_half()), weight=0.0)
    out = bias([None, painted, silent], [[], [CAT], [CAT]]).attend(*attention_inputs(3), GRID)
    assert torch.equal(out[0], plain(3)[0])
    assert torch.equal(out[2], plain(3)[2])
    assert not torch.allclose(out[1], plain(3)[1])


def test_a_picture_does_not_depend_on_its_batch() -> None:
    q, k, v = attention_inputs(3)
    phrases = [masks(layer(left_half()), norm=norm) for norm in get_args(Norm)]
    # Another picture with far greater scores must not reach this one's maximum.
    q[1] *= 50.0
    together = bias(phrases, [[CAT], [BOAT], [CAT]]).attend(q, k, v, GRID)
    for row, owned in enumerate((CAT, BOAT, CAT)):
        one = slice(row, row + 1)
        alone = bias([phrases[row]], [[owned]]).attend(q[one], k[one], v[one], GRID)
        torch.testing.assert_close(together[one], alone)


def test_each_picture_has_its_own_noise_level() -> None:
    painted = masks(layer(left_half()))
    q, k, v = (t.expand(2, -1, -1, -1) for t in attention_inputs(1))
    maps = phrase_maps([painted] * 2, [[CAT]] * 2, TOKENS, CPU)
    assert maps is not None
    both = maps.at(torch.tensor([0.5, 20.0])).attend(q, k, v, GRID)
    torch.testing.assert_close(both[:1], attend(painted, CAT, sigma=0.5))
    torch.testing.assert_close(both[1:], attend(painted, CAT, sigma=20.0))


def test_strength_grows_with_noise_up_to_the_cap_and_vanishes_without_noise() -> None:
    painted = masks(layer(left_half()))
    gains = [float((attend(painted, CAT, sigma=s) - plain())[..., list(CAT)].sum()) for s in (0.0, 0.1, 1.0, 10.0)]
    assert gains[0] == pytest.approx(0.0, abs=1e-9)
    assert gains == sorted(gains)
    assert torch.equal(attend(painted, CAT, sigma=80.0), attend(painted, CAT, sigma=1800.0))


@pytest.mark.parametrize("norm", ["head", "layer"])
def test_a_negative_maximum_neither_attracts_nor_repels(norm: Norm) -> None:
    q, k, v = attention_inputs(1)
    q, k = q.abs(), -k.abs()
    out = bias([masks(layer(left_half()), norm=norm)], [[CAT]]).attend(q, k, v, GRID)
    torch.testing.assert_close(out, F.scaled_dot_product_attention(q, k, v))


def test_a_head_whose_maximum_is_negative_follows_the_layer_when_asked() -> None:
    scores = torch.stack([torch.full((2, 3), -1.0), torch.full((2, 3), 4.0)])
    assert score_norm(scores, "head").flatten().tolist() == [0.0, 4.0]
    assert score_norm(scores, "layer").flatten().tolist() == [4.0]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), shift=st.floats(-100.0, 100.0))
def test_the_range_norm_ignores_what_softmax_ignores(seed: int, shift: float) -> None:
    scores = noise(2, 5, 7, seed=seed)
    norm = score_norm(scores, "range")
    assert (norm >= 0.0).all()
    torch.testing.assert_close(score_norm(scores + shift, "range"), norm)


def test_the_same_bias_on_every_token_changes_nothing() -> None:
    everything = np.ones((32, 48), np.float32)
    torch.testing.assert_close(attend(masks(layer(everything)), range(TOKENS)), plain())


def test_repelling_pushes_the_phrase_out_of_the_unpainted_part_only() -> None:
    attract, repel = (attend(masks(layer(left_half(), repel=r)), CAT) for r in (0.0, 1.0))
    inside, outside = slice(None, 3), slice(3, None)
    change = (repel - attract)[..., list(CAT)].sum(-1).unflatten(-1, GRID)
    torch.testing.assert_close(change[..., inside], torch.zeros_like(change[..., inside]))
    assert (change[..., outside] < -1e-3).all()


def test_strength_of_a_phrase_multiplies_the_weight() -> None:
    torch.testing.assert_close(
        attend(masks(layer(left_half(), strength=2.0), weight=0.25), CAT),
        attend(masks(layer(left_half()), weight=0.5), CAT),
    )


def matrix(painted: PhraseMasks, *columns: Sequence[int], grid: tuple[int, int] = GRID) -> Tensor:
    maps = phrase_maps([painted], [columns], TOKENS)
    assert maps is not None
    A: Tensor = maps.matrix(grid)[0].unflatten(0, grid)
    return A


def test_a_stacked_layer_hides_the_one_below_and_mixed_layers_do_not() -> None:
    whole, left = np.ones((32, 48), np.float32), left_half()
    for overlap, seen in (("stack", 0.0), ("mix", 1.0)):
        A = matrix(masks(layer(whole), layer(left, "boat"), overlap=overlap), CAT, BOAT)  # type: ignore[arg-type]
        assert (A[:, :3, CAT[0]] == seen).all()
        assert (A[:, 3:, CAT[0]] == 1.0).all()
        assert (A[:, :3, BOAT[0]] == 1.0).all()


def test_stacking_multiplies_what_every_layer_above_leaves() -> None:
    soft = torch.tensor([0.8, 0.5, 0.25])[:, None, None]
    stacked = overlap_masks(soft, "stack").flatten()
    torch.testing.assert_close(stacked, torch.tensor([0.8 * 0.5 * 0.75, 0.5 * 0.75, 0.25]))


def test_a_token_of_several_phrases_takes_the_greatest_value_and_not_the_sum() -> None:
    half, faint = left_half(), np.full((32, 48), 0.25, np.float32)
    A = matrix(masks(layer(half), layer(faint, "red cat"), overlap="mix"), (2, 3), (3, 4))
    assert torch.equal(A[0, 0, 2:5], torch.tensor([1.0, 1.0, 0.25]))
    assert torch.equal(A[0, 5, 2:5], torch.tensor([0.0, 0.25, 0.25]))


def test_columns_of_no_phrase_stay_zero() -> None:
    A = matrix(masks(layer(left_half(), repel=1.0)), CAT)
    others = [column for column in range(TOKENS) if column not in CAT]
    assert (A[..., others] == 0.0).all()


def test_each_grid_of_a_network_gets_its_own_matrix() -> None:
    """(4, 6) and (6, 4) hold equally many cells and must not be confused."""
    painted = masks(layer(left_half()))
    maps = phrase_maps([painted], [[CAT]], TOKENS)
    assert maps is not None
    wide, tall = maps.matrix((4, 6))[0, :, CAT[0]], maps.matrix((6, 4))[0, :, CAT[0]]
    assert torch.equal(wide.unflatten(0, (4, 6))[0], torch.tensor([1.0, 1.0, 1.0, 0.0, 0.0, 0.0]))
    assert torch.equal(tall.unflatten(0, (6, 4))[0], torch.tensor([1.0, 1.0, 0.0, 0.0]))
    assert maps.matrix((4, 6)) is maps.matrix((4, 6))


@pytest.mark.parametrize("side", [64, 32, 16, 8])
def test_a_thin_stroke_survives_antialiasing_and_can_vanish_in_the_papers_resize(side: int) -> None:
    """Plain bilinear reads four pixels a cell: on a 512 canvas stripes up to 6/14/30/62 pixels fall between them."""
    cell = 512 // side
    width = cell - 2
    stroke = torch.zeros(1, 512, 512)
    # Between the pair of pixels read for one cell and the pair read for the next.
    begin = 4 * cell + cell // 2 + 1
    stroke[:, :, begin : begin + width] = 1.0
    assert float(resize_masks(stroke, (side, side), "paper").max()) == 0.0
    assert float(resize_masks(stroke, (side, side), "antialias").max()) > 0.3
    assert float(resize_masks(stroke, (side, side), "keep").max()) == 1.0


def test_antialiasing_keeps_the_painted_share_of_the_canvas() -> None:
    mask = torch.zeros(1, 60, 90)
    mask[:, 13:47, 21:54] = 1.0
    for grid in ((8, 12), (15, 30), (7, 5)):
        assert float(resize_masks(mask, grid, "antialias").mean()) == pytest.approx(float(mask.mean()), rel=0.05)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 100), height=st.integers(1, 40), width=st.integers(1, 40),
    grid=st.tuples(st.integers(1, 12), st.integers(1, 12)), resize=st.sampled_from(get_args(Resize)),
)  # fmt: skip
def test_resized_masks_stay_in_range_at_any_size(
    seed: int, height: int, width: int, grid: tuple[int, int], resize: Resize
) -> None:
    out = resize_masks(noise(2, height, width, seed=seed).sigmoid(), grid, resize)
    assert out.shape == (2, *grid)
    assert (out >= -1e-6).all()
    assert (out <= 1.0 + 1e-6).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_scores_beyond_its_range_stay_numbers(dtype: torch.dtype) -> None:
    q, k, v = (t.to(dtype) for t in attention_inputs(1))
    out = bias([masks(layer(left_half()))], [[CAT]], sigma=80.0).attend(q * 200.0, k * 200.0, v, GRID)
    assert out.dtype == dtype
    assert out.isfinite().all()


def test_autocast_does_not_lower_the_precision_of_the_scores() -> None:
    painted = bias([masks(layer(left_half()))], [[CAT]])
    q, k, v = (t.float() for t in attention_inputs(1))
    expected = painted.attend(q, k, v, GRID)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(painted.attend(q, k, v, GRID), expected)


def test_mismatched_grids_and_keys_are_named() -> None:
    painted, (q, k, v) = bias([masks(layer(left_half()))], [[CAT]]), attention_inputs(1)
    with pytest.raises(BriefError, match="at 8x8 over 12 tokens received 24 queries"):
        painted.attend(q, k, v, (8, 8))
    with pytest.raises(BriefError, match="11 keys"):
        painted.attend(q, k[:, :, :-1], v[:, :, :-1], GRID)


def test_columns_outside_the_keys_or_missing_are_named() -> None:
    with pytest.raises(BriefError, match=r"'cat' owns columns \(12,\) of only 12 tokens"):
        phrase_maps([masks(layer(left_half()))], [[(12,)]], TOKENS)
    with pytest.raises(BriefError, match="1 phrase layers came with columns for 0"):
        phrase_maps([masks(layer(left_half()))], [[]], TOKENS)


@pytest.mark.parametrize("norm", get_args(Norm))
def test_what_is_painted_can_be_learnt_from(norm: Norm) -> None:
    """Gradients of queries, keys and values, the maximum's own among them, against finite differences."""
    q, k, v = (tensor[..., :3, :].clone().requires_grad_() for tensor in attention_inputs(2, (1, 3)))
    grid, rows = (1, 3), 3
    painted = masks(layer(left_half()), norm=norm)
    maps = phrase_maps([None, painted], [[], [(0, 1)]], rows, CPU)
    assert maps is not None
    act = maps.at(torch.full((2,), 5.0))
    assert torch.autograd.gradcheck(lambda q, k, v: act.attend(q, k, v, grid), (q, k, v))


def test_pictures_of_different_norms_do_not_change_each_other() -> None:
    phrases = [masks(layer(left_half()), norm=norm) for norm in get_args(Norm)]
    q, k, v = attention_inputs(3)
    together = bias(phrases, [[CAT]] * 3).attend(q, k, v, GRID)
    for row, own in enumerate(phrases):
        alone = bias([own], [[CAT]]).attend(q[row : row + 1], k[row : row + 1], v[row : row + 1], GRID)
        torch.testing.assert_close(together[row], alone[0], rtol=1e-6, atol=1e-7)
