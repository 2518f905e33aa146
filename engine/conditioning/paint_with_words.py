"""Paint-with-words (eDiff-I 4.3): painted phrases raise their tokens' cross-attention inside their masks.

A cross-attention layer computes softmax((Q K^T + w A) / sqrt(d)) V with w = w' log(1 + sigma) max(Q K^T). `PhraseMaps`
holds A for every grid of a network and is prepared once per batch of briefs; `PaintBias` is A at one noise level.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.conditioning.brief import BriefError, Norm, Overlap, PhraseLayer, PhraseMasks, Resize

SIGMA_CAP = 80.0
"""log(1 + sigma) stops growing here: schedules of other families start at noise levels of a thousand and more."""

Columns = Sequence[int]
"""The cross-attention keys that belong to one phrase, over all text encoders."""


def _head_max(scores: Tensor) -> Tensor:
    return scores.amax((-2, -1), keepdim=True)


def _layer_max(scores: Tensor) -> Tensor:
    return scores.amax((-3, -2, -1), keepdim=True)


def _row_range(scores: Tensor) -> Tensor:
    return scores.amax(-1, keepdim=True) - scores.mean(-1, keepdim=True)


_NORMS: Mapping[Norm, Callable[[Tensor], Tensor]] = {"head": _head_max, "layer": _layer_max, "range": _row_range}


def score_norm(scores: Tensor, norm: Norm) -> Tensor:
    """Return what stands for max(Q K^T) of each picture, broadcastable to `scores` [..., heads, N, T], never negative.

    "head": the maximum of each head. "layer": the maximum over all heads. "range": row maximum minus row mean, which
    (unlike a maximum) does not change when a constant is added to a row's scores. A negative maximum would turn the
    painted attraction into repulsion, so it counts as 0.
    """
    return _NORMS[norm](scores).clamp_min(0.0)


def resize_masks(masks: Tensor, grid: tuple[int, int], resize: Resize) -> Tensor:
    """Bring masks [P, H, W] float in 0..1 to a layer's `grid` (h, w).

    "antialias": bilinear with antialiasing. "paper": plain bilinear, which reads four pixels per cell and loses thin
    strokes. "keep": the maximum of each cell, so that every stroke survives at full value.
    """
    if resize == "keep":
        return F.adaptive_max_pool2d(masks[None], grid)[0]
    smooth = resize == "antialias"
    return F.interpolate(masks[None], size=grid, mode="bilinear", align_corners=False, antialias=smooth)[0]


def overlap_masks(masks: Tensor, overlap: Overlap) -> Tensor:
    """Resolve where masks [P, H, W] cover each other; later ones lie above.

    "stack": each mask loses what the masks above it cover, m_i * prod_{k>i} (1 - m_k). "mix": nothing is hidden.
    """
    if overlap == "mix":
        return masks
    uncovered = torch.ones_like(masks)
    for index in range(len(masks) - 2, -1, -1):
        uncovered[index] = uncovered[index + 1] * (1.0 - masks[index + 1])
    return masks * uncovered


@dataclass(frozen=True, eq=False)
class _Painting:
    """The layers of one picture that act: their masks at canvas size, their columns, and how they combine."""

    masks: Tensor
    layers: tuple[PhraseLayer, ...]
    columns: tuple[tuple[int, ...], ...]
    settings: PhraseMasks

    def matrix(self, grid: tuple[int, int], tokens: int) -> Tensor:
        """Return A of eDiff-I 4.3, float32 [h*w, tokens]; a token of several phrases takes the greatest value."""
        masks = resize_masks(self.masks, grid, self.settings.resize).flatten(1)
        repel, strength = (self._per_layer(name) for name in ("repel", "strength"))
        values = strength * (masks - repel * (1.0 - masks))
        columns = sorted({column for owned in self.columns for column in owned})
        A = masks.new_zeros(masks.shape[1], tokens)
        for column in columns:
            owners = [index for index, owned in enumerate(self.columns) if column in owned]
            A[:, column] = values[owners].amax(0)
        return A

    def _per_layer(self, name: str) -> Tensor:
        return torch.tensor([[getattr(layer, name)] for layer in self.layers], device=self.masks.device)


def _painting(masks: PhraseMasks, columns: Sequence[Columns], device: torch.device) -> _Painting | None:
    """Keep the layers that can change anything; None when none can."""
    stacked = [torch.tensor(layer.mask, device=device) for layer in masks.layers]
    if not stacked or masks.weight == 0.0:
        return None
    visible = overlap_masks(torch.stack(stacked), masks.overlap)
    acting = [
        index
        for index, layer in enumerate(masks.layers)
        if layer.strength > 0.0 and len(columns[index]) > 0 and bool(layer.mask.any())
    ]
    if not acting:
        return None
    layers = tuple(masks.layers[index] for index in acting)
    return _Painting(visible[acting], layers, tuple(tuple(columns[index]) for index in acting), masks)


@dataclass(eq=False)
class PhraseMaps:
    """The matrices A of a batch of pictures, made on first use for each grid a network attends at.

    `rows` are the pictures of the batch that are painted. Keep one for as long as the briefs stay the same.
    """

    rows: tuple[int, ...]
    paintings: tuple[_Painting, ...]
    tokens: int
    _matrices: dict[tuple[int, int], Tensor] = field(default_factory=dict)

    def matrix(self, grid: tuple[int, int]) -> Tensor:
        """Return A for the painted pictures at `grid` (h, w), float32 [len(rows), h*w, tokens]."""
        if grid not in self._matrices:
            self._matrices[grid] = torch.stack([p.matrix(grid, self.tokens) for p in self.paintings])
        return self._matrices[grid]

    def at(self, sigma: Tensor) -> PaintBias:
        """Return the bias for one call of the network at `sigma` [B], the noise levels of the whole batch."""
        weights = torch.tensor([p.settings.weight for p in self.paintings], device=sigma.device)
        return PaintBias(self, weights * sigma[list(self.rows)].float().clamp(max=SIGMA_CAP).log1p())


@dataclass(frozen=True, eq=False)
class PaintBias:
    """Cross-attention of one network call with the painted phrases; `weights` is w' log(1 + sigma) per painted row."""

    maps: PhraseMaps
    weights: Tensor

    def attend(self, q: Tensor, k: Tensor, v: Tensor, grid: tuple[int, int]) -> Tensor:
        """Return softmax((Q K^T + w A) / sqrt(d)) V for painted pictures and plain attention for the others.

        Args:
            q: queries [B, heads, h*w, d], row-major over the layer's own `grid` (h, w).
            k: keys [B, heads, tokens, d].
            v: values [B, heads, tokens, e].
            grid: height and width of the layer's feature map.

        Returns:
            [B, heads, h*w, e] in the dtype of `v`. Scores, bias and softmax are float32 (or wider), also under
            autocast, because max(Q K^T) can leave the range of half precision.

        Raises:
            BriefError: the grid or the number of keys is not the one the phrases were laid out for.
        """
        if q.shape[2] != grid[0] * grid[1] or k.shape[2] != self.maps.tokens:
            raise BriefError(
                f"painted attention at {grid[0]}x{grid[1]} over {self.maps.tokens} tokens "
                f"received {q.shape[2]} queries and {k.shape[2]} keys"
            )
        rows = list(self.maps.rows)
        if len(rows) == len(q):
            return self._painted(q, k, v, grid)
        plain = [row for row in range(len(q)) if row not in self.maps.rows]
        out = v.new_empty(*q.shape[:3], v.shape[3])
        out[plain] = F.scaled_dot_product_attention(q[plain], k[plain], v[plain]).to(v.dtype)
        out[rows] = self._painted(q[rows], k[rows], v[rows], grid)
        return out

    def shares(self, q: Tensor, k: Tensor, grid: tuple[int, int]) -> Tensor:
        """Return the weights with which `attend` takes the values, [B, heads, h*w, tokens] float32 (or wider)."""
        scores, rows = self._scores(q, k), list(self.maps.rows)
        scores[rows] = self._biased(scores[rows], grid)
        return (scores / math.sqrt(q.shape[-1])).softmax(-1)

    def _painted(self, q: Tensor, k: Tensor, v: Tensor, grid: tuple[int, int]) -> Tensor:
        scores = self._biased(self._scores(q, k), grid)
        with torch.autocast(q.device.type, enabled=False):
            attention = (scores / math.sqrt(q.shape[-1])).softmax(-1)
            return (attention @ v.to(scores.dtype)).to(v.dtype)

    def _scores(self, q: Tensor, k: Tensor) -> Tensor:
        wide = torch.promote_types(q.dtype, torch.float32)
        with torch.autocast(q.device.type, enabled=False):
            return q.to(wide) @ k.to(wide).transpose(-1, -2)

    def _biased(self, scores: Tensor, grid: tuple[int, int]) -> Tensor:
        """Q K^T + w A of the painted pictures. Not in place: in training the maximum's gradient needs the scores."""
        norms = [painting.settings.norm for painting in self.maps.paintings]
        A = self.maps.matrix(grid)[:, None]
        for norm in set(norms):
            chosen = self.weights * torch.tensor([own == norm for own in norms], device=self.weights.device)
            scores = scores + chosen[:, None, None, None] * score_norm(scores, norm) * A
        return scores


