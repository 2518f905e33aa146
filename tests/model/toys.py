"""Run functions of a toy studio, for a real engine process without torch: a picture is its seed's colour."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api.errors import NodeError
from engine.runtime.context import Context
from engine.runtime.items import Items
from nodes.specs.models import STORYBOOK

Picture = NDArray[np.uint8]


def prompt(_context: Context, *, text: str) -> str:
    """The sentence."""
    return text


def seed_range(_context: Context, *, first: int, count: int) -> Items:
    """Seeds as a list."""
    return Items(tuple(range(first, first + count)))


def model(_context: Context) -> tuple[str, ...]:
    """Names for denoisers."""
    return tuple(port.name for port in STORYBOOK.outputs)


def phrase_masks(context: Context, *, prompt: str, layers: list[dict[str, str]], **_settings: object) -> str:
    """Looks whether every mask is where the plan says."""
    assert all(Path(context.asset(layer["mask"])).is_file() for layer in layers)
    return prompt


def denoise(context: Context, *, prompt: str, seed: int, steps: int, **_wired: object) -> tuple[str, Picture]:
    """A plain picture. The word "fail" in the prompt fails; "slow" takes a while at each step, "crawls" longer."""
    if "fail" in prompt:
        raise NodeError("The brush broke.", "Take another one.")
    picture = np.full((16, 16, 3), seed % 256, np.uint8)
    for done in range(steps):
        context.check_cancelled()
        context.progress(done + 1, steps)
        context.preview(picture)
        time.sleep(0.5 if "crawls" in prompt else 0.02 if "slow" in prompt else 0.0)
    return prompt, picture


def save_image(context: Context, *, image: Picture, name: str) -> Picture:
    """A picture into the results."""
    context.save_picture(image, name, {})
    return image
