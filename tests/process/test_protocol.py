"""The engine against clients that know the protocol badly, not at all, or leave."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.errors import ProblemCode, ProtocolError
from engine.api.messages import (
    PROTOCOL_VERSION,
    AnyEvent,
    Cancel,
    Hello,
    JobEnded,
    JobStarted,
    Ping,
    Pong,
    Progress,
    QueueChanged,
    Refused,
    Shutdown,
    Submit,
    Welcome,
    decode_events,
    decode_request,
    encode_request,
)
from engine.api.plan import Plan
from engine.api.report import JobOutcome
from tests.process.conftest import DEADLINE, alive, one, until
from tests.support import ROOT

KEY = secrets.token_bytes(32)


class RawEngine:
    """An engine process without a client."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "e")
        command = [sys.executable, "-m", "engine", "--address", self.address, "--warm", "", "--longest-silence", "5"]
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stderr=log, cwd=ROOT, start_new_session=True
            )
        assert self.process.stdin is not None
        with self.process.stdin as pipe:
            pipe.write(KEY.hex().encode() + b"\n")
        until(Path(self.address).exists, "the engine listens")

    def connect(self, key: bytes = KEY) -> Connection:
        """A connection on which nothing was said yet."""
        while True:
            try:
                return Client(self.address, authkey=key)
            except ConnectionRefusedError:
                time.sleep(0.005)

    def greet(self) -> Connection:
        """A connection on which Hello and Welcome were exchanged."""
        connection = self.connect()
        connection.send_bytes(encode_request(Hello(PROTOCOL_VERSION, "tests")))
        (welcome,) = decode_events(connection.recv_bytes())
        assert welcome == Welcome(PROTOCOL_VERSION, self.process.pid)
        return connection

    def end(self) -> int:
        """The exit status, waited for."""
        return self.process.wait(DEADLINE)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[RawEngine]:
    raw = RawEngine(tmp_path)
    yield raw
    if raw.process.poll() is None:
        os.kill(raw.process.pid, signal.SIGKILL)
        raw.process.wait()


def read_until(connection: Connection, found: Callable[[AnyEvent], bool]) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    while not any(map(found, events)):
        assert connection.poll(DEADLINE), "the engine fell silent"
        events += decode_events(connection.recv_bytes())
    return events


def refusal(connection: Connection) -> Refused:
    (answer,) = decode_events(connection.recv_bytes())
    assert isinstance(answer, Refused)
    return answer


def submit(connection: Connection, run: str, folder: Path, **params: object) -> None:
    connection.send_bytes(encode_request(Submit("job", one(run, **params), str(folder))))


def test_a_wrong_key_is_turned_away_and_the_right_one_still_gets_in(engine: RawEngine) -> None:
    with pytest.raises(AuthenticationError):
        engine.connect(b"wrong")
    engine.greet().close()


def test_another_version_is_refused_with_both_named(engine: RawEngine) -> None:
    connection = engine.connect()
    connection.send_bytes(encode_request(Hello(99, "sinopia 99")))
    problem = refusal(connection).problem
    assert problem.code is ProblemCode.VERSION
    assert f"protocol {PROTOCOL_VERSION}" in problem.sentence
    assert "sinopia 99 speaks 99" in problem.sentence
    assert engine.end() == 0


@pytest.mark.parametrize("frame", [b"", b"\xc1garbage", b"GET / HTTP/1.1\r\n\r\n", encode_request(Ping(1))])
def test_what_is_no_greeting_is_refused(engine: RawEngine, frame: bytes) -> None:
    connection = engine.connect()
    connection.send_bytes(frame)
    assert refusal(connection).problem.code is ProblemCode.PROTOCOL
    assert engine.end() == 0


def test_garbage_in_mid_conversation_is_told_and_the_conversation_goes_on(engine: RawEngine) -> None:
    connection = engine.greet()
    for frame in (b"\xc1\xff garbage", b"", b"\x91" * 100_000, msgspec.msgpack.encode({"type": "Submit", "job": 7})):
        connection.send_bytes(frame)
        read_until(connection, lambda event: isinstance(event, Refused))
    connection.send_bytes(encode_request(Ping(5)))
    assert Pong(5) in read_until(connection, lambda event: isinstance(event, Pong))


def test_a_frame_of_absurd_length_ends_the_engine_and_not_the_machine(engine: RawEngine) -> None:
    connection = engine.greet()
    os.write(connection.fileno(), b"\xff\xff\xff\xff" + b"\x7f" + b"\xff" * 7)
    assert engine.end() == 0


