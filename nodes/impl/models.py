"""Nodes that name denoisers: the embedded model, experts with a noise interval, ensembles. Nothing is loaded here."""

from __future__ import annotations

from dataclasses import replace

from engine.api.errors import NodeError
from engine.api.shipped import SHIPPED
from engine.conditioning.brief import DenoiserRef, EnsembleRef
from engine.runtime.context import Context
from nodes.specs.models import STORYBOOK


def storybook(context: Context) -> tuple[DenoiserRef, ...]:
    """The embedded model's denoisers by name."""
    return tuple(DenoiserRef(SHIPPED, port.name) for port in STORYBOOK.outputs)


def model(context: Context, *, model: str, part: str) -> DenoiserRef:
    """One denoiser of a model, by name."""
    return DenoiserRef(model, part)


def expert(
    context: Context,
    *,
    denoiser: DenoiserRef | EnsembleRef,
    sigma_from: float,
    sigma_to: float,
    guidance: float | None,
    sampler: str | None,
) -> DenoiserRef:
    """A denoiser that owns the noise from `sigma_from` down to `sigma_to`; None takes the solve's."""
    if isinstance(denoiser, EnsembleRef):
        raise NodeError(
            "The experts of an ensemble already have their noise intervals.", "Wire a single denoiser to this expert."
        )
    return replace(denoiser, sigma_from=sigma_from, sigma_to=sigma_to, guidance=guidance, sampler=sampler)


def ensemble(context: Context, *, experts: tuple[DenoiserRef | EnsembleRef, ...]) -> EnsembleRef:
    """Several experts that share one solve; ensembles among them are taken apart."""
    members = [
        member for expert in experts for member in (expert.members if isinstance(expert, EnsembleRef) else (expert,))
    ]
    return EnsembleRef(tuple(members))
