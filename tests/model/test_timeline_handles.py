"""Whatever is dragged on the noise timeline lands on a step, and what is then shown is what the engine does."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given
from torch import Tensor

from app.model import edits
from app.model.document import Document, frozen
from app.model.edits.noise import move_end
from app.model.job import Job, JobState, NodeFacts
from app.model.layers import PHRASE_MASKS, layers_of
from app.model.model_cards import Models, read_models
from app.model.session import Session
from app.model.starting import starting_document
from app.model.timeline import timeline
from app.model.timeline_handles import Handle, HandleKind, handles, moved
from app.model.timeline_run import Played, played
from app.model.timeline_values import Driven, Row, Solve, solves_of
from app.model.timeline_words import place_said
from engine.api.plan import Json
from engine.api.report import StepOutcome
from engine.diffusion.ensemble import Ensemble, Stage
from engine.diffusion.schedules import cut, make_sigmas, snap
from nodes.graph.model import End
from nodes.graph.validate import validate
from nodes.registry import Registry, built_in
from tests.model.shipped import FINISHER, STAGES
from tests.support import ROOT

REGISTRY: Registry = built_in()
MODELS: Models = read_models([ROOT / "resources"])


class Nothing:
    """A denoiser that is asked nothing."""

    sigma_min, sigma_max = 0.002, 80.0

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: object) -> Tensor:
        raise AssertionError(conditioning)


def add(document: Document, kind: str, name: str, x: float = 0.0, **params: Json) -> Document:
    spec = REGISTRY.get(f"sinopia.{kind}")
    assert spec is not None
    return edits.add_node(document, spec, name, x, params=params)


def connected(document: Document, source: str, target: str) -> Document:
    return edits.connect(document, REGISTRY, End(*source.split(".")), End(*target.split(".")))


def rich_document(steps: int = 12, schedule: str = "order6", rho: float = 7.0) -> Document:
    """Two experts, a prompt that switches, a second solve that goes on, and one that refines."""
    document = starting_document(REGISTRY)
    document = add(document, "sigmas", "grid", schedule=schedule, steps=steps, rho=rho)
    document = add(add(document, "prompt", "second", text="an owl"), "prompt-switch", "switch", at=0.5)
    document = add(document, "denoise", "rest", 950.0)
    document = add(document, "refine", "refined", 9000.0, strength=0.25, steps=steps)
    for source, target in (
        ("grid.sigmas", "base.sigmas"),
        ("grid.sigmas", "rest.sigmas"),
        ("prompt.conditioning", "switch.first"),
        ("second.conditioning", "switch.second"),
        ("switch.conditioning", "base.prompt"),
        ("storybook.base", "rest.denoiser"),
        ("prompt.conditioning", "rest.prompt"),
        ("base.sample", "rest.start"),
        (f"storybook.{FINISHER}", "refined.denoiser"),
        ("enlarged.image", "refined.image"),
        ("prompt.conditioning", "refined.prompt"),
    ):
        document = connected(document, source, target)
    return move_end(document, "base", 0.1)


def rows(document: Document) -> dict[str, Row]:
    return {row.node: row for row in timeline(document, REGISTRY, MODELS)}


def solve_of(document: Document, node: str = "base") -> Solve:
    row = rows(document)[node]
    assert isinstance(row, Solve)
    return row


def all_handles(document: Document) -> list[tuple[Solve, Handle]]:
    return [(solve, handle) for solve in solves_of(rows(document).values()) for handle in handles(solve)]


def again(document: Document, handle: Handle) -> Handle:
    return next(each for _, each in all_handles(document) if each.key == handle.key)


grids = st.tuples(
    st.integers(4, 40), st.sampled_from(["order6", "edm", "cosine"]), st.floats(2.0, 9.0, allow_nan=False)
)


def test_all_that_moves_can_be_taken_hold_of() -> None:
    found = {(handle.node, handle.kind) for _, handle in all_handles(rich_document())}
    assert found == {
        *(
            (node, HandleKind.BOUNDARY)
            for node, stage in zip(("base", "enlarged"), STAGES, strict=False)
            if stage.experts
        ),
        ("base", HandleKind.SWITCH),
        ("base", HandleKind.END),
        ("refined", HandleKind.START),
    }
    rest = solve_of(rich_document(), "rest")
    assert (rest.sigma_from, rest.sigma_to) == (0.1, 0.0)


@given(grids, st.integers(0, 10), st.floats(0.0, 1.0))
def test_a_handle_stands_where_it_was_put(grid: tuple[int, str, float], which: int, share: float) -> None:
    document = rich_document(*grid)
    found = all_handles(document)
    solve, handle = found[which % len(found)]
    if not handle.places:
        return
    place = handle.places[min(int(share * len(handle.places)), len(handle.places) - 1)]
    after = moved(document, REGISTRY, solve, handle, handle.nearest(place))
    shown = again(after, handle)
    assert shown.sigma == pytest.approx(place, rel=1e-3)
    assert validate(after.graph, REGISTRY) == ()
    assert shown.sigma in solve_of(after, handle.node).ticks
    if handle.kind is HandleKind.BOUNDARY:
        assert len(solve_of(after, handle.node).levels) <= len(solve.levels)


@given(grids, st.floats(0.002, 80.0))
def test_who_draws_a_step_is_whom_the_engine_asks(grid: tuple[int, str, float], sigma: float) -> None:
    document = rich_document(*grid)
    solve = solve_of(document)
    boundary = next(each for each in handles(solve) if each.kind is HandleKind.BOUNDARY)
    if boundary.places:
        document = moved(document, REGISTRY, solve, boundary, boundary.between(sigma))
    solve = solve_of(document)
    ensemble = Ensemble([Stage(Nothing(), span.sigma_from, span.sigma_to) for span in solve.spans])
    steps, schedule, rho = grid
    levels = snap(make_sigmas(schedule, steps, rho=rho), (*ensemble.boundaries(), 80.0, solve.sigma_to))  # type: ignore[arg-type]
    assert solve.ticks == cut(levels, 80.0, solve.sigma_to)
    asked = [solve.spans[ensemble.stage_index(*ends)] for ends in pairwise(solve.ticks)]
    assert [solve.owner(step) for step in range(1, solve.steps + 1)] == asked
    assert solve.owner(0) is solve.owner(solve.steps + 1) is None


@given(grids, st.integers(-3, 3))
def test_a_step_there_and_back_ends_where_it_began(grid: tuple[int, str, float], steps: int) -> None:
    for solve, handle in all_handles(rich_document(*grid)):
        for place in handle.places[3:-3]:
            there = replace(handle, sigma=place).stepped(steps)
            assert replace(handle, sigma=there).stepped(-steps) == place
            assert solve.sigma_to <= there or handle.kind is HandleKind.END


def test_moves_are_undone_to_the_identical_document() -> None:
    session = Session(rich_document())
    before = session.document
    found = all_handles(before)
    for _, handle in found:
        now = again(session.document, handle)
        session.edit("Move", moved, REGISTRY, solve_of(session.document, handle.node), now, now.stepped(2))
    assert len(session.done) == len(found)
    while session.undo() is not None:
        pass
    assert session.document is before


def test_between_steps_a_boundary_moves_the_nearest_step() -> None:
    document = rich_document()
    solve = solve_of(document)
    boundary = next(each for each in handles(solve) if each.kind is HandleKind.BOUNDARY)
    free = boundary.between(1.2345)
    assert boundary.nearest(free) != free == 1.2345
    after = solve_of(moved(document, REGISTRY, solve, boundary, free))
    assert 1.234 in after.ticks or 1.235 in after.ticks
    assert after.steps == solve.steps


def test_a_phrase_with_a_window_is_shown_at_its_steps() -> None:
    document = edits.set_parameter(starting_document(REGISTRY), "prompt", "text", "an owl and a lamp")
    document = edits.bind_phrase(document, REGISTRY, "prompt", 0, 6, "owl", None)
    masks = next(node for node in document.graph.nodes if node.type == PHRASE_MASKS)
    assert solve_of(document).windows == ()
    document = edits.set_layer(document, masks.id, replace(layers_of(masks)[0], begin=0.25, visible=False))
    solve = solve_of(document)
    (window,) = solve.windows
    assert (window.title, window.sigma_from, window.sigma_to) == ("an owl", solve.levels[4], 0.0)
    assert place_said(solve, solve.ticks[3]).endswith("High-noise expert  ·  without an owl")
    assert place_said(solve, 0.01).endswith("Low-noise expert")


def windowed_document() -> Document:
    """Two experts; a phrase that begins late, and a style that stops early."""
    document = edits.set_parameter(starting_document(REGISTRY), "prompt", "text", "an owl and a lamp")
    document = edits.bind_phrase(document, REGISTRY, "prompt", 0, 6, "owl", None)
    masks = next(node for node in document.graph.nodes if node.type == PHRASE_MASKS)
    document = edits.set_layer(document, masks.id, replace(layers_of(masks)[0], begin=0.25))
    document = add(document, "style-reference", "look", finish=0.5)
    return connected(document, "look.style", "base.style")


def test_a_style_with_a_window_is_shown_at_its_steps() -> None:
    document = windowed_document()
    solve = solve_of(document)
    assert [(window.node, window.layer) for window in solve.windows][1:] == [("look", None)]
    style = solve.windows[1]
    assert (style.title, style.sigma_from, style.sigma_to) == ("Style Reference", solve.levels[0], solve.levels[8])
    assert place_said(solve, solve.ticks[10] * 1.01).endswith("without Style Reference")
    assert solve_of(edits.mute(document, ["look"], True)).windows == solve.windows[:1]


@pytest.mark.parametrize("kind", [HandleKind.BEGIN, HandleKind.FINISH])
def test_the_ends_of_phrases_and_styles_are_moved_to_steps(kind: HandleKind) -> None:
    document = windowed_document()
    solve, handle = next((solve, handle) for solve, handle in all_handles(document) if handle.kind is kind)
    wanted = handle.places[3]
    after = moved(document, REGISTRY, solve, handle, wanted)
    assert again(after, handle).sigma == wanted
    assert validate(after.graph, REGISTRY) == validate(document.graph, REGISTRY)
    # At the end of the solve it acts all along again, and nothing marks it.
    whole = moved(document, REGISTRY, solve, handle, handle.places[0 if kind is HandleKind.BEGIN else -1])
    assert len(solve_of(whole).windows) == 1


def test_what_begins_cannot_be_moved_past_where_it_stops() -> None:
    document = edits.set_parameter(windowed_document(), "look", "begin", 0.25)
    solve = solve_of(document)
    begin, finish = (handle for handle in handles(solve) if handle.label.startswith("Style Reference"))
    assert min(begin.places) > finish.sigma
    assert max(finish.places) < begin.sigma


@pytest.mark.parametrize(
    ("wired", "muted", "told", "leads_to"),
    [
        ((), ("ensemble",), "muted", "ensemble"),
        ((), ("grid",), "noise levels", "grid"),
        (("count.value", "grid.steps"), (), "drives steps", "count"),
        (("count.value", "base.denoiser"), (), "gives its denoiser", "count"),
    ],
)
def test_what_only_a_run_would_tell_is_not_guessed(
    wired: tuple[str, ...], muted: tuple[str, ...], told: str, leads_to: str
) -> None:
    document = add(rich_document(), "switch", "count")
    document = connected(document, *wired) if wired else document
    row = rows(edits.mute(document, muted, True))["base"]
    assert isinstance(row, Driven)
    assert told in row.why
    assert row.leads_to == leads_to


def test_a_solve_inside_a_component_leads_to_it() -> None:
    document, instance = edits.make_component(starting_document(REGISTRY), ["base", "ensemble"], "Two experts")
    row = rows(document)[instance]
    assert isinstance(row, Driven)
    assert (row.title, row.leads_to) == ("Two experts", instance)


def test_a_component_that_gives_a_denoiser_is_called_by_its_title() -> None:
    document, _instance = edits.make_component(starting_document(REGISTRY), ["storybook", "ensemble"], "Two experts")
    row = rows(document)["base"]
    assert isinstance(row, Driven)
    assert row.why == "Two experts gives its denoiser."


def test_more_steps_than_there_may_be_are_not_drawn() -> None:
    assert isinstance(rows(edits.set_parameter(rich_document(), "refined", "steps", 99_999))["refined"], Driven)


def test_a_muted_solve_is_not_shown() -> None:
    assert "refined" not in rows(edits.mute(rich_document(), ["refined"], True))


def test_a_running_job_stands_at_its_step() -> None:
    document = rich_document()
    solve = solve_of(document)
    nodes = {"base": NodeFacts(running=True, done=3, total=solve.steps), "enlarged": NodeFacts()}
    job = Job(1, document, None, "", (), state=JobState.RUNNING, nodes=frozen(nodes))
    at = played(job, solves_of(rows(document).values()))
    assert at == {"base": Played(solve.ticks[3], 3, solve.steps, solve.spans[0].source)}
    finished = frozen({"base": NodeFacts(outcome=StepOutcome.RAN)})
    assert played(replace(job, nodes=finished), [solve])["base"] == Played(solve.ticks[-1], solve.steps, solve.steps)
    assert played(replace(job, state=JobState.DONE), [solve]) == {}
    other = frozen({"base": NodeFacts(running=True, done=3, total=99)})
    assert played(replace(job, nodes=other), [solve]) == {}