def test_a_client_that_says_goodbye_and_one_that_just_leaves(engine: RawEngine) -> None:
    connection = engine.greet()
    connection.send_bytes(encode_request(Shutdown()))
    assert engine.end() == 0


def test_an_engine_leaves_with_its_client_also_in_mid_run(engine: RawEngine, tmp_path: Path) -> None:
    connection = engine.greet()
    submit(connection, "wait_for", tmp_path, path=str(tmp_path / "never"))
    read_until(connection, lambda event: isinstance(event, Progress))
    connection.close()
    assert engine.end() == 0


def test_an_engine_leaves_with_its_client_also_when_a_node_hears_no_cancel(engine: RawEngine, tmp_path: Path) -> None:
    connection = engine.greet()
    submit(connection, "spin", tmp_path, diary=str(tmp_path / "spinning"))
    until((tmp_path / "spinning").exists, "the node spins")
    connection.close()
    assert engine.end() == 0


def test_an_engine_leaves_with_its_client_also_when_no_thread_of_it_can_run(engine: RawEngine, tmp_path: Path) -> None:
    connection = engine.greet()
    submit(connection, "freeze", tmp_path, diary=str(tmp_path / "frozen"))
    until((tmp_path / "frozen").exists, "nothing moves")
    connection.close()
    assert engine.end() == 1
    assert "freeze" in (tmp_path / "log").read_text()


def test_a_plan_that_makes_no_sense_costs_itself_only(engine: RawEngine, tmp_path: Path) -> None:
    connection = engine.greet()
    plan = one("number", value=1.0)
    connection.send_bytes(encode_request(Submit("bad", Plan(plan.steps, ("ghost",)), str(tmp_path))))
    submit(connection, "number", tmp_path, value=1.0)
    events = read_until(connection, lambda event: isinstance(event, JobEnded) and event.job == "job")
    ends = {event.job: event for event in events if isinstance(event, JobEnded)}
    assert (ends["bad"].outcome, ends["job"].outcome) == (JobOutcome.FAILED, JobOutcome.DONE)
    assert ends["bad"].problem is not None
    assert "ghost" in ends["bad"].problem.sentence


def test_a_slow_reader_holds_nobody_up(engine: RawEngine, tmp_path: Path) -> None:
    connection = engine.greet()
    count = 150
    connection.send_bytes(encode_request(Submit("job", one("film", count=count), str(tmp_path / "out"))))
    # The last picture is there although nothing was read: previews of ten times what a socket holds were made.
    until(lambda: any((tmp_path / "out").glob("*.png")), "the job is done")
    events = read_until(connection, lambda event: isinstance(event, JobEnded))
    assert isinstance(events[-1], (JobEnded, QueueChanged))
    assert sum(isinstance(event, Progress) for event in events) < count / 2


def test_cancel_of_a_job_that_nobody_knows_changes_nothing(engine: RawEngine, tmp_path: Path) -> None:
    connection = engine.greet()
    connection.send_bytes(encode_request(Cancel("ghost")))
    submit(connection, "number", tmp_path, value=1.0)
    events = read_until(connection, lambda event: isinstance(event, JobEnded))
    assert [event.outcome for event in events if isinstance(event, JobEnded)] == [JobOutcome.DONE]
    assert JobStarted("job", 1) in events


def test_an_engine_dies_with_a_killed_studio(tmp_path: Path) -> None:
    script = f"""
import time
from pathlib import Path
from app.client.client import EngineClient
from app.client.events import EngineStarted
from app.client.settings import EngineSettings
from engine.api.messages import Progress
from tests.process.conftest import one

def tell(event):
    if isinstance(event, (EngineStarted, Progress)):
        print(getattr(event, "process", "running"), flush=True)

client = EngineClient(EngineSettings(warm=(), logs=Path({str(tmp_path)!r})), tell)
client.submit(one("wait_for", path="/never"), Path({str(tmp_path)!r}))
time.sleep(1000)
"""
    studio = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert studio.stdout is not None
    with studio.stdout as lines:
        engine = int(lines.readline())
        assert lines.readline() == "running\n"
        assert alive(engine)
        studio.kill()
    studio.wait()
    until(lambda: not alive(engine), "the engine has gone")


@given(st.binary(max_size=200))
def test_no_bytes_make_the_decoders_fail_in_another_way(frame: bytes) -> None:
    for decode in (decode_request, decode_events):
        with contextlib.suppress(ProtocolError):
            assert decode(frame) is not None