def phrase_maps(
    phrases: Sequence[PhraseMasks | None],
    columns: Sequence[Sequence[Columns]],
    tokens: int,
    device: torch.device | str = "cpu",
) -> PhraseMaps | None:
    """Lay out the painted phrases of a batch over a network's cross-attention keys.

    Args:
        phrases: per picture, its painted phrases or None (the unconditional half of guidance paints nothing).
        columns: per picture, per layer of its phrases, the keys that belong to the phrase in all text encoders
            (empty for pictures without phrases).
        tokens: number of cross-attention keys of the network.
        device: where the masks are resized and kept.

    Returns:
        The maps, or None when nothing is painted or every weight is 0: the network then attends as if this module
        did not exist.

    Raises:
        BriefError: a column outside the keys, or columns that do not match the layers.
    """
    paintings = {}
    for picture, (painted, owned) in enumerate(zip(phrases, columns, strict=True)):
        if painted is None:
            continue
        _require_columns(painted, owned, tokens)
        painting = _painting(painted, owned, torch.device(device))
        if painting is not None:
            paintings[picture] = painting
    return PhraseMaps(tuple(paintings), tuple(paintings.values()), tokens) if paintings else None


def _require_columns(painted: PhraseMasks, owned: Sequence[Columns], tokens: int) -> None:
    if len(owned) != len(painted.layers):
        raise BriefError(f"{len(painted.layers)} phrase layers came with columns for {len(owned)}")
    for layer, columns in zip(painted.layers, owned, strict=True):
        if any(not 0 <= column < tokens for column in columns):
            raise BriefError(f"phrase layer {layer.id!r} owns columns {tuple(columns)} of only {tokens} tokens")
