"""Generate through a real engine process: the queue, cancelling, progress, problems, seeds, and what is kept."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from app.client.client import EngineClient
from app.client.events import ClientEvent
from app.client.settings import EngineSettings
from app.model import edits
from app.model.costs import Forecast
from app.model.document import Document
from app.model.engine_state import EngineCondition
from app.model.gallery import Gallery
from app.model.job import Job, JobState
from app.model.jobs import JobFolders, Jobs, Wish
from app.model.layers import layers_of
from app.model.problems import check
from app.model.projects import read_document
from app.model.provenance import read_provenance
from app.model.seed_return import SeedReturn
from app.model.seeds import current_seed, ready_seeds
from app.model.session import Session
from app.model.settings import SeedMode
from engine.api.errors import ProblemCode
from engine.api.report import StepOutcome
from nodes.graph.errors import ProblemsError
from nodes.graph.model import End
from nodes.registry import Registry
from nodes.specs import BUILT_IN
from nodes.specs.codes import Code
from tests.model.artist import start

DEADLINE = 60.0

TOYS = {
    "sinopia.prompt": "prompt",
    "sinopia.seed-range": "seed_range",
    "sinopia.storybook": "model",
    "sinopia.denoise": "denoise",
    "sinopia.phrase-masks": "phrase_masks",
    "sinopia.save-image": "save_image",
}


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The built-in nodes, done by toys."""
    specs = (spec for spec in BUILT_IN if spec.type in TOYS)
    return Registry(msgspec.structs.replace(spec, run=f"tests.model.toys:{TOYS[spec.type]}") for spec in specs)


class Desk:
    """Jobs on a real engine, with the test's thread in the place of the window's."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        self.events: queue.SimpleQueue[ClientEvent] = queue.SimpleQueue()
        self.client = EngineClient(EngineSettings(warm=(), logs=folder / "logs"), self.events.put)
        self.gallery = Gallery(folder / "gallery")
        self.jobs = Jobs(self.client, registry, JobFolders(folder / "assets", self.gallery.results, folder / "live"))

    def until(self, condition: Callable[[], bool]) -> None:
        """Hear the engine until something is so."""
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, [(job.state, job.problem) for job in self.jobs.all]
            try:
                self.jobs.hear(self.events.get(timeout=0.1))
            except queue.Empty:
                continue

    def over(self, job: Job) -> Job:
        """Wait for a job's end."""
        self.until(lambda: self.jobs.job(job.id).state.over)
        return self.jobs.job(job.id)


@pytest.fixture
def desk(registry: Registry, tmp_path: Path) -> Iterator[Desk]:
    """A desk, cleared up afterwards."""
    desk = Desk(registry, tmp_path)
    yield desk
    desk.client.close()


def saying(text: str, steps: int = 4, seed: int = 7) -> Document:
    document = edits.set_parameter(start(), "solve", "seed", seed)
    return edits.set_prompt(edits.set_parameter(document, "solve", "steps", steps), "prompt", text)


def test_a_picture_is_made_from_the_snapshot_and_carries_it(desk: Desk, registry: Registry) -> None:
    document = edits.bind_phrase(saying("a castle"), registry, "prompt", 2, 8, "painted")
    previews: list[int] = []
    fractions: list[float] = []
    desk.jobs.previewed.connect(lambda job, preview: previews.append(preview.width))
    desk.jobs.changed.connect(lambda job: fractions.append(job.fraction))
    job = desk.jobs.submit(document)
    assert (job.state, job.prompt, job.seeds) == (JobState.WAITING, "a castle", (7,))
    done = desk.over(job)
    assert (done.state, done.problem) == (JobState.DONE, None)
    assert set(previews) <= {16}  # a preview that waits while its node ends is not sent any more
    assert fractions == sorted(fractions)
    (result,) = done.results
    assert (result.seed, result.prompt, result.width) == (7, "a castle", 16)
    assert Image.open(result.path).getpixel((0, 0)) == (7, 7, 7)
    assert read_document(result.path, registry).document == document
    assert all(facts.outcome is not None and facts.why for facts in done.nodes.values())
    assert desk.jobs.engine.condition is EngineCondition.READY
    assert desk.jobs.estimate(document) is not None
    again = desk.over(desk.jobs.submit(document))
    assert again.nodes["solve"].outcome is StepOutcome.HIT


