"""The noise timeline says what the engine will do, and dragging it edits the nodes that make it so."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from app.model import edits
from app.model.document import Document
from app.model.model_cards import Models, read_models
from app.model.noise_axis import NoiseAxis, axis_over
from app.model.noise_levels import grid, node_of, snapped
from app.model.starting import starting_document
from app.model.timeline import timeline
from app.model.timeline_values import Solve, SpanKind, solves_of
from app.model.timeline_words import own_said
from engine.api.cascade import cascade
from engine.conditioning.picture import node_of as engine_node_of
from engine.diffusion.schedules import make_sigmas, snap
from nodes.graph.model import End
from nodes.graph.validate import validate
from nodes.registry import Registry, built_in
from tests.model.shipped import FINISHER
from tests.support import ROOT


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The nodes that come with the program."""
    return built_in()


@pytest.fixture(scope="module")
def models() -> Models:
    """The models that come with the program."""
    return read_models([ROOT / "resources"])


def base_solve(document: Document, registry: Registry, models: Models) -> Solve:
    return next(solve for solve in solves_of(timeline(document, registry, models)) if solve.node == "base")


@given(
    st.sampled_from(["edm", "order6", "cosine"]),
    st.integers(1, 40),
    st.lists(st.floats(0.0005, 100.0), max_size=4),
    st.floats(0.5, 10.0),
)
def test_the_steps_shown_are_the_steps_taken(schedule: str, steps: int, boundaries: list[float], rho: float) -> None:
    ours = grid(schedule, steps, 80.0, 0.002, rho)
    theirs = make_sigmas(schedule, steps, 80.0, 0.002, rho)  # type: ignore[arg-type]
    assert ours == theirs
    assert snapped(ours, boundaries) == snap(theirs, boundaries)
    assert all(node_of(at / 7, steps) == engine_node_of(at / 7, steps) for at in range(8))


def test_impossible_grids_are_empty() -> None:
    assert grid("edm", 0) == grid("edm", 5, 1.0, 2.0) == grid("edm", 5, rho=0.0) == snapped((), [1.0]) == ()


def test_places_on_the_axis_and_noise_levels_are_each_others_inverse() -> None:
    axis = NoiseAxis()
    assert (axis.place(80.0), axis.place(0.002), axis.place(0.0)) == (0.0, 1.0, 1.0)
    assert [round(axis.place(axis.sigma(place / 8)) * 8) for place in range(9)] == list(range(9))
    assert axis.decades() == (10.0, 1.0, 0.1, 0.01)
    assert axis_over([0.0, 3.0]) == axis
    assert axis_over([200.0, 0.0001, 0.0]) == NoiseAxis(200.0, 0.0001)


def test_the_experts_of_a_new_picture_meet_on_the_timeline(registry: Registry, models: Models) -> None:
    solve = base_solve(starting_document(registry), registry, models)
    experts = cascade(models.cards["storybook"])[0].experts
    assert [(span.title, span.kind) for span in solve.spans] == [(part.title, SpanKind.EXPERT) for part in experts]
    for boundary, (upper, lower) in zip(solve.boundaries, pairwise(solve.spans), strict=True):
        assert boundary.sigma == lower.sigma_from == pytest.approx(upper.sigma_to)
        assert boundary.sigma in solve.ticks
    assert (solve.steps, solve.sigma_from, solve.sigma_to) == (16, 80.0, 0.0)


def test_dragging_a_boundary_gives_the_experts_nodes_that_say_so(registry: Registry, models: Models) -> None:
    document = starting_document(registry)
    boundary = base_solve(document, registry, models).boundaries[0]
    names = iter(["upper", "lower"])
    moved = edits.move_boundary(document, registry, boundary, 1.23456, lambda: next(names))
    solve = base_solve(moved, registry, models)
    assert [span.expert for span in solve.spans][:2] == ["upper", "lower"]
    assert (solve.boundaries[0].sigma, solve.spans[0].sigma_to) == (1.235, 1.235)
    assert validate(moved.graph, registry) == ()
    again = edits.move_boundary(moved, registry, solve.boundaries[0], 1e9)
    assert len(again.nodes) == len(moved.nodes)
    assert base_solve(again, registry, models).boundaries[0].sigma == 80.0


