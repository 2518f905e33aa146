"""A training run as data: what is trained, on which noise levels, from what, for how long, and how it is computed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from engine.diffusion.errors import DiffusionError
from engine.diffusion.noise import NoiseDistribution
from engine.models.ediff.config import UNetConfig
from engine.models.ediff.ensemble_file import Sampling
from engine.training.degradations import Degradation, LightDegradation, Redraw
from engine.training.errors import TrainingConfigError
from engine.training.pictures.settings import Data, DrawnData

Read = TypeVar("Read")

Interval = tuple[int, int]
"""(level, index) in the binary tree of experts; index 0 of a level is the lowest noise (eDiff-I 4.1)."""


class Dropout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Probability that an embedding is zeroed, drawn independently for each (eDiff-I 4.2; rates of Table 7)."""

    clip_text: float = 0.2
    t5: float = 0.25
    clip_image: float = 0.9

    def __post_init__(self) -> None:
        if not all(0.0 <= rate <= 1.0 for rate in (self.clip_text, self.t5, self.clip_image)):
            raise ValueError("dropout rates are probabilities: choose 0 to 1")


class Noise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part of p(sigma) trained on: an interval (level, index) of the binary tree, or all but some (appendix B)."""

    mean: float = -1.2
    std: float = 1.2
    expert: Interval | None = None
    without: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        if self.expert is not None and self.without:
            raise ValueError("noise is either one interval (expert) or all without some (without), not both")
        try:
            self.distribution()
        except DiffusionError as error:
            raise ValueError(str(error)) from error

    def distribution(self) -> NoiseDistribution:
        """The restricted distribution."""
        whole = NoiseDistribution(self.mean, self.std)
        if self.expert is not None:
            return whole.expert(*self.expert)
        return whole.complement(self.without) if self.without else whole


class Optimisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """AdamW or Muon, a linear warm-up, and an exponential moving average of the weights.

    `method` "muon" moves the matrices of the blocks by orthogonal steps, see `engine.training.optimiser`; the rest is
    AdamW's either way. The run ends after `steps` or after `minutes`, whichever is given and comes first. `schedule`
    "cosine" lets the rate fall to a twentieth until then; "constant" is the paper's (Table 7). `clip_norm` 0 clips no
    gradient.
    """

    batch: int
    rate: float
    method: Literal["adamw", "muon"] = "adamw"
    minutes: float | None = None
    steps: int | None = None
    schedule: Literal["cosine", "constant"] = "cosine"
    warmup: int = 200
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.999)
    clip_norm: float = 1.0
    ema: float = 0.9995

    def __post_init__(self) -> None:
        if self.minutes is None and self.steps is None:
            raise ValueError("say how long to train: minutes, steps or both")
        if self.batch < 1 or self.rate <= 0.0 or not 0.0 <= self.ema < 1.0:
            raise ValueError("batch must be at least 1, rate above 0, ema from 0 to below 1")


class Execution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the steps are computed; what is learnt does not depend on it beyond rounding.

    `micro_batch`: pictures in one pass of one process; the gradients of as many passes as a batch needs are added
    up. None: the batch in one pass of each process. `sharding` of several processes: "copies" keeps the whole network
    in each (DDP), "shards" divides weights, gradients and optimiser among them (FSDP).
    """

    precision: Literal["bfloat16", "float32"] = "bfloat16"
    micro_batch: int | None = None
    gradient_checkpointing: bool = False
    channels_last: bool = False
    compile: bool = False
    sharding: Literal["copies", "shards"] = "copies"
    save_seconds: float = 120.0


class TrainingConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run of the trainer."""

    name: str
    network: UNetConfig
    optimisation: Optimisation
    noise: Noise = Noise()
    dropout: Dropout = Dropout()
    execution: Execution = Execution()
    data: Data = DrawnData()
    own_picture: float = 0.5
    """Share of CLIP pictures that show the scene itself; the others show another scene of the same style and tone."""
    degradation: Degradation | None = None
    redraw: Redraw | None = None
    picture_size: int | None = None
    """Side of the whole pictures where the network is trained on patches of its own `size` (SR1024)."""
    sampling: Sampling | None = None
    start_from: str | None = None
    """Name of the run whose averaged weights this one starts from; it may be one without full-resolution layers."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.network.low_resolution and self.degradation is None:
            raise ValueError("a network with low_resolution needs a [degradation] with the small picture's size")
        if self.redraw is not None and not isinstance(self.degradation, LightDegradation):
            raise ValueError("[redraw] draws the small pictures of a light [degradation] again: give one")
        if self.redraw is not None and not isinstance(self.data, DrawnData):
            raise ValueError("[redraw] draws pictures of a drawn world again: leave it out for real ones")
        if self.picture_size is not None and self.picture_size < self.network.size:
            raise ValueError(f"picture_size {self.picture_size} is less than the network's size {self.network.size}")
        if isinstance(self.data, DrawnData) and self.data.patches > 1 and self.picture_size is None:
            raise ValueError("patches are cut where there is a picture_size: the side of the whole pictures")
        if self.optimisation.method == "muon" and self.execution.sharding == "shards":
            raise ValueError('method "muon" needs every matrix whole: choose sharding = "copies", or method = "adamw"')
        if self.start_from == self.name:
            raise ValueError(f"the run {self.name!r} starts from itself")


def read_config(file: Path) -> TrainingConfig:
    """Read a TOML configuration.

    Raises:
        TrainingConfigError: it cannot be read, or a field is unknown, of the wrong type or at odds with another.
    """
    return read_toml(file, TrainingConfig)


def read_toml(file: Path, kind: type[Read]) -> Read:
    """Read a TOML file as a `kind`; raises TrainingConfigError where it cannot be one."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=kind)
    except OSError as error:
        raise TrainingConfigError(file, f"cannot be read ({error.strerror})") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TrainingConfigError(file, str(error)) from error
