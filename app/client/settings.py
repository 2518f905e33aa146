"""How the client starts an engine and how patient it is."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.model.home import find_home

ROOT = Path(__file__).resolve().parents[2]

# What nearly every picture needs, the slowest first.
HEAVY = ("torch", "engine.models.loading", "nodes.impl.sampling")


def default_logs() -> Path:
    """Where engines write what they have to say."""
    return find_home().root / "logs"


def default_models() -> Path:
    """Where the models are that the user added."""
    return find_home().models


@dataclass(frozen=True)
class EngineSettings:
    """`warm`: modules that the engine loads ahead of its first job. Budgets in bytes; None leaves them to the engine.

    `patience`: seconds without an answer after which an engine counts as hung. `start_patience`: the same while it
    loads its libraries, which can keep a slow disk busy. `environment` is added to that of this process.
    """

    python: str = sys.executable
    warm: tuple[str, ...] = HEAVY
    cache_bytes: int | None = None
    model_bytes: int | None = None
    patience: float = 5.0
    start_patience: float = 60.0
    logs: Path = field(default_factory=default_logs)
    models: Path = field(default_factory=default_models)
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, address: str) -> list[str]:
        """The command line of an engine; -P because nothing in the current folder may pass for a library."""
        command = [self.python, "-P", "-m", "engine", "--address", address, "--warm", ",".join(self.warm)]
        command += ["--models", str(self.models)]
        if self.cache_bytes is not None:
            command += ["--cache-bytes", str(self.cache_bytes)]
        if self.model_bytes is not None:
            command += ["--model-bytes", str(self.model_bytes)]
        return command
