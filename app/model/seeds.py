"""Seeds: the one on the screen is the one that is used, and a new one is drawn before a run, never after it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import TypeAlias

from app.model import edits
from app.model.face import SEED, SEED_RANGE, SOLVES, face_of
from app.model.session import Session
from app.model.settings import SeedMode
from engine.api.plan import Plan, Step
from nodes.registry import Registry
from nodes.specs.declare import LARGEST_SEED

Draw: TypeAlias = Callable[[], int]

LARGEST_DRAWN = 2**32
"""Drawn seeds stay below, so that they can be read out and typed."""


def draw_seed() -> int:
    """A new seed."""
    return secrets.randbelow(LARGEST_DRAWN)


def ready_seeds(
    session: Session,
    registry: Registry,
    mode: SeedMode,
    count: int = 1,
    draw: Draw = draw_seed,
    *,
    chosen: bool = False,
) -> tuple[int, ...]:
    """The seeds of `count` runs; the last one is shown, as after as many single runs. A fixed seed stays as it is.

    `chosen`: the artist asked for the seed that is shown, so the first run has it whatever the mode.
    Empty where the seed is no number of the document but comes over a wire. Doing so again joins the history entry.
    """
    place, shown = face_of(session.document, registry).seed, current_seed(session, registry)
    if place is None or shown is None:
        return ()
    wanted = seeds_after(shown, mode, count, draw, chosen=chosen)
    if mode is not SeedMode.FIXED and wanted[-1] != shown:
        changed = edits.set_parameter(session.document, place.node, place.port, wanted[-1])
        session.apply("New seed", changed, merge_key=("seed", place))
        session.settle(seal=False)
    return wanted


def seeds_after(
    shown: int, mode: SeedMode, count: int, draw: Draw = draw_seed, *, chosen: bool = False
) -> tuple[int, ...]:
    """The seeds of `count` runs, `shown` being the one on the screen before: no two of them are equal.

    `chosen`: `shown` is the first of them.
    """
    if mode is SeedMode.NEW:
        drawn: dict[int, None] = {shown: None} if chosen else {}
        while len(drawn) < count:
            drawn[draw()] = None
        return tuple(drawn)
    first = shown + (mode is SeedMode.NEXT and not chosen)
    return tuple((first + step) % (LARGEST_SEED + 1) for step in range(count))


def current_seed(session: Session, registry: Registry) -> int | None:
    """The seed that is shown; None where it is no number of the document."""
    place = face_of(session.document, registry).seed
    if place is None:
        return None
    node = session.document.nodes[place.node]
    spec = registry.get(node.type)
    declared = {parameter.name: parameter.default for parameter in spec.parameters} if spec is not None else {}
    value = node.params.get(place.port, declared.get(place.port))
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def planned_seeds(plan: Plan) -> tuple[int, ...]:
    """The seeds of the solve that decides the layout, one for each picture; empty where only running tells them."""
    steps = {step.node: step for step in plan.steps}
    solve = _first_solve(plan)
    if solve is None:
        return ()
    sources = solve.inputs.get("seed", ())
    return _seeds_of(steps[sources[0].node]) if sources else _whole(solve.params.get("seed"))


def planned_size(plan: Plan) -> tuple[int, int] | None:
    """Width and height that the solve that decides the layout is told; None where no node tells it."""
    steps = {step.node: step for step in plan.steps}
    solve = _first_solve(plan)
    sources = () if solve is None else solve.inputs.get("size", ())
    params = steps[sources[0].node].params if sources else {}
    width, height = params.get("width"), params.get("height")
    return (width, height) if isinstance(width, int) and isinstance(height, int) else None


def prompt_text(plan: Plan) -> str:
    """The sentence of the solve that decides the layout; "" where it has none or only running tells it."""
    steps = {step.node: step for step in plan.steps}
    step = _first_solve(plan)
    while step is not None:
        if "text" in step.params:
            return "" if step.inputs.get("text") else str(step.params["text"])
        sources = step.inputs.get("prompt") or step.inputs.get("first") or ()
        step = steps[sources[0].node] if sources else None
    return ""


def _first_solve(plan: Plan) -> Step | None:
    return next((step for step in plan.steps if step.type in SOLVES), None)


_SEEDS: Mapping[str, Callable[[Step], tuple[int, ...]]] = {
    SEED: lambda step: _whole(step.params.get("seed")),
    SEED_RANGE: lambda step: _range(step.params.get("first"), step.params.get("count")),
}


def _seeds_of(step: Step) -> tuple[int, ...]:
    return _SEEDS[step.type](step) if step.type in _SEEDS and not step.inputs else ()


def _range(first: object, count: object) -> tuple[int, ...]:
    return tuple(range(first, first + count)) if isinstance(first, int) and isinstance(count, int) else ()


def _whole(value: object) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else ()
