"""Nodes that name denoisers: the embedded model, experts with a noise interval, ensembles. Nothing is loaded here."""

from __future__ import annotations

from dataclasses import replace

from engine.api.errors import NodeError
from engine.conditioning.brief import DenoiserRef, EnsembleRef
from engine.runtime.context import Context

STORYBOOK_PARTS = ("base", "high", "low", "upscaler", "refiner")


def storybook(context: Context) -> tuple[DenoiserRef, ...]:
    """The embedded model's denoisers by name."""
    return tuple(DenoiserRef("storybook", part) for part in STORYBOOK_PARTS)


def model(context: Context, *, model: str, part: str) -> DenoiserRef:
    """One denoiser of a model, by name."""
    return DenoiserRef(model, part)


def expert(
    context: Context, *, denoiser: DenoiserRef | EnsembleRef, sigma_from: float, sigma_to: float, guidance: float | None
) -> DenoiserRef:
    """A denoiser that owns the noise from `sigma_from` down to `sigma_to`, guided by its own scale where it has one."""
    if isinstance(denoiser, EnsembleRef):
        raise NodeError(
            "The experts of an ensemble already have their noise intervals.", "Wire a single denoiser to this expert."
        )
    return replace(denoiser, sigma_from=sigma_from, sigma_to=sigma_to, guidance=guidance)


def ensemble(context: Context, *, experts: tuple[DenoiserRef | EnsembleRef, ...]) -> EnsembleRef:
    """Several experts that share one solve; ensembles among them are taken apart."""
    members = [
        member for expert in experts for member in (expert.members if isinstance(expert, EnsembleRef) else (expert,))
    ]
    return EnsembleRef(tuple(members))
