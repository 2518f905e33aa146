"""Errors of the client.

ClientError           the engine cannot be used
+-- StartError        its process does not come up
+-- RefusedError      it comes up but does not want to talk to us
"""

from __future__ import annotations

from engine.api.errors import Problem


class ClientError(Exception):
    """The engine cannot be used; `problem` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class StartError(ClientError):
    """The engine's process does not come up."""


class RefusedError(ClientError):
    """The engine comes up but does not want to talk to us."""
