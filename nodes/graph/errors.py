"""What can go wrong with graphs.

GraphError                 anything a graph layer says no to
+-- GraphFileError         a graph file cannot be read or written; names the file and the place in it
+-- ProblemsError          a graph cannot run as it is; carries every problem
+-- EditError              an edit names something that is not there
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from nodes.specs.codes import Code


class Problem(Struct, frozen=True):
    """One thing that is wrong: at which node and port (or parameter), of what kind, and what to do about it."""

    node: str | None
    port: str | None
    code: Code
    message: str


class GraphError(Exception):
    """A graph cannot be used as asked; the message is a sentence for the artist."""


class GraphFileError(GraphError):
    """A graph file cannot be read: `file` names it, `place` is where in it ("line 3, column 7", "nodes[2].title")."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        super().__init__(f"{file}: {place}: {reason}" if place else f"{file}: {reason}")
        self.file = file
        self.place = place


class ProblemsError(GraphError):
    """A graph cannot run as it is."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class EditError(GraphError):
    """An edit names something that is not there, or a value no graph can hold."""
