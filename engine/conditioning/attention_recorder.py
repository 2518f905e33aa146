"""Records where a denoiser looks while it samples: the cross-attention that each painted phrase gets, by noise level.

Recording only observes: the attention weights are computed once more beside the network's own, so the estimate is the
same bit for bit, and nothing at all happens where nobody records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.conditioning.brief import Brief, PhraseMasks

Grid = tuple[int, int]

LARGEST_GRID = 32
"""Cells along the longer side of a recorded map."""


@dataclass(frozen=True)
class TokenGroups:
    """Which of the `tokens` cross-attention keys of one picture belong together.

    `phrases`: the columns of each painted phrase by its id. `words`: those of the whole sentence, `marks`: those that
    the encoders put around it (start and end of text), `style` and `null`: those of the style embedding and of the
    learned null token. All others lie past the end of the sentence.
    """

    tokens: int
    phrases: Mapping[str, tuple[int, ...]]
    words: tuple[int, ...]
    marks: tuple[int, ...] = ()
    style: tuple[int, ...] = ()
    null: tuple[int, ...] = ()

    def matrix(self) -> Tensor:
        """Return float32 [tokens, P + 5] of 0 and 1: phrases, all that is in no phrase, words, marks, style, null."""
        owned = {column for columns in self.phrases.values() for column in columns}
        rest = tuple(column for column in range(self.tokens) if column not in owned)
        groups = (*self.phrases.values(), rest, self.words, self.marks, self.style, self.null)
        matrix = torch.zeros(self.tokens, len(groups))
        for group, columns in enumerate(groups):
            matrix[list(columns), group] = 1.0
        return matrix


@dataclass(frozen=True, eq=False)
class RecordedLevel:
    """The attention of one picture in one call of a denoiser, averaged over heads, then over layers.

    `phrases` [P, h, w] and `rest` [h, w]: the share, 0..1, that the tokens of each phrase and all others got from each
    cell; they sum to 1 where no token belongs to two phrases. `words`, `marks`, `style`, `null`: mean shares. Of
    self-attention: `entropy`, the mean entropy of its rows over that of even attention (1: every place is looked at
    alike), and `looked_at` [h, w], how often a place is looked at (1: as often as the mean). Both None where none was
    seen. Maps are float16.
    """

    sigma: float
    names: tuple[str, ...]
    phrases: NDArray[np.float16]
    rest: NDArray[np.float16]
    words: float
    marks: float
    style: float
    null: float
    entropy: float | None = None
    looked_at: NDArray[np.float16] | None = None


class AttentionObserver(Protocol):
    """Sees the attention weights of every layer of a network call, float32; rows sum to 1."""

    def cross(self, shares: Tensor, grid: Grid) -> None:
        """Cross-attention [B, heads, h*w, tokens] of a layer at `grid` (h, w)."""
        ...

    def own(self, shares: Tensor, grid: Grid) -> None:
        """Self-attention [B, heads, h*w, h*w] of a layer at `grid` (h, w)."""
        ...


@runtime_checkable
class Attentive(Protocol):
    """What a denoiser offers that can be recorded."""

    def token_groups(self, brief: Brief, phrases: PhraseMasks | None) -> TokenGroups:
        """Tell which keys belong to `phrases` and to the sentence of `brief`."""
        ...

    def observed(self, observer: AttentionObserver) -> AbstractContextManager[None]:
        """Let `observer` see the attention of every call inside the `with` block."""
        ...

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Brief]) -> Tensor:
        """Return the clean estimate; see `engine.diffusion.denoiser.Denoiser`."""
        ...


@dataclass(eq=False)
class CallAttention:
    """Adds up the layers of one network call for the first `len(groups)` pictures of its batch."""

    groups: Sequence[TokenGroups]
    _cross: list[tuple[Tensor, ...]] = field(default_factory=list)
    _entropies: list[Tensor] = field(default_factory=list)
    _looked_at: list[Tensor] = field(default_factory=list)

    def cross(self, shares: Tensor, grid: Grid) -> None:
        """See `AttentionObserver.cross`."""
        per_picture = []
        for picture, groups in enumerate(self.groups):
            grouped = shares[picture].float().mean(0) @ groups.matrix().to(shares.device)
            per_picture.append(grouped.T.unflatten(1, grid))
        self._cross.append(tuple(per_picture))

    def own(self, shares: Tensor, grid: Grid) -> None:
        """See `AttentionObserver.own`."""
        shares = shares[: len(self.groups)].float()
        places = shares.shape[-1]
        entropy = torch.special.entr(shares).sum(-1) / np.log(places)
        self._entropies.append(entropy.mean((1, 2)))
        self._looked_at.append((shares.mean((1, 2)) * places).unflatten(1, grid))

    def levels(self, sigma: float) -> tuple[RecordedLevel, ...]:
        """One level per picture; empty where the network has no cross-attention."""
        if not self._cross:
            return ()
        grid = _common_grid([maps[0].shape[1:] for maps in self._cross])
        return tuple(self._level(picture, sigma, grid) for picture in range(len(self.groups)))

    def _level(self, picture: int, sigma: float, grid: Grid) -> RecordedLevel:
        maps = torch.stack([to_grid(layer[picture], grid) for layer in self._cross]).mean(0).cpu()
        names = tuple(self.groups[picture].phrases)
        words, marks, style, null = maps[len(names) + 1 :].mean((1, 2)).tolist()
        entropy = torch.stack(self._entropies)[:, picture].mean().item() if self._entropies else None
        looked_at = [to_grid(layer[picture][None], grid)[0] for layer in self._looked_at]
        return RecordedLevel(
            sigma,
            names,
            _half(maps[: len(names)]),
            _half(maps[len(names)]),
            words,
            marks,
            style,
            null,
            entropy,
            _half(torch.stack(looked_at).mean(0).cpu()) if looked_at else None,
        )


@dataclass(frozen=True, eq=False)
class RecordedDenoiser:
    """A denoiser that tells, after every call, where it looked for the first pictures of the batch.

    `phrases`: one per picture; the pictures behind them (the unconditional half of guidance) are not recorded. `tell`
    gets one level for each.
    """

    denoiser: Attentive
    sigma_min: float
    sigma_max: float
    phrases: Sequence[PhraseMasks | None]
    tell: Callable[[tuple[RecordedLevel, ...]], object]

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Brief]) -> Tensor:
        """Return the estimate of the recorded denoiser, bit for bit."""
        shown = zip(conditioning, self.phrases, strict=False)
        call = CallAttention([self.denoiser.token_groups(brief, phrases) for brief, phrases in shown])
        with self.denoiser.observed(call):
            estimate = self.denoiser(x, sigma, conditioning)
        self.tell(call.levels(float(sigma[0])))
        return estimate


def to_grid(maps: Tensor, grid: Grid) -> Tensor:
    """Bring maps [G, h, w] to another grid; what sums to 1 in each cell goes on to do so."""
    if maps.shape[-2] >= grid[0]:
        return F.adaptive_avg_pool2d(maps, grid)
    return F.interpolate(maps[None], grid, mode="bilinear", align_corners=False)[0]


def _common_grid(grids: Sequence[Sequence[int]]) -> Grid:
    """The finest grid, within what is recorded."""
    height, width = max(grids, key=lambda grid: grid[0] * grid[1])
    scale = max(1.0, max(height, width) / LARGEST_GRID)
    return max(1, round(height / scale)), max(1, round(width / scale))


def _half(maps: Tensor) -> NDArray[np.float16]:
    return maps.to(torch.float16).numpy()
