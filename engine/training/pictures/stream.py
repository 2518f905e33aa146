"""Training batches of real pictures: squares, what the encoders say or said of them, and conditions dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.ediff.config import ContextShape
from engine.models.ediff.embeddings import Embeddings
from engine.models.ediff.encoders import Encoders
from engine.training.batches import TrainingBatch, dropped, kept
from engine.training.config import TrainingConfig
from engine.training.degrade import spoilt
from engine.training.errors import TrainingError
from engine.training.patches import cut_patches, size_and_crop
from engine.training.pictures.choosing import Chooser
from engine.training.pictures.reading import Read


class PictureStream:
    """Micro-batches of a folder's or of shards' pictures; see `BatchStream`.

    The shorter side is resized to the size trained on and the centre is cut out (eDiff-I appendix A).
    """

    def __init__(
        self, config: TrainingConfig, chooser: Chooser, pictures: int, device: torch.device, encoders: Encoders | None
    ) -> None:
        """Make a stream of `pictures` each; without `encoders` the embeddings are the stored ones."""
        self._config, self._chooser, self._count = config, chooser, pictures
        self._device, self._encoders = device, encoders

    def batch(self, index: int) -> TrainingBatch:
        """Read one micro-batch; the same number always gives the same.

        Raises:
            TrainingError: stored embeddings are not of the network's shape, or too much is broken.
        """
        config, device = self._config, self._device
        seed = int(np.random.default_rng((config.seed, index)).integers(2**62))
        generator, on_device = torch.Generator().manual_seed(seed), torch.Generator(device).manual_seed(seed)
        samples = self._chooser.read(index * self._count, self._count)
        side = config.picture_size or config.network.size
        squares = [size_and_crop(sample.picture.to(device), side) for sample in samples]
        pictures = torch.stack([square for square, _ in squares])
        keep = kept(config.dropout, self._count, generator)
        told = self._embeddings(samples, pictures)
        micro = torch.stack([micro for _, micro in squares]).to(device)
        low = None if config.degradation is None else spoilt(pictures, config.degradation, on_device)
        if config.picture_size is not None:
            pictures, low = cut_patches(pictures, low, config.network.size, generator)
        told = replace(told, micro=micro if config.network.micro_conditioning else None, low_resolution=low)
        return TrainingBatch(pictures, dropped(told, keep))

    def _embeddings(self, samples: Sequence[Read], pictures: Tensor) -> Embeddings:
        if self._encoders is None:
            return stacked(samples, self._config.network.context, self._device)
        text = self._encoders.encode_text([sample.caption for sample in samples])
        seen = F.interpolate(pictures, (self._encoders.picture_size,) * 2, mode="bicubic", antialias=True)
        image = self._encoders.encode_pictures(seen.clamp(-1.0, 1.0))
        return Embeddings(text.clip_text, text.clip_pooled, text.t5, image)


def stacked(samples: Sequence[Read], shape: ContextShape, device: torch.device) -> Embeddings:
    """Stored embeddings as one batch; texts of fewer tokens are filled up with zeros."""
    wanted = {
        "clip_text": (shape.clip_tokens, shape.clip_width),
        "clip_pooled": (shape.clip_width,),
        "t5": (shape.t5_tokens, shape.t5_width),
        "clip_image": (shape.image_width,),
    }
    batches = {
        name: torch.stack([_filled(name, sample.stored[name], size) for sample in samples]).to(device)
        for name, size in wanted.items()
    }
    return Embeddings(**batches)


def _filled(name: str, value: Tensor, size: tuple[int, ...]) -> Tensor:
    if value.ndim == len(size) == 2 and value.shape[0] < size[0]:
        value = F.pad(value, (0, 0, 0, size[0] - value.shape[0]))
    if value.shape != size:
        raise TrainingError(
            f"stored embedding {name} is {list(value.shape)} and the network wants {list(size)}; "
            "store those of the encoders that [network.context] describes."
        )
    return value
