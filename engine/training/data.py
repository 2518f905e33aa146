"""Training batches from the drawn world: pictures, what the encoders say of them, and conditions dropped at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import torch
from torch import Tensor

from engine.conditioning.paint_with_words import PhraseMaps
from engine.diffusion.denoiser import Denoiser
from engine.models.ediff.embeddings import Embeddings
from engine.models.ediff.encoders import Encoders
from engine.training.batches import TrainingBatch, dropped, kept
from engine.training.config import Dropout, TrainingConfig
from engine.training.degrade import Redrawing, spoilt
from engine.training.errors import TrainingError
from engine.training.painting import painted_phrases
from engine.training.patches import cut_patches
from engine.training.pictures.settings import DrawnData
from engine.training.redraw import drawn_again
from engine.training.world import Scene, World

STROKES, REDRAWN = 1, 2
"""Mark the random numbers of the strokes, and of pictures drawn again, among those of a micro-batch."""


class SceneStream:
    """Endless fresh micro-batches of rendered scenes, on the encoders' device; see `BatchStream`."""

    def __init__(
        self,
        config: TrainingConfig,
        world: World,
        encoders: Encoders,
        pictures: int | None = None,
        drawing: Denoiser | None = None,
    ) -> None:
        """Make a stream of micro-batches of `pictures` (default: the configured batch).

        `drawing`: the base model that draws small pictures again, where the configuration has a [redraw].

        Raises:
            TrainingError: they cannot be cut from whole pictures.
        """
        self._config, self._world, self._encoders, self._drawing = config, world, encoders, drawing
        self._count = config.optimisation.batch if pictures is None else pictures
        drawn = config.data if isinstance(config.data, DrawnData) else DrawnData()
        self._each, self._painted = drawn.patches, drawn.painted
        if self._count % self._each:
            raise TrainingError(
                f"run {config.name!r}: {self._count} patches cannot be cut from pictures of {self._each} patches each; "
                f"change patches or the batch."
            )

    def batch(self, index: int) -> TrainingBatch:
        """Draw one micro-batch; the same number always gives the same."""
        return self._drawn(index, self._config.dropout)

    def whole(self, index: int) -> TrainingBatch:
        """Micro-batch number `index` with no condition dropped."""
        return self._drawn(index, Dropout(0.0, 0.0, 0.0))

    def _drawn(self, index: int, dropout: Dropout) -> TrainingBatch:
        config, device = self._config, self._encoders.device
        rng = np.random.default_rng((config.seed, index))
        seed = int(rng.integers(2**62))
        generator, on_device = torch.Generator().manual_seed(seed), torch.Generator(device).manual_seed(seed)
        scenes = self._world.sample(rng, self._count // self._each)
        pictures, masks, low = self._pictures(scenes, generator, on_device, self._redrawing(scenes, index))
        keep = kept(dropout, self._count, generator)
        text = self._encoders.encode_text([scene.caption for scene in scenes])
        told = Embeddings(
            clip_text=text.clip_text,
            clip_pooled=text.clip_pooled,
            t5=text.t5,
            clip_image=self._clip_pictures(scenes, rng, keep[2].view(-1, self._each).amax(dim=1)),
            micro=micro_conditioning(scenes).to(device) if config.network.micro_conditioning else None,
        )
        embeddings = replace(repeated(told, self._each), low_resolution=low)
        return TrainingBatch(pictures, dropped(embeddings, keep), self._phrases(scenes, masks, index))

    def _phrases(self, scenes: Sequence[Scene], masks: Tensor, index: int) -> PhraseMaps | None:
        """The painted phrases of micro-batch number `index`, the same whatever is dropped."""
        if self._painted == 0.0:
            return None
        rng = np.random.default_rng((self._config.seed, index, STROKES))
        return painted_phrases(scenes, masks, self._encoders, self._painted, rng)

    def _redrawing(self, scenes: Sequence[Scene], index: int) -> Redrawing | None:
        """How small pictures of micro-batch number `index` are drawn again, if they are."""
        drawing, redraw = self._drawing, self._config.redraw
        if drawing is None or redraw is None:
            return None
        rng = np.random.default_rng((self._config.seed, index, REDRAWN))
        return lambda small: drawn_again(small, scenes, drawing, redraw, rng)

    def _pictures(
        self,
        scenes: Sequence[Scene],
        generator: torch.Generator,
        on_device: torch.Generator,
        redrawing: Redrawing | None,
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Rendered pictures, or patches of them, the scenes' masks, and the pictures' low-resolution conditions."""
        config, size = self._config, self._config.picture_size or self._config.network.size
        drawn = self._world.render(scenes, size, self._encoders.device)
        pictures = drawn.images
        low = None if config.degradation is None else spoilt(pictures, config.degradation, on_device, redrawing)
        if config.picture_size is None:
            return pictures, drawn.masks, low
        pictures, low = cut_patches(pictures, low, config.network.size, generator, self._each)
        return pictures, drawn.masks, low

    def _clip_pictures(self, scenes: Sequence[Scene], rng: np.random.Generator, keep: Tensor) -> Tensor:
        """CLIP pictures of the scenes where `keep`, zeros elsewhere; some of the scene itself, some of a sibling.

        A sibling shares style and tone only: from it the network learns to take the look of a reference and nothing
        of its content.
        """
        device = self._encoders.device
        out = torch.zeros(len(scenes), self._encoders.shape.image_width, device=device)
        rows = keep.nonzero().flatten()
        if len(rows) == 0:
            return out
        shown = [
            scenes[i] if rng.random() < self._config.own_picture else self._world.sibling(scenes[i], rng)
            for i in rows.tolist()
        ]
        pictures = self._world.render(shown, self._encoders.picture_size, device).images
        out[rows.to(device)] = self._encoders.encode_pictures(pictures)
        return out


def repeated(embeddings: Embeddings, times: int) -> Embeddings:
    """Every picture's embeddings `times` over, one after the other."""
    there = {f.name: value for f in fields(embeddings) if isinstance(value := getattr(embeddings, f.name), Tensor)}
    return replace(embeddings, **{name: value.repeat_interleave(times, dim=0) for name, value in there.items()})


def micro_conditioning(scenes: Sequence[Scene]) -> Tensor:
    """Original size, crop corner and target size of each scene as fractions of the target side (SDXL 2.2), [B, 6]."""
    views = [scene.view for scene in scenes]
    return torch.tensor([[view.height, view.width, view.top, view.left, 1.0, 1.0] for view in views])
