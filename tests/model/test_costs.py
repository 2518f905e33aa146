"""What a run will cost is told from what the last runs did."""

from __future__ import annotations

import pytest

from app.model import edits
from app.model.costs import Costs, Forecast, item_counts
from app.model.document import Document
from app.model.seeds import planned_size
from engine.api.plan import Plan
from engine.api.report import StepOutcome
from nodes.graph.compile import compile_plan
from nodes.graph.model import End
from nodes.registry import built_in
from tests.model.artist import start

REGISTRY = built_in()


def plan_of(document: Document) -> Plan:
    return compile_plan(document.graph, REGISTRY)


def run(costs: Costs, plan: Plan, seconds: float = 8.0) -> None:
    """Let every node of a plan have run: the solve for `seconds`, the others for a second."""
    for step in plan.steps:
        took = seconds if step.node == "solve" else 1.0
        costs.note(step, StepOutcome.RAN, took, item_counts(plan)[step.node], planned_size(plan))


def of_solve(forecast: Forecast) -> float | None:
    return next(step.seconds for step in forecast.steps if step.title == "Denoise")


def test_nothing_is_told_before_anything_ran() -> None:
    forecast = Costs().forecast(plan_of(start()))
    assert forecast.seconds is None
    assert (len(forecast.steps), forecast.kept) == (4, 0)


def test_time_grows_with_the_steps() -> None:
    costs, plan = Costs(), plan_of(start())
    run(costs, plan)
    longer = plan_of(edits.set_parameter(start(), "solve", "steps", 16))
    assert of_solve(costs.forecast(longer)) == pytest.approx(16.0)
    assert costs.expected(longer)["solve"] == pytest.approx(16.0)


def sized(width: int, height: int) -> Plan:
    spec = REGISTRY.get("sinopia.size-crop")
    assert spec is not None
    document = edits.add_node(start(), spec, "size", params={"width": width, "height": height})
    return plan_of(edits.connect(document, REGISTRY, End("size", "size"), End("solve", "size")))


def test_time_grows_with_the_pixels() -> None:
    costs = Costs()
    run(costs, plan_of(start()))
    assert of_solve(costs.forecast(sized(64, 64))) is None, "nothing tells how much larger that is"
    run(costs, sized(64, 64))
    assert of_solve(costs.forecast(sized(256, 128))) == pytest.approx(64.0)
    assert of_solve(costs.forecast(plan_of(edits.set_parameter(start(), "solve", "seed", 9)))) == pytest.approx(8.0)


def test_what_was_kept_does_not_run_until_the_engine_has_gone() -> None:
    costs, plan = Costs(), plan_of(start())
    run(costs, plan)
    again = costs.forecast(plan)
    assert [step.title for step in again.steps] == ["Save Image"]
    assert again.kept == 3
    changed = costs.forecast(plan_of(edits.set_parameter(start(), "solve", "seed", 9)))
    assert [step.title for step in changed.steps] == ["Denoise", "Save Image"]
    costs.forget_kept()
    assert len(costs.forecast(plan).steps) == 4


def test_a_list_costs_once_for_each_item() -> None:
    costs = Costs()
    run(costs, plan_of(start()))
    document = start()
    for name, kind, params, port, end in (
        ("range", "seed-range", {"count": 3}, "seeds", End("solve", "seed")),
        ("lines", "text-list", {"texts": "an owl\n\na boat"}, "texts", End("prompt", "text")),
    ):
        spec = REGISTRY.get(f"sinopia.{kind}")
        assert spec is not None
        document = edits.add_node(document, spec, name, params=params)
        document = edits.connect(document, REGISTRY, End(name, port), end)
    plan = plan_of(document)
    assert {node: item_counts(plan)[node] for node in ("range", "prompt", "solve", "save")} == {
        "range": 1, "prompt": 2, "solve": 6, "save": 6,
    }  # fmt: skip
    assert of_solve(costs.forecast(plan)) == pytest.approx(48.0)


def test_what_draws_by_another_denoiser_is_not_guessed_from_it() -> None:
    """An upscaler's step may take a hundred times as long as a base's."""
    costs = Costs()
    run(costs, plan_of(start()))
    document = edits.connect(start(), REGISTRY, End("model", "upscaler"), End("solve", "denoiser"))
    assert of_solve(costs.forecast(plan_of(document))) is None