def test_a_live_job_leaves_nothing_in_the_gallery(desk: Desk) -> None:
    done = desk.over(desk.jobs.submit(saying("an owl"), Wish(live=True)))
    (result,) = done.results
    assert done.live
    assert desk.gallery.add(done.results) == ()
    assert not read_provenance(result.path).facts


def test_what_a_run_would_do_is_foreseen(desk: Desk) -> None:
    told: list[Forecast] = []
    document = saying("an owl")
    desk.over(desk.jobs.submit(document))
    desk.jobs.foresee(document, told.append)
    desk.jobs.foresee(saying("a castle"), told.append)
    desk.jobs.foresee(edits.remove_nodes(document, ["save"]), told.append)
    kept, anew, nothing = told
    assert [step.title for step in kept.steps] == ["Save Image"]
    assert [step.title for step in anew.steps] == ["Prompt", "Denoise", "Save Image"]
    assert anew.seconds is not None
    assert nothing == Forecast()


def test_clearing_the_queue_leaves_what_runs(desk: Desk) -> None:
    slow = desk.jobs.submit(saying("slow", 100))
    desk.until(lambda: desk.jobs.job(slow.id).state is JobState.RUNNING)
    waiting = [desk.jobs.submit(saying(f"number {n}", seed=n)) for n in (1, 2)]
    desk.jobs.clear()
    desk.until(lambda: not desk.jobs.unfinished)
    assert desk.jobs.job(slow.id).state is JobState.DONE
    assert {desk.jobs.job(job.id).state for job in waiting} == {JobState.CANCELLED}


def test_each_picture_of_a_seed_range_knows_its_seed(desk: Desk, registry: Registry) -> None:
    spec = registry.get("sinopia.seed-range")
    assert spec is not None
    document = edits.add_node(saying("an owl"), spec, "seeds", params={"first": 5, "count": 3})
    document = edits.connect(document, registry, End("seeds", "seeds"), End("solve", "seed"))
    done = desk.over(desk.jobs.submit(document))
    assert [result.seed for result in done.results] == [5, 6, 7]
    assert [Image.open(result.path).getpixel((0, 0)) for result in done.results] == [(n, n, n) for n in (5, 6, 7)]


def test_problems_are_told_by_node_and_nothing_is_submitted(desk: Desk, registry: Registry) -> None:
    broken = edits.disconnect(saying("an owl"), [(wire.source, wire.target) for wire in start().graph.links[1:2]])
    with pytest.raises(ProblemsError) as told:
        desk.jobs.submit(broken)
    assert [(problem.node, problem.port, problem.code) for problem in told.value.problems] == [
        ("solve", "denoiser", Code.MISSING_INPUT)
    ]
    assert desk.jobs.all == ()
    assert list(check(broken, registry)) == ["solve"]
    assert check(saying("an owl"), registry) == {}


def test_jobs_wait_are_reordered_and_taken_out(desk: Desk) -> None:
    slow = desk.jobs.submit(saying("slow", 1000))
    desk.until(lambda: desk.jobs.job(slow.id).state is JobState.RUNNING)
    first, second, third = (desk.jobs.submit(saying(f"number {n}", seed=n)) for n in (1, 2, 3))
    urgent = desk.jobs.submit(saying("urgent"), Wish(first=True))
    ids = [slow.id, urgent.id, first.id, second.id, third.id]
    desk.until(lambda: [job.id for job in desk.jobs.unfinished] == ids)
    desk.jobs.reorder([third.id, first.id])
    ids = [slow.id, third.id, first.id, urgent.id, second.id]
    desk.until(lambda: [job.id for job in desk.jobs.unfinished] == ids)
    desk.jobs.cancel(second.id)
    desk.jobs.cancel(slow.id)
    assert desk.jobs.job(slow.id).state is JobState.CANCELLING
    desk.until(lambda: not desk.jobs.unfinished)
    states = {job.id: job.state for job in desk.jobs.all}
    assert [states[job.id] for job in (slow, second, third, first)] == [
        JobState.CANCELLED, JobState.CANCELLED, JobState.DONE, JobState.DONE,
    ]  # fmt: skip
    desk.jobs.remove([slow.id, second.id])
    assert {job.id for job in desk.jobs.all} == {first.id, third.id, urgent.id}