def test_a_span_takes_a_guidance_of_its_own(registry: Registry, models: Models) -> None:
    document = starting_document(registry)
    span = base_solve(document, registry, models).spans[1]
    guided = edits.set_span_guidance(document, registry, span, 5.0)
    assert [span.guidance for span in base_solve(guided, registry, models).spans][:2] == [None, 5.0]


def test_a_span_takes_a_sampler_of_its_own_and_gives_it_back(registry: Registry, models: Models) -> None:
    document = starting_document(registry)
    solve = base_solve(document, registry, models)
    chosen = edits.set_span_sampler(document, registry, solve.spans[1], "heun")
    now = base_solve(chosen, registry, models)
    assert [now.sampler_of(span) for span in now.spans][:2] == [solve.sampler, "heun"]
    assert own_said(now, now.spans[1]).endswith("Heun")
    assert "·" not in own_said(solve, solve.spans[1])
    assert validate(chosen.graph, registry) == ()
    again = base_solve(edits.set_span_sampler(chosen, registry, now.spans[1], None), registry, models)
    assert {span.sampler for span in again.spans} == {None}


def test_a_prompt_that_switches_is_a_marker_at_its_step(registry: Registry, models: Models) -> None:
    document = starting_document(registry)
    spec, prompt = registry.get("sinopia.prompt-switch"), registry.get("sinopia.prompt")
    assert spec is not None
    assert prompt is not None
    document = edits.add_node(edits.add_node(document, spec, "switch"), prompt, "second")
    for source, port in (("prompt", "first"), ("second", "second")):
        document = edits.connect(document, registry, End(source, "conditioning"), End("switch", port))
    document = edits.connect(document, registry, End("switch", "conditioning"), End("base", "prompt"))
    document = edits.move_switch(document, "switch", 0.25)
    solve = base_solve(document, registry, models)
    assert [(switch.node, switch.at, switch.sigma) for switch in solve.switches] == [("switch", 0.25, solve.ticks[4])]


def test_refining_begins_at_the_noise_of_its_strength(registry: Registry, models: Models) -> None:
    document = starting_document(registry)
    refine = registry.get("sinopia.refine")
    assert refine is not None
    document = edits.add_node(document, refine, "refined", 9000.0, params={"strength": 0.5})
    document = edits.connect(document, registry, End("storybook", "base"), End("refined", "denoiser"))
    solve = solves_of(timeline(document, registry, models))[-1]
    assert (solve.node, solve.sigma_from, solve.steps) == ("refined", grid("order6", 20)[10], 10)
    document = edits.connect(document, registry, End("storybook", FINISHER), End("refined", "denoiser"))
    refined = solves_of(timeline(document, registry, models))[-1]
    assert refined.spans[0].kind is SpanKind.REFINER
    assert refined.sigma_from <= refined.spans[0].sigma_from


def test_a_solve_without_a_denoiser_is_not_on_the_timeline(registry: Registry, models: Models) -> None:
    document = edits.remove_nodes(starting_document(registry), ["storybook"])
    assert timeline(document, registry, models) == ()


def test_a_damaged_model_card_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.json").write_text("{")
    found = read_models([tmp_path])
    assert found.cards == {}
    assert "broken" in found.complaints[0]


def test_an_upscaler_begins_at_its_own_noise_and_a_higher_grid_is_cut_there(registry: Registry, models: Models) -> None:
    card = models.cards["storybook"]
    parts = tuple(
        msgspec.structs.replace(part, sigma_max=1.5) if part.name == "upscaler" else part for part in card.parts
    )
    lower = Models({"storybook": msgspec.structs.replace(card, parts=parts)})
    document = starting_document(registry)
    steps = int(document.nodes["enlarged"].params["steps"])  # type: ignore[arg-type]
    solve = next(s for s in solves_of(timeline(document, registry, lower)) if s.node == "enlarged")
    assert [span.kind for span in solve.spans] == [SpanKind.UPSCALER]
    assert solve.ticks == make_sigmas("order6", steps, 1.5)
    sigmas = registry.get("sinopia.sigmas")
    assert sigmas is not None
    document = edits.add_node(document, sigmas, "levels", params={"steps": 10})
    document = edits.connect(document, registry, End("levels", "sigmas"), End("enlarged", "sigmas"))
    solve = next(s for s in solves_of(timeline(document, registry, lower)) if s.node == "enlarged")
    assert (solve.schedule[0], solve.sigma_from, solve.ticks[0]) == (80.0, 1.5, 1.5)
