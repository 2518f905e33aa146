"""The client against real engines: jobs, queue, cancel, and every way in which an engine can fail."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from app.client.client import EngineClient, JobOptions
from app.client.errors import ClientError
from app.client.events import EngineLost, EngineStarted
from app.client.settings import EngineSettings
from engine.api.errors import ProblemCode
from engine.api.messages import JobEnded, JobStarted, NodeDone, NodeFailed, Preview, Progress, QueueChanged
from engine.api.report import JobOutcome, StepOutcome
from tests.process.conftest import Ear, one, until
from tests.runtime.plans import PlanBuilder


def ended(ear: Ear, job: str) -> JobEnded:
    (event,) = (event for event in ear.heard if isinstance(event, JobEnded) and event.job == job)
    return event


def has_ended(ear: Ear, job: str) -> Callable[[], bool]:
    return lambda: any(isinstance(event, JobEnded) and event.job == job for event in ear.heard)


def test_a_job_runs_and_leaves_its_pictures_in_its_folder(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    end = client.run(one("paint", level=3), tmp_path / "out", options=JobOptions({"sinopia": "here"}))
    assert (end.outcome, end.ran) == (JobOutcome.DONE, 1)
    (handle,) = end.pictures
    assert (handle.path, handle.width, handle.height) == (str(tmp_path / "out" / "grey.png"), 8, 6)
    with Image.open(handle.path) as picture:
        assert (picture.getpixel((0, 0)), picture.info["sinopia"]) == ((3, 3, 3), "here")
    (done,) = ear.all(NodeDone)
    assert isinstance(done, NodeDone)
    assert done.notes == ("painted at 3",)


def test_a_second_run_finds_what_the_first_kept(client: EngineClient, tmp_path: Path) -> None:
    plan = PlanBuilder("tests.process.toys").add("n", "number", params={"value": 1.0}).plan()
    assert [client.run(plan, tmp_path).ran for _ in range(2)] == [1, 0]
    assert client.run(plan, tmp_path, options=JobOptions(fresh=True)).ran == 1


def test_the_engine_asks_no_network_and_knows_no_key(client: EngineClient, tmp_path: Path) -> None:
    diary = tmp_path / "value"
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DIFFUSERS_DISABLE_REMOTE_CODE"):
        plan = PlanBuilder("tests.process.toys").add("n", "environment", params={"name": name})
        plan.add("w", "record", {"text": "n"}, params={"path": str(diary)})
        assert client.run(plan.plan(), tmp_path).outcome is JobOutcome.DONE
        assert diary.read_text() == "1"


@pytest.mark.parametrize(
    ("run", "code", "words"),
    [
        ("crash", ProblemCode.UNEXPECTED, "Brush stopped with ValueError"),
        ("gone_wrong", ProblemCode.NOT_FINITE, "Brush gave 4 of 4 numbers that are NaN"),
        ("leave", ProblemCode.UNEXPECTED, "SystemExit"),
    ],
)
def test_a_node_that_fails_is_told_on_that_node(
    client: EngineClient, ear: Ear, tmp_path: Path, run: str, code: ProblemCode, words: str
) -> None:
    end = client.run(one(run), tmp_path)
    assert (end.outcome, end.failed) == (JobOutcome.FAILED, ("n",))
    (failure,) = ear.all(NodeFailed)
    assert isinstance(failure, NodeFailed)
    assert (failure.node, failure.problem.code) == ("n", code)
    assert words in failure.problem.sentence
    assert "Traceback" in failure.problem.details
    assert client.run(one("number", value=1.0), tmp_path).outcome is JobOutcome.DONE
    assert len(ear.engines) == 1


def test_a_cancel_is_answered_within_a_step(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    jobs: list[str] = []

    def cancel_at_third(event: object) -> None:
        if isinstance(event, Progress) and event.done == 3:
            client.cancel(jobs[0])

    ear.on_event = cancel_at_third
    jobs.append(client.submit(one("steps", count=500, seconds=0.1, diary=str(diary)), tmp_path))
    until(has_ended(ear, jobs[0]), "the job has ended")
    assert ended(ear, jobs[0]).outcome is JobOutcome.CANCELLED
    # Steps 0 to 3 were begun; a message takes far less than a step, so at most one more is.
    assert len(diary.read_text()) <= 5
    assert len(ear.engines) == 1
    (told,) = ear.all(NodeDone)
    assert isinstance(told, NodeDone)
    assert told.outcome is StepOutcome.STOPPED


def test_of_two_waiting_jobs_one_is_removed_and_one_is_put_first(
    client: EngineClient, ear: Ear, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    first = client.submit(one("wait_for", path=str(gate)), tmp_path)
    second, third, fourth = (client.submit(one("number", value=float(n)), tmp_path) for n in range(3))
    until(lambda: bool(ear.all(Progress)), "the first job runs")
    client.reorder([fourth])
    client.cancel(third)
    until(has_ended(ear, third), "the third job is removed")
    gate.touch()
    until(has_ended(ear, second), "the second job has ended")
    assert ended(ear, third).outcome is JobOutcome.REMOVED
    assert [event.job for event in ear.heard if isinstance(event, JobStarted)] == [first, fourth, second]
    queues = [(event.running, event.waiting) for event in ear.heard if isinstance(event, QueueChanged)]
    assert (first, (fourth, second)) in queues


def test_previews_arrive_while_a_node_works(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    client.run(one("film", count=30), tmp_path)
    previews = [event for event in ear.heard if isinstance(event, Preview)]
    assert previews
    assert (previews[0].width, previews[0].height, previews[0].png[:4]) == (256, 256, b"\x89PNG")


def test_an_engine_killed_in_mid_run_is_told_of_replaced_and_the_next_job_runs(
    client: EngineClient, ear: Ear, tmp_path: Path
) -> None:
    job = client.submit(one("wait_for", path=str(tmp_path / "never")), tmp_path)
    waiting = client.submit(one("number", value=5.0), tmp_path)
    until(lambda: any(isinstance(event, Progress) for event in ear.heard), "the node runs")
    os.kill(ear.engines[0], signal.SIGKILL)
    until(has_ended(ear, waiting), "the job behind it has ended")
    assert ended(ear, job).outcome is JobOutcome.LOST
    assert ended(ear, waiting).outcome is JobOutcome.DONE
    (lost,) = ear.all(EngineLost)
    assert isinstance(lost, EngineLost)
    assert (lost.job, lost.again, lost.problem.code) == (job, (waiting,), ProblemCode.ENGINE_LOST)
    told = "The system ended the engine, most likely because memory ran out. Make the picture smaller."
    assert str(lost.problem) == told
    assert len(set(ear.engines)) == 2
    assert client.run(one("number", value=6.0), tmp_path).outcome is JobOutcome.DONE


def test_a_node_that_runs_out_of_memory_is_told_and_the_engine_goes_on(
    client: EngineClient, ear: Ear, tmp_path: Path
) -> None:
    assert client.run(one("hoard", size=10**15), tmp_path).outcome is JobOutcome.FAILED
    (failed,) = ear.all(NodeFailed)
    assert isinstance(failed, NodeFailed)
    assert str(failed.problem) == "Brush ran out of memory. Make the picture smaller."
    assert client.run(one("number", value=1.0), tmp_path).outcome is JobOutcome.DONE
    assert len(ear.engines) == 1


def test_an_engine_that_crashes_is_not_said_to_lack_memory(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    end = client.run(one("abort"), tmp_path)
    assert end.outcome is JobOutcome.LOST
    assert end.problem is not None
    assert end.problem.sentence == "The engine has died (ended by SIGABRT)."


def test_the_log_of_a_dead_engine_is_quoted(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    end = client.run(one("die", diary=str(tmp_path / "diary")), tmp_path)
    assert end.outcome is JobOutcome.LOST
    assert end.problem is not None
    assert "these are my last words" in end.problem.details


def test_an_engine_that_keeps_dying_is_not_started_for_ever(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    jobs = [client.submit(one("die", diary=str(tmp_path / "diary")), tmp_path) for _ in range(5)]
    for job in jobs:
        until(has_ended(ear, job), "every job has ended")
    assert {ended(ear, job).outcome for job in jobs} == {JobOutcome.LOST}
    assert (tmp_path / "diary").read_text() == "xxx"
    assert client.run(one("number", value=1.0), tmp_path).outcome is JobOutcome.DONE


def test_a_node_that_hears_no_cancel_costs_its_engine(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    job = client.submit(one("spin", diary=str(tmp_path / "spinning")), tmp_path)
    waiting = client.submit(one("number", value=5.0), tmp_path)
    until((tmp_path / "spinning").exists, "the node spins")
    client.cancel(job)
    until(has_ended(ear, waiting), "the job behind it has ended")
    assert (ended(ear, job).outcome, ended(ear, waiting).outcome) == (JobOutcome.CANCELLED, JobOutcome.DONE)
    (lost,) = ear.all(EngineLost)
    assert isinstance(lost, EngineLost)
    assert lost.problem.code is ProblemCode.ENGINE_HUNG
    assert "spin" in lost.problem.details  # the log says where it hung


def test_an_engine_that_gives_no_sign_of_life_is_replaced(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    job = client.submit(one("freeze", diary=str(tmp_path / "frozen")), tmp_path)
    until(has_ended(ear, job), "the job has ended")
    end = ended(ear, job)
    assert end.outcome is JobOutcome.LOST
    assert end.problem is not None
    assert "no sign of life" in end.problem.sentence
    assert client.run(one("number", value=1.0), tmp_path).outcome is JobOutcome.DONE


def test_a_listener_that_fails_costs_nothing(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    def stumble(_event: object) -> None:
        raise ZeroDivisionError

    ear.on_event = stumble
    assert client.run(one("number", value=1.0), tmp_path).outcome is JobOutcome.DONE


def test_a_job_cancelled_while_its_engine_starts_never_begins(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    job = client.submit(one("die", diary=str(tmp_path / "diary")), tmp_path)
    client.cancel(job)
    until(has_ended(ear, job), "the job has ended")
    assert ended(ear, job).outcome in (JobOutcome.REMOVED, JobOutcome.CANCELLED)
    assert not (tmp_path / "diary").exists()


def test_closing_ends_a_run_that_another_thread_waits_for(ear: Ear, tmp_path: Path) -> None:
    client = EngineClient(EngineSettings(warm=(), logs=tmp_path / "logs"), ear)
    ends: list[JobEnded | ClientError] = []

    def wait() -> None:
        try:
            ends.append(client.run(one("wait_for", path=str(tmp_path / "never")), tmp_path))
        except ClientError as error:
            ends.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    until(lambda: bool(ear.all(Progress)), "the node runs")
    client.close()
    thread.join()
    assert isinstance(ends[0], ClientError) or ends[0].outcome is JobOutcome.CANCELLED


def test_a_closed_client_says_so(ear: Ear, tmp_path: Path) -> None:
    client = EngineClient(EngineSettings(warm=(), logs=tmp_path / "logs"), ear)
    client.close()
    client.close()
    with pytest.raises(ClientError, match="was closed"):
        client.run(one("number", value=1.0), tmp_path)


def test_an_engine_started_ahead_takes_the_first_job(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    client.start()
    until(lambda: bool(ear.all(EngineStarted)), "the engine is there")
    client.run(one("number", value=1.0), tmp_path)
    assert len(ear.engines) == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (EngineSettings(python="/nowhere/python"), "/nowhere/python"),
        (EngineSettings(warm=(), environment={"PYTHONHOME": "/nowhere"}), "exit code 1"),
    ],
)
def test_an_engine_that_cannot_start_ends_the_job_in_words(
    settings: EngineSettings, words: str, tmp_path: Path
) -> None:
    with EngineClient(settings) as client:
        end = client.run(one("number", value=1.0), tmp_path)
    assert end.outcome is JobOutcome.LOST
    assert end.problem is not None
    assert end.problem.code is ProblemCode.ENGINE_START
    assert words in end.problem.sentence
    assert end.problem.advice


def test_logs_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with EngineClient(EngineSettings(warm=(), logs=tmp_path / "file" / "logs")) as client:
        end = client.run(one("number", value=1.0), tmp_path)
    assert end.problem is not None
    assert str(tmp_path / "file" / "logs") in end.problem.sentence


def test_only_the_newest_logs_stay(client: EngineClient, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for number in range(30):
        (logs / f"engine-20200101-0000{number:02}-000000000.log").touch()
    client.run(one("number", value=1.0), tmp_path)
    assert len(list(logs.iterdir())) == 10