def test_a_failing_node_is_told_on_the_node(desk: Desk) -> None:
    done = desk.over(desk.jobs.submit(saying("fail")))
    problem = done.nodes["solve"].problem
    assert done.state is JobState.FAILED
    assert problem is not None
    assert str(problem) == "The brush broke. Take another one."
    assert done.nodes["save"].outcome is StepOutcome.BLOCKED


def test_a_folder_that_cannot_be_written_fails_the_job_with_a_sentence(
    desk: Desk, registry: Registry, tmp_path: Path
) -> None:
    (tmp_path / "assets").write_text("in the way")
    document = edits.bind_phrase(saying("a castle"), registry, "prompt", 2, 8, "painted")
    job = desk.jobs.submit(document)
    assert job.state is JobState.FAILED
    assert job.problem is not None
    assert job.problem.code is ProblemCode.FILE
    assert "assets" in str(job.problem)


def test_a_job_that_is_cancelled_while_it_is_prepared_is_never_submitted(registry: Registry, tmp_path: Path) -> None:
    later: list[Callable[[], None]] = []
    events: queue.SimpleQueue[ClientEvent] = queue.SimpleQueue()
    with EngineClient(EngineSettings(warm=(), logs=tmp_path), events.put) as client:
        folders = JobFolders(tmp_path / "assets", tmp_path / "results", tmp_path / "live")
        jobs = Jobs(client, registry, folders, lambda work, done, _failed: later.append(lambda: done(work())))
        job = jobs.submit(saying("an owl"))
        assert job.state is JobState.PREPARING
        jobs.cancel_all()
        later.pop()()
        assert jobs.job(job.id).state is JobState.CANCELLED
    assert events.empty()


def test_the_seed_that_is_shown_is_the_seed_that_is_used(desk: Desk, registry: Registry) -> None:
    session = Session(saying("an owl", seed=3))
    assert ready_seeds(session, registry, SeedMode.FIXED) == (3,)
    drawn = iter([41, 42])
    for seed in (41, 42):
        assert ready_seeds(session, registry, SeedMode.NEW, 1, lambda: next(drawn)) == (seed,)
        assert current_seed(session, registry) == seed
        assert desk.jobs.submit(session.document).seeds == (seed,)
    assert session.undo() == "New seed"
    assert current_seed(session, registry) == 3
    assert session.undo() is None
    desk.until(lambda: not desk.jobs.unfinished)
    assert [result.seed for job in desk.jobs.all for result in job.results] == [41, 42]


def press(desk: Desk, session: Session, registry: Registry, back: SeedReturn, count: int = 1) -> list[Job]:
    """Generate, with the next seeds."""
    before = current_seed(session, registry)
    seeds = ready_seeds(session, registry, SeedMode.NEXT, count)
    jobs = [desk.jobs.submit(edits.set_parameter(session.document, "solve", "seed", seed)) for seed in seeds]
    back.pressed(before, seeds, [job.id for job in jobs])
    return jobs


def test_a_cancelled_run_gives_the_seed_before_it_back(desk: Desk, registry: Registry) -> None:
    session = Session(saying("slow", 100, seed=3))
    back = SeedReturn(session, registry)
    desk.jobs.finished.connect(back.finished)
    jobs = [*press(desk, session, registry, back), *press(desk, session, registry, back, 3)]
    assert current_seed(session, registry) == 7
    desk.until(lambda: desk.jobs.job(jobs[0].id).state is JobState.RUNNING)
    desk.jobs.cancel_all()
    desk.until(lambda: not desk.jobs.unfinished)
    assert current_seed(session, registry) == 3
    assert not session.done  # as if nothing had been asked for
    back.pressed(3, ready_seeds(session, registry, SeedMode.NEXT), [])  # the document could not run
    assert current_seed(session, registry) == 3


