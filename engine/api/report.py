"""What is told about each node of a job: its outcome, why it ran, and the pictures it left."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct


class StepOutcome(Enum):
    """How a node of a plan ended."""

    RAN = "ran"
    HIT = "hit"  # its kept result was used, or stands ready beneath one that was
    COVERED = "covered"  # its own result is no longer kept, but a later kept result made it unnecessary
    FAILED = "failed"
    UNUSED = "unused"  # on the side that a switch did not choose
    BLOCKED = "blocked"  # something before it failed
    STOPPED = "stopped"  # the job was cancelled first


class JobOutcome(Enum):
    """How a job ended."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REMOVED = "removed"  # cancelled while it waited in the queue
    LOST = "lost"  # said by the client: the engine process died or hung


class Reason(Enum):
    """Why a node ran, or why it did not."""

    KEPT = "kept"
    COVERED = "covered"
    NEVER_RUN = "never-run"
    TYPE = "type-changed"
    PARAMETER = "parameter-changed"
    FILE = "file-changed"
    WIRING = "wiring-changed"
    INPUT = "input-changed"
    UNKEPT_INPUT = "input-never-kept"
    NEVER_KEPT = "never-kept"
    WRITES = "writes-pictures"
    EVICTED = "evicted"
    TOO_LARGE = "too-large"
    UNFINISHED = "unfinished"
    FRESH = "asked-fresh"
    RECORD = "asked-to-record"
    NOT_CHOSEN = "not-chosen"
    BLOCKED = "blocked"
    STOPPED = "stopped"


_SENTENCES: Mapping[Reason, str] = {
    Reason.KEPT: "its result was kept from before",
    Reason.COVERED: "a later result was kept, so it was not needed",
    Reason.NEVER_RUN: "it had not run before",
    Reason.TYPE: "the node itself is another one or another version",
    Reason.PARAMETER: "{subjects} changed",
    Reason.FILE: "the file of {subjects} changed",
    Reason.WIRING: "{subjects} is wired differently",
    Reason.INPUT: "its input from {nodes} changed",
    Reason.UNKEPT_INPUT: "its input from {nodes} is never kept",
    Reason.NEVER_KEPT: "results of this node are never kept",
    Reason.WRITES: "it writes pictures",
    Reason.EVICTED: "its result had to make room for others",
    Reason.TOO_LARGE: "its result is too large to keep",
    Reason.UNFINISHED: "it did not finish last time",
    Reason.FRESH: "the run was asked to start afresh",
    Reason.RECORD: "its attention was asked for, and the result kept from before has none",
    Reason.NOT_CHOSEN: "the switch chose another side",
    Reason.BLOCKED: "{nodes} failed before it",
    Reason.STOPPED: "the job was cancelled first",
}


class Why(Struct, frozen=True):
    """A reason and what it is about: names of parameters, or ids of nodes."""

    reason: Reason
    subjects: tuple[str, ...] = ()

    def sentence(self, titles: Mapping[str, str]) -> str:
        """In words; `titles` gives the name that the artist knows for a node id."""
        nodes = ", ".join(titles.get(node, node) for node in self.subjects)
        return _SENTENCES[self.reason].format(subjects=", ".join(self.subjects), nodes=nodes)


class PictureHandle(Struct, frozen=True):
    """A picture file that a node left; sizes in pixels."""

    node: str
    path: str
    width: int
    height: int
