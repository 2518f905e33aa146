"""A scene of the drawn world as frozen values: enough to draw the same picture again at any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["object", "sky", "ground", "style", "tone"]


@dataclass(frozen=True)
class Phrase:
    """Characters [start, end) of the caption that name one thing; `mask` numbers its mask, None if it has none."""

    start: int
    end: int
    kind: Kind
    name: str
    mask: int | None


@dataclass(frozen=True)
class Placed:
    """An object in view coordinates (0..1 from the left and top edge of the visible square; may lie partly outside).

    `side` is the longer side of the sprite as a fraction of the view; `angle` is in degrees, clockwise positive.
    `colour`: the adjective that the sprite is recoloured by; None leaves its own colours.
    """

    name: str
    x: float
    y: float
    side: float
    flip: bool
    angle: float
    colour: str | None = None


@dataclass(frozen=True)
class Tone:
    """A palette shift: gains on red, green and blue, saturation, contrast, and a tint that fills the shadows."""

    name: str
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    saturation: float = 1.0
    contrast: float = 1.0
    shadow: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class View:
    """The visible square within the whole canvas, in units of the view's side.

    `height`, `width`: size of the whole canvas (1: the view shows all of it); `top`, `left`: the view's corner.
    """

    height: float = 1.0
    width: float = 1.0
    top: float = 0.0
    left: float = 0.0

    def original(self, size: int) -> tuple[int, int]:
        """(height, width) of the whole canvas in pixels when the view is `size` pixels wide."""
        return round(self.height * size), round(self.width * size)

    def crop(self, size: int) -> tuple[int, int]:
        """(top, left) of the view within the canvas in pixels when the view is `size` pixels wide."""
        return round(self.top * size), round(self.left * size)


@dataclass(frozen=True)
class Scene:
    """Everything that decides a picture. `horizon` is in view coordinates; later objects lie over earlier ones.

    `texture`: strength of a free texture over the whole picture.
    """

    caption: str
    phrases: tuple[Phrase, ...]
    objects: tuple[Placed, ...]
    sky: str
    ground: str
    horizon: float
    style: str
    tone: Tone
    view: View
    seed: int
    texture: float = 0.0

    @property
    def masked(self) -> tuple[Phrase, ...]:
        """The phrases that have a mask, in the order of their masks."""
        return tuple(sorted((p for p in self.phrases if p.mask is not None), key=lambda p: p.mask or 0))
