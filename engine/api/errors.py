"""Errors of the engine's border and runtime, and the form in which they travel.

    EngineError                    anything the engine says no to
    +-- NodeError                  a node cannot do what it was asked; also for run functions to raise
    |   +-- NotFiniteError         a node gave NaN or infinity
    +-- RunFunctionError           the function named by a plan cannot be found
    +-- ProtocolError              the other side of the connection cannot be understood

`Cancelled` stands outside the tree on purpose: it is an outcome, not an error.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class ProblemCode(Enum):
    """What kind of thing went wrong; scripts may rely on these words."""

    NODE = "node"
    NOT_FINITE = "not-finite"
    OUT_OF_MEMORY = "out-of-memory"
    FILE = "file"
    UNEXPECTED = "unexpected"
    PROTOCOL = "protocol"
    VERSION = "version"
    ENGINE_LOST = "engine-lost"
    ENGINE_HUNG = "engine-hung"
    ENGINE_START = "engine-start"


class Problem(Struct, frozen=True):
    """One thing that went wrong: a sentence, what to do next, and (apart, for whoever debugs) all the details."""

    code: ProblemCode
    sentence: str
    advice: str
    details: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.advice}".strip()


class EngineError(Exception):
    """The engine says no: `sentence` is what is wrong, `advice` the next thing to do."""

    code = ProblemCode.UNEXPECTED

    def __init__(self, sentence: str, advice: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = advice


class NodeError(EngineError):
    """A node cannot do what it was asked."""

    code = ProblemCode.NODE


class NotFiniteError(NodeError):
    """A node gave NaN or infinity."""

    code = ProblemCode.NOT_FINITE


class RunFunctionError(EngineError):
    """The function named by a plan cannot be found."""

    code = ProblemCode.NODE


class ProtocolError(EngineError):
    """The other side of the connection cannot be understood."""

    code = ProblemCode.PROTOCOL


class Cancelled(BaseException):
    """The job was cancelled. Not an Exception, so that a node's own handlers let it pass."""
