"""Training batches from the drawn world: pictures, what the encoders say of them, and conditions dropped at random."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.ediff.encoders import Encoders
from engine.models.ediff.embeddings import Embeddings
from engine.training.config import Degradation, Dropout, TrainingConfig
from engine.training.degrade import degrade
from engine.training.world import Scene, World


@dataclasses.dataclass(frozen=True)
class TrainingBatch:
    """Clean pictures [B, 3, S, S] in -1..1 and their embeddings after dropout."""

    pictures: Tensor
    embeddings: Embeddings


class SceneStream:
    """Endless fresh batches of rendered scenes; all randomness comes from one seed and the step number."""

    def __init__(self, config: TrainingConfig, world: World, encoders: Encoders) -> None:
        self._config, self._world, self._encoders = config, world, encoders

    def batch(self, step: int) -> TrainingBatch:
        """Draw the batch of one step; the same step always gives the same batch."""
        rng = np.random.default_rng((self._config.seed, step))
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        scenes = self._world.sample(rng, self._config.optimisation.batch)
        pictures = self._world.render(scenes, self._config.network.size).images
        text = self._encoders.encode_text([scene.caption for scene in scenes])
        keep = kept(self._config.dropout, len(scenes), generator)
        low = self._config.degradation
        embeddings = Embeddings(
            clip_text=text.clip_text * keep[0][:, None, None],
            clip_pooled=text.clip_pooled * keep[0][:, None],
            t5=text.t5 * keep[1][:, None, None],
            clip_image=self._clip_pictures(scenes, rng, keep[2]),
            micro=micro_conditioning(scenes) if self._config.network.micro_conditioning else None,
            low_resolution=None if low is None else spoilt(pictures, low, generator),
        )
        return TrainingBatch(pictures, embeddings)

    def _clip_pictures(self, scenes: Sequence[Scene], rng: np.random.Generator, keep: Tensor) -> Tensor:
        """CLIP pictures of the scenes where `keep`, zeros elsewhere; some of the scene itself, some of a sibling.

        A sibling shares style and tone only: from it the network learns to take the look of a reference and nothing
        of its content.
        """
        out = torch.zeros(len(scenes), self._encoders.shape.image_width)
        rows = keep.nonzero().flatten()
        if len(rows) == 0:
            return out
        shown = [
            scenes[i] if rng.random() < self._config.own_picture else self._world.sibling(scenes[i], rng)
            for i in rows.tolist()
        ]
        out[rows] = self._encoders.encode_pictures(self._world.render(shown, self._encoders.picture_size).images)
        return out


def kept(dropout: Dropout, count: int, generator: torch.Generator) -> Tensor:
    """Independent 0/1 draws [3, count]: which of CLIP text, T5 and CLIP picture each scene keeps (eDiff-I 4.2)."""
    rates = torch.tensor([dropout.clip_text, dropout.t5, dropout.clip_image])
    return (torch.rand(3, count, generator=generator) >= rates[:, None]).float()


def micro_conditioning(scenes: Sequence[Scene]) -> Tensor:
    """Original size, crop corner and target size of each scene as fractions of the target side (SDXL 2.2), [B, 6]."""
    views = [scene.view for scene in scenes]
    return torch.tensor([[view.height, view.width, view.top, view.left, 1.0, 1.0] for view in views])


def spoilt(pictures: Tensor, degradation: Degradation, generator: torch.Generator) -> Tensor:
    """The low-resolution condition of an upscaler, spoilt and enlarged back to the size of `pictures`."""
    small = F.interpolate(pictures, size=degradation.size, mode="area")
    return F.interpolate(degrade(small, degradation, generator), size=pictures.shape[-2:], mode="bicubic")
