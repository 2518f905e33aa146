"""Ensembles as files: which experts there are, and which noise each owns."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.api.decoding import decode_json
from engine.diffusion.ensemble import Ensemble
from engine.diffusion.samplers import SAMPLERS
from engine.diffusion.schedules import Sigmas, make_sigmas, snap
from engine.models.ediff.config import UNetConfig
from engine.models.errors import ModelFileError


class Sampling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a model is meant to be sampled: `order` is the power of the time grid, `sampler` a name of `SAMPLERS`."""

    sampler: str
    order: float
    steps: int

    def __post_init__(self) -> None:
        if self.sampler not in SAMPLERS:
            raise ValueError(f"there is no sampler {self.sampler!r}; choose one of {', '.join(SAMPLERS)}")

    def sigmas(self, ensemble: Ensemble) -> Sigmas:
        """The grid of noise levels over `ensemble`, with a node on every boundary between experts."""
        grid = make_sigmas("edm", self.steps, ensemble.sigma_max, ensemble.sigma_min, rho=self.order)
        return snap(grid, ensemble.boundaries())


class ExpertFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One expert: its weights, relative to the ensemble's file, its network, and the (low, high) sigmas it owns."""

    name: str
    weights: str
    network: UNetConfig
    intervals: tuple[tuple[float, float], ...]


class EnsembleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="format", tag="sinopia/ensemble"):
    """An ensemble of experts as JSON."""

    name: str
    experts: tuple[ExpertFile, ...]
    sampling: Sampling | None = None
    version: int = 1


def write_ensemble(file: Path, ensemble: EnsembleFile) -> None:
    """Write `ensemble` to `file`; a reader never sees half of it."""
    part = file.with_name(file.name + ".part")
    part.write_bytes(msgspec.json.format(msgspec.json.encode(ensemble), indent=1))
    part.replace(file)


def read_ensemble(file: Path) -> EnsembleFile:
    """Read what `write_ensemble` wrote.

    Raises:
        ModelFileError: it is missing or damaged.
    """
    try:
        return decode_json(file.read_bytes(), EnsembleFile)
    except OSError as error:
        raise ModelFileError(file, "the ensemble is missing") from error
    except msgspec.DecodeError as error:
        raise ModelFileError(file, f"the ensemble is damaged ({error})") from error