def test_the_seed_shown_after_a_cancel_is_the_last_that_was_used(desk: Desk, registry: Registry) -> None:
    session = Session(saying("slow", 100, seed=3))
    back = SeedReturn(session, registry)
    desk.jobs.finished.connect(back.finished)
    first, *rest = press(desk, session, registry, back, 3)
    desk.over(first)
    for job in rest:
        desk.jobs.cancel(job.id)
    desk.until(lambda: not desk.jobs.unfinished)
    assert (desk.jobs.job(first.id).state, current_seed(session, registry)) == (JobState.DONE, 4)


def test_a_seed_that_was_chosen_meanwhile_stays(desk: Desk, registry: Registry) -> None:
    session = Session(saying("slow", 100, seed=3))
    back = SeedReturn(session, registry)
    desk.jobs.finished.connect(back.finished)
    (job,) = press(desk, session, registry, back)
    session.edit("Seed", edits.set_seed, registry, 99)
    desk.jobs.cancel(job.id)
    desk.over(job)
    assert current_seed(session, registry) == 99
    (job,) = press(desk, session, registry, back)
    session.undo()
    session.undo()
    desk.jobs.cancel(job.id)
    desk.over(job)
    assert (current_seed(session, registry), len(session.undone)) == (4, 2)  # what was undone can be done again


def test_results_are_kept_found_starred_compared_and_put_back(desk: Desk, registry: Registry) -> None:
    desk.jobs.finished.connect(lambda job: desk.gallery.add(job.results))
    for text, seed in (("a red owl", 1), ("a blue owl", 2), ("a castle", 3)):
        desk.over(desk.jobs.submit(saying(text, seed=seed)))
    gallery = desk.gallery
    assert [entry.prompt for entry in gallery.entries] == ["a castle", "a blue owl", "a red owl"]
    blue, red = gallery.search("OWL")
    assert gallery.search("owl red") == (red,)
    gallery.star(red.name, True)
    assert [entry.prompt for entry in gallery.search(starred=True)] == ["a red owl"]
    with Image.open(gallery.thumbnail(red)) as small:
        assert small.size == (16, 16)
    gallery.compare((red.name, blue.name))
    gallery.remove([blue.name])
    assert gallery.pair is None
    assert not gallery.path(blue).exists()
    again = Gallery(gallery.folder)
    again.load()
    assert again.entries == gallery.entries
    gallery.put_back(blue)
    assert gallery.path(blue).exists()
    assert gallery.search("blue") == (blue,)


def test_a_gallery_without_its_list_is_read_from_the_pictures(desk: Desk) -> None:
    done = desk.over(desk.jobs.submit(saying("a red owl", seed=9)))
    (kept,) = desk.gallery.add(done.results)
    (desk.gallery.folder / "gallery.jsonl").write_bytes(b'{"name": "gone.png"}\n{"name": "cut o')
    (desk.gallery.folder / "broken.png").write_bytes(b"no picture")
    again = Gallery(desk.gallery.folder)
    again.load()
    assert again.entries == (msgspec.structs.replace(kept, seconds=0.0),)


def test_a_picture_gives_back_its_seed_its_prompt_or_its_paint(registry: Registry) -> None:
    given = edits.bind_phrase(saying("a castle by the sea", seed=5), registry, "prompt", 2, 8, "painted")
    ours = edits.bind_phrase(saying("my castle and an owl", seed=1), registry, "prompt", 17, 20, "mine")
    assert edits.take_seed(ours, registry, given).nodes["solve"].params["seed"] == 5
    assert edits.set_seed(ours, registry, 77).nodes["solve"].params["seed"] == 77
    spoken = edits.take_prompt(ours, registry, given)
    assert spoken.nodes["prompt"].params["text"] == "a castle by the sea"
    painted = edits.take_paint(ours, registry, given)
    (masks,) = edits.masks_fed_by(painted, "prompt")
    (layer,) = layers_of(masks)
    assert (layer.start, layer.phrase, layer.lost) == (3, "castle", False)
    assert list(painted.paint) == [layer.id]
    assert painted.nodes["prompt"].params["text"] == "my castle and an owl"
