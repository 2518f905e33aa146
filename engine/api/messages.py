"""The protocol between the engine process and its client.

Requests go to the engine, one in a frame; events come back, several in a frame. A frame is one msgpack value sent with
`Connection.send_bytes`; nothing is ever pickled. A conversation begins with `Hello` and `Welcome` (or `Refused`), whose
shape no version changes, so that two versions can always tell each other apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from engine.api.attention import AttentionLevel
from engine.api.errors import Problem, ProtocolError
from engine.api.plan import Plan
from engine.api.report import JobOutcome, PictureHandle, StepOutcome, Why

PROTOCOL_VERSION = 2

# A frame longer than this is not read: 10,000 steps with long texts need about 10 MB.
LONGEST_FRAME = 128 * 2**20


class Request(msgspec.Struct, frozen=True, tag=True):
    """What a client asks of the engine."""


class Hello(Request, frozen=True):
    """The first request of a conversation."""

    protocol: int
    client: str


class Submit(Request, frozen=True):
    """Run `plan` as `job` and put its pictures into `folder`.

    `facts` are written into every picture (keyword, text). `device` is "auto", "cpu" or "cuda". `fresh` looks nothing
    up in the results kept so far. `record_attention` names nodes that tell where their denoisers look (`Attention`); of
    these, results that were kept without it are not used.
    """

    job: str
    plan: Plan
    folder: str
    facts: dict[str, str] = {}
    device: str = "auto"
    fresh: bool = False
    record_attention: tuple[str, ...] = ()


class Cancel(Request, frozen=True):
    """Stop a running job, or take a waiting one out of the queue."""

    job: str


class Reorder(Request, frozen=True):
    """Put these waiting jobs first, in this order; the others follow in the order that they have."""

    jobs: tuple[str, ...]


class Ping(Request, frozen=True):
    """Are you there?"""

    number: int


class Shutdown(Request, frozen=True):
    """Cancel what runs and exit."""


class Event(msgspec.Struct, frozen=True, tag=True):
    """What the engine tells its client."""


class Welcome(Event, frozen=True):
    """The conversation can begin."""

    protocol: int
    process: int


class Refused(Event, frozen=True):
    """A request was not understood; before `Welcome` it ends the conversation."""

    problem: Problem


class Ready(Event, frozen=True):
    """The heavy libraries are loaded; `seconds` since the process began."""

    seconds: float


class Pong(Event, frozen=True):
    """The answer to `Ping`."""

    number: int


class QueueChanged(Event, frozen=True):
    """Which job runs and which wait, in order."""

    running: str | None
    waiting: tuple[str, ...]


class JobStarted(Event, frozen=True):
    """A job left the queue and runs."""

    job: str
    steps: int


class Progress(Event, frozen=True):
    """How far the running node is: step `done` of `total` (0 of 0: it began) of list item `item` of `items`."""

    job: str
    node: str
    item: int
    items: int
    done: int
    total: int
    text: str


class Preview(Event, frozen=True):
    """What the running node's picture looks like now: a small PNG."""

    job: str
    node: str
    item: int
    width: int
    height: int
    png: bytes


class Attention(Event, frozen=True):
    """Where a denoiser of a node looked at one noise level; told as it happens, or again when a result was kept."""

    job: str
    node: str
    item: int
    level: AttentionLevel


class ModelChanged(Event, frozen=True):
    """A model was loaded, borrowed, returned or evicted."""

    change: str
    reference: str
    device: str
    size: int
    seconds: float


class NodeDone(Event, frozen=True):
    """A node is settled, and not by failing. Of its list items `ran` were run and `hits` were kept from before."""

    job: str
    node: str
    outcome: StepOutcome
    why: Why
    seconds: float = 0.0
    ran: int = 0
    hits: int = 0
    notes: tuple[str, ...] = ()
    pictures: tuple[PictureHandle, ...] = ()


class NodeFailed(Event, frozen=True):
    """A node could not do its work."""

    job: str
    node: str
    problem: Problem
    seconds: float = 0.0


class JobEnded(Event, frozen=True):
    """The last event of a job. `peak_memory` is that of the engine process since its start, in bytes."""

    job: str
    outcome: JobOutcome
    seconds: float = 0.0
    ran: int = 0
    hits: int = 0
    failed: tuple[str, ...] = ()
    pictures: tuple[PictureHandle, ...] = ()
    device: str = ""
    peak_memory: int = 0
    problem: Problem | None = None


AnyRequest = Hello | Submit | Cancel | Reorder | Ping | Shutdown
AnyEvent = (
    Welcome
    | Refused
    | Ready
    | Pong
    | QueueChanged
    | JobStarted
    | Progress
    | Preview
    | Attention
    | ModelChanged
    | NodeDone
    | NodeFailed
    | JobEnded
)

_ENCODER = msgspec.msgpack.Encoder()
_REQUESTS: msgspec.msgpack.Decoder[AnyRequest] = msgspec.msgpack.Decoder(AnyRequest)
_EVENTS: msgspec.msgpack.Decoder[tuple[AnyEvent, ...]] = msgspec.msgpack.Decoder(tuple[AnyEvent, ...])

Message = TypeVar("Message")


def encode_request(request: AnyRequest) -> bytes:
    """One frame for the engine."""
    return _encode(request)


def decode_request(frame: bytes) -> AnyRequest:
    """The request in a frame; ProtocolError for anything else."""
    return _decode(_REQUESTS, frame, "request")


def encode_events(events: Sequence[AnyEvent]) -> bytes:
    """One frame for the client."""
    return _encode(events)


def decode_events(frame: bytes) -> tuple[AnyEvent, ...]:
    """The events in a frame; ProtocolError for anything else."""
    return _decode(_EVENTS, frame, "event")


def _encode(value: object) -> bytes:
    try:
        return _ENCODER.encode(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ProtocolError(f"A message cannot be written: {error}.", "Use plain numbers, texts and lists.") from error


def _decode(decoder: msgspec.msgpack.Decoder[Message], frame: bytes, kind: str) -> Message:
    try:
        return decoder.decode(frame)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError(
            f"A message of {len(frame)} bytes is no {kind} of protocol {PROTOCOL_VERSION}: {error}.",
            "Start the studio and its engine from the same installation.",
        ) from error
