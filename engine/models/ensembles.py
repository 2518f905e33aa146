"""The engine's `Ensemble` from an ensemble's file."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.diffusion.ensemble import Ensemble, Stage
from engine.models.ediff.build import build_network
from engine.models.ediff.encoders import Encoders
from engine.models.ediff.ensemble_file import read_ensemble
from engine.models.storybook import StorybookDenoiser
from engine.models.weights import load_weights


def load_ensemble(
    file: Path, encoders: Encoders, device: torch.device | str = "cpu", *, default_weight: float = 1.0
) -> Ensemble:
    """Build the ensemble of `file` on `device`; its experts share `encoders`.

    Raises:
        ModelFileError: the file or the weights of an expert are missing or damaged.
        EnsembleError: the experts' intervals leave a gap or overlap.
    """
    stages = []
    for expert in read_ensemble(file).experts:
        network = build_network(expert.network)
        load_weights(network, file.parent / expert.weights)
        denoiser = StorybookDenoiser(
            network.to(device), encoders, sigma_min=expert.intervals[0][0], sigma_max=expert.intervals[-1][1],
            default_weight=default_weight,
        )  # fmt: skip
        stages += [Stage(denoiser, high, low) for low, high in expert.intervals]
    return Ensemble(stages)
