"""What the noise timeline says in words."""

from __future__ import annotations

from app.model.timeline_handles import Handle, HandleKind
from app.model.timeline_values import Solve, Span
from nodes.specs.samplers import SAMPLER_LABELS, SAMPLERS


def noise_said(sigma: float) -> str:
    """A noise level with three figures."""
    return "0" if sigma <= 0.0 else f"{sigma:.3g}"


def steps_said(steps: int) -> str:
    """How many steps."""
    return "1 step" if steps == 1 else f"{steps} steps"


def place_said(solve: Solve, sigma: float) -> str:
    """What happens at a noise level of a solve."""
    step = solve.step_at(sigma)
    if step is None:
        return f"noise {noise_said(sigma)}  ·  {solve.title} does not work here"
    owner = solve.owner(step)
    who = "nobody draws here" if owner is None else owner.title
    silent = [window.title for window in solve.windows if not window.acts(solve.ticks[step - 1], solve.ticks[step])]
    told = f"noise {noise_said(sigma)}  ·  step {step} of {solve.steps}  ·  {who}"
    return f"{told}  ·  without {', '.join(silent)}" if silent else told


def span_said(solve: Solve, span: Span) -> str:
    """A span with its extent and its steps."""
    sigma_from, sigma_to = solve.extent(span)
    steps = sum(solve.owner(step) is span for step in range(1, solve.steps + 1))
    return f"{span.title}  ·  noise {noise_said(sigma_from)} to {noise_said(sigma_to)}  ·  {steps_said(steps)}"


def sampler_said(sampler: str) -> str:
    """What the artist calls a sampler."""
    return dict(zip(SAMPLERS, SAMPLER_LABELS, strict=True)).get(sampler, sampler)


def guidance_said(solve: Solve, span: Span) -> str:
    """With which guidance a span draws."""
    return f"guidance {solve.guidance_of(span):g}"


def own_said(solve: Solve, span: Span) -> str:
    """With which guidance a span draws, and with which sampler where the span above has another."""
    place = solve.spans.index(span)
    above = None if place == 0 else solve.sampler_of(solve.spans[place - 1])
    told, chosen = guidance_said(solve, span), solve.sampler_of(span)
    return told if chosen == above else f"{told}  ·  {sampler_said(chosen)}"


def handle_said(solve: Solve, handle: Handle) -> str:
    """What a handle means where it stands."""
    if handle.kind is HandleKind.BOUNDARY and not solve.boundaries[handle.index].meets:
        boundary = solve.boundaries[handle.index]
        return f"{boundary.upper.title} and {boundary.lower.title} do not meet: drag to where one takes over"
    done = sum(tick > handle.sigma for tick in solve.ticks)
    if handle.kind is HandleKind.START:
        return f"{handle.label} at noise {noise_said(handle.sigma)}  ·  {steps_said(solve.steps)} to go"
    return f"{handle.label} at noise {noise_said(handle.sigma)}  ·  after step {done} of {solve.steps}"
