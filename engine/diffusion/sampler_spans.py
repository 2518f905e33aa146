"""A solve whose sampler changes where one expert hands over to the next.

A sampler has no state between its calls, so the solve is cut where another one takes over, and each works on its own
part of the grid. A multistep sampler thereby begins with one Heun step, as at every hand-over; where the sampler stays
the same nothing is cut, and its history ends only where the right side of the ODE jumps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from torch import Tensor

from engine.diffusion.denoiser import Bound, Denoiser
from engine.diffusion.ensemble import Ensemble
from engine.diffusion.errors import SolveError
from engine.diffusion.samplers import SAMPLERS
from engine.diffusion.schedules import Sigmas
from engine.diffusion.stepping import OnStep, StepFacts


@dataclass(frozen=True)
class SamplerSpan:
    """A part of a falling grid (at least two noise levels) and the name of the sampler that takes its steps."""

    sampler: str
    sigmas: Sigmas


def require_sampler(name: str) -> None:
    """Raise SolveError when there is no sampler of that name."""
    if name not in SAMPLERS:
        raise SolveError(f"unknown sampler {name!r}; choose one of {', '.join(SAMPLERS)}")


def sampler_spans(denoiser: Denoiser, sampler: str, sigmas: Sequence[float]) -> tuple[SamplerSpan, ...]:
    """Cut a grid where another sampler takes over: experts without one of their own take `sampler`.

    Raises:
        SolveError: a sampler that is not there.
        EnsembleError: a step that no expert owns.
    """
    steps = [(_sampler_of(denoiser, sampler, *step), *step) for step in pairwise(sigmas)]
    spans = []
    for name, group in groupby(steps, key=lambda step: step[0]):
        require_sampler(name)
        members = [*group]
        spans.append(SamplerSpan(name, (members[0][1], *(sigma_to for _, _, sigma_to in members))))
    return tuple(spans)


def _sampler_of(denoiser: Denoiser, sampler: str, sigma_from: float, sigma_to: float) -> str:
    if not isinstance(denoiser, Ensemble):
        return sampler
    return denoiser.stages[denoiser.stage_index(sigma_from, sigma_to)].sampler or sampler


def sample_spans(spans: Sequence[SamplerSpan], bound: Bound, x: Tensor, on_step: OnStep) -> Tensor:
    """Take `x` [B, C, H, W] down all spans, one after the other; steps are counted over all of them."""
    total = sum(len(span.sigmas) - 1 for span in spans)
    done = 0
    for span in spans:

        def told(facts: StepFacts, done: int = done) -> None:
            on_step(replace(facts, index=facts.index + done, total=total))

        x = SAMPLERS[span.sampler](bound, x, span.sigmas, told)
        done += len(span.sigmas) - 1
    return x
