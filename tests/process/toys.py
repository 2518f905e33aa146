"""Run functions for a real engine process: slow, stubborn, deadly ones."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.runtime.context import Context


def number(_context: Context, *, value: float) -> float:
    """A constant."""
    return value


def steps(context: Context, *, count: int, seconds: float, diary: str) -> int:
    """`count` steps of a sampler, each told and written into a diary file."""
    for done in range(count):
        context.progress(done, count, f"step {done}")
        time.sleep(seconds)
        with Path(diary).open("a") as file:
            file.write("x")
    return count


def film(context: Context, *, count: int) -> NDArray[np.uint8]:
    """Many previews that do not compress."""
    noise = np.random.default_rng(0)
    for done in range(count):
        context.progress(done, count)
        picture = noise.integers(0, 256, (256, 256, 3), np.uint8)
        context.preview(picture)
        time.sleep(0.002)
    return picture


def spin(_context: Context, *, diary: str) -> None:
    """Never ends and never looks whether it was cancelled."""
    Path(diary).touch()
    while True:
        pass


def freeze(_context: Context, *, diary: str) -> None:
    """Never ends and lets no other thread of the process run."""
    Path(diary).touch()
    re.match("(a+)+$", "a" * 60 + "b")


def die(_context: Context, *, diary: str) -> None:
    """Takes the whole process along, as a crash in a library does."""
    with Path(diary).open("a") as file:
        file.write("x")
    print("these are my last words", flush=True)  # noqa: T201
    os.kill(os.getpid(), signal.SIGKILL)


def hoard(_context: Context, *, size: int) -> None:
    """Wants more memory than there is."""
    bytearray(size)


def abort(_context: Context) -> None:
    """Ends as a library does that finds itself in disorder."""
    os.abort()


def wait_for(context: Context, *, path: str) -> str:
    """Waits, politely, until a file is there."""
    while not Path(path).exists():
        context.check_cancelled()
        time.sleep(0.005)
    return path


def gone_wrong(_context: Context) -> NDArray[np.float32]:
    """NaN."""
    return np.full((2, 2), np.nan, np.float32)


def crash(_context: Context) -> float:
    """Fails as a bug fails."""
    return float("wet")


def leave(_context: Context) -> None:
    """Wants to end the program."""
    raise SystemExit(7)


def environment(_context: Context, *, name: str) -> str:
    """What the engine's environment says."""
    return os.environ.get(name, "")


def paint(context: Context, *, level: int) -> NDArray[np.uint8]:
    """Saves a grey picture."""
    picture = np.full((6, 8, 3), level, np.uint8)
    context.note(f"painted at {level}")
    context.save_picture(picture, "grey", {})
    return picture


def record(_context: Context, *, text: str, path: str) -> None:
    """Writes a text down."""
    Path(path).write_text(text)
