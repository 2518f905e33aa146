"""Changes of masks that are worked out aside: in order, one edit each, and never over what was painted meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from app.model.aside import at_once
from app.model.paint_changes import PaintChanges
from app.paint import operations
from app.paint.tiles import TileMask

Found = TypeVar("Found")


@dataclass
class Later:
    """Work that is done when it is told to be."""

    waiting: deque[Callable[[], None]] = field(default_factory=deque)

    def __call__(
        self, work: Callable[[], Found], done: Callable[[Found], object], failed: Callable[[Exception], object]
    ) -> None:
        self.waiting.append(lambda: at_once(work, done, failed))

    def work(self) -> None:
        """Do all of it."""
        while self.waiting:
            self.waiting.popleft()()


@dataclass
class Wall:
    """Layers on which is painted."""

    masks: dict[str, TileMask]
    edits: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def commit(self, label: str, layer: str, mask: TileMask) -> None:
        self.masks[layer] = mask
        self.edits.append(label)


def wall() -> tuple[Wall, Later, PaintChanges]:
    values = np.zeros((64, 64), np.uint8)
    values[20:40, 20:40] = 255
    found, later = Wall({"owl": TileMask.from_array(values)}), Later()
    return found, later, PaintChanges(found.masks.get, found.commit, later, found.told.append)


def grown(mask: TileMask) -> TileMask:
    return operations.grow(mask, 3)


def test_each_change_goes_on_from_what_the_one_before_left() -> None:
    painted, later, changes = wall()
    before = painted.masks["owl"]
    changes.begin("Grow", "owl", grown, long=True)
    changes.begin("Grow", "owl", grown, long=True)
    changes.begin("Invert", "owl", operations.invert, long=False)
    assert (painted.edits, changes.working) == ([], True)
    later.work()
    assert (painted.edits, changes.working) == (["Grow", "Grow", "Invert"], False)
    assert painted.masks["owl"] == operations.invert(grown(grown(before)))


def test_what_is_quick_is_done_at_once() -> None:
    painted, _later, changes = wall()
    changes.begin("Clear", "owl", operations.clear, long=False)
    assert painted.edits == ["Clear"]


def test_paint_that_came_meanwhile_is_not_painted_over() -> None:
    painted, later, changes = wall()
    changes.begin("Grow “owl”", "owl", grown, long=True)
    painted.masks["owl"] = TileMask.blank(64, 64)
    later.work()
    assert (painted.edits, painted.masks["owl"].is_blank, changes.working) == ([], True, False)
    assert painted.told == ["Grow “owl” was not done, because the layer was changed meanwhile. Do it again."]


def test_a_layer_that_is_gone_is_let_go() -> None:
    painted, later, changes = wall()
    changes.begin("Grow", "owl", grown, long=True)
    changes.begin("Grow", "owl", grown, long=True)
    del painted.masks["owl"]
    later.work()
    assert (painted.edits, painted.told, changes.working) == ([], [], False)


def test_what_cannot_be_done_is_told_and_the_rest_goes_on() -> None:
    painted, later, changes = wall()
    changes.begin("Grow", "owl", lambda mask: operations.grow(mask, 501), long=True)
    changes.begin("Grow", "owl", grown, long=True)
    later.work()
    assert painted.edits == ["Grow"]
    assert "501 pixels" in painted.told[0]
