"""A training run as data: what is trained, on which noise levels, from what, for how long."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.diffusion.noise import NoiseDistribution
from engine.models.ediff.config import UNetConfig
from engine.training.errors import TrainingConfigError


class Dropout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Probability that an embedding is zeroed, drawn independently for each (eDiff-I 4.2; rates of Table 7)."""

    clip_text: float = 0.2
    t5: float = 0.25
    clip_image: float = 0.9


class Noise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part of p(sigma) trained on: an interval (level, index) of the binary tree, or all but some (appendix B)."""

    mean: float = -1.2
    std: float = 1.2
    expert: tuple[int, int] | None = None
    without: tuple[tuple[int, int], ...] = ()

    def distribution(self) -> NoiseDistribution:
        """The restricted distribution."""
        whole = NoiseDistribution(self.mean, self.std)
        if self.expert is not None:
            return whole.expert(*self.expert)
        return whole.complement(self.without) if self.without else whole


class Optimisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """AdamW with a linear warm-up and a cosine fall to a twentieth; exponential moving average of the weights."""

    batch: int
    rate: float
    minutes: float
    warmup: int = 200
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.999)
    clip_norm: float = 1.0
    ema: float = 0.9995


class Degradation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the low-resolution picture is spoilt when an upscaler is trained, each strength drawn from 0 to its limit."""

    size: int
    blur: float = 1.2
    noise: float = 0.12
    resize: float = 0.5


class TrainingConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run of the trainer."""

    name: str
    network: UNetConfig
    optimisation: Optimisation
    noise: Noise = Noise()
    dropout: Dropout = Dropout()
    own_picture: float = 0.5
    """Share of CLIP pictures that show the scene itself; the others show another scene of the same style and tone."""
    degradation: Degradation | None = None
    start_from: str | None = None
    """Name of the run whose averaged weights this one starts from."""
    seed: int = 0


def read_config(file: Path) -> TrainingConfig:
    """Read a TOML configuration.

    Raises:
        TrainingConfigError: it cannot be read, or a field is unknown or of the wrong type.
    """
    try:
        return msgspec.toml.decode(file.read_bytes(), type=TrainingConfig)
    except OSError as error:
        raise TrainingConfigError(file, f"cannot be read ({error.strerror})") from error
    except msgspec.DecodeError as error:
        raise TrainingConfigError(file, str(error)) from error
