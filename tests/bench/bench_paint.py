"""Figures of the painting view: python -m tests.bench.bench_paint [SIDE]

A pen draws quick spirals with a soft brush on a canvas of SIDE x SIDE (2048) with eight painted layers and a picture,
in a window of 1920x1080 without a display. "dirty" is from the event to the region to be painted anew, "painted" adds
the painting of that region. Two clocks are printed: the wall's, and the time that the process really had (in all its
threads: Qt paints large areas with several), which is the one to compare on a machine busy with something else.

What is done with a whole mask (feather, grow, shrink) is worked out in a thread of its own, so that the window goes on
answering; what it leaves to the window's thread is the edit, and drawing the layer anew.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from app.paint import operations
from app.paint.brush import Brush
from app.paint.rect import Rect
from app.paint.shapes import ellipse
from app.paint.tiles import TileMask
from app.paint.toolbox import ToolSettings
from app.qt.paintview.view import PaintView
from tests.gui.painting import MemoryScene, Pen

SIZE = (1920, 1080)
POINTS = 600
FRAMES = 40
LAYERS = 8


@dataclass
class Clocks:
    """Seconds that steps took, by the wall's clock and by this process's."""

    wall: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Note how long what is done within took."""
        wall, own = time.perf_counter(), time.process_time()
        yield
        self.wall.append(time.perf_counter() - wall)
        self.own.append(time.process_time() - own)

    def plus(self, others: Clocks) -> Clocks:
        """Each step together with the other of its number."""
        pairs = ((self.wall, others.wall), (self.own, others.own))
        return Clocks(*([a + b for a, b in zip(*pair, strict=False)] for pair in pairs))

    def told(self) -> str:
        """Median and 95th percentile in milliseconds, by both clocks."""
        rows = (1000.0 * np.percentile(each, [50, 95]) for each in (self.wall, self.own))
        return "   ".join(f"{median:7.2f} {late:7.2f}" for median, late in rows)


def painted_scene(side: int) -> MemoryScene:
    """Eight soft discs that overlap, over a picture."""
    scene = MemoryScene.of(*(f"phrase {number}" for number in range(LAYERS)), size=(side, side))
    whole = Rect(0, 0, side, side)
    for number, layer in enumerate(scene.layers):
        x, y, size = side * (0.05 + 0.1 * (number % 4)), side * (0.1 + 0.35 * (number // 4)), side * 0.45
        disc = ellipse((x, y), (x + size, y + size), whole)
        mask = TileMask.blank(side, side).with_region(disc.rect, disc.values)
        scene.masks[layer.id] = operations.feather(mask, side / 50.0)
    scene.picture = np.random.default_rng(0).integers(0, 256, (1024, 1024, 3), np.uint8)
    return scene


def spiral(side: int, count: int) -> list[tuple[float, float]]:
    """Points of a hand that goes round in half a second, as a tablet of 240 Hz reports them."""
    turns = np.linspace(0.0, count / 120.0 * 2.0 * np.pi, count)
    radius = side * (0.05 + 0.3 * turns / turns[-1])
    return list(zip(side / 2 + radius * np.cos(turns), side / 2 + radius * np.sin(turns), strict=True))


class TimedView(PaintView):
    """Notes how long it paints; Qt decides when, and may paint several changes at once."""

    def __init__(self, scene: MemoryScene) -> None:
        super().__init__(scene)
        self.paints = Clocks()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        with self.paints.step():
            super().paintEvent(event)

    def settle(self) -> None:
        """Let Qt paint what is waiting to be painted."""
        before = len(self.paints.wall)
        end = time.perf_counter() + 0.1
        while len(self.paints.wall) == before and time.perf_counter() < end:
            QApplication.processEvents()
        if len(self.paints.wall) == before:  # the change was out of sight
            with self.paints.step():
                pass


def measure_stroke(view: TimedView, side: int, brush: Brush) -> tuple[Clocks, Clocks, Clocks]:
    """Event to dirty region, painting that region, and the lift that commits the stroke."""
    view.set_settings(ToolSettings(brush=brush))
    view.settle()
    view.paints = Clocks()
    pen, dirty, lift = Pen(view), Clocks(), Clocks()
    points = spiral(side, POINTS)
    pen.press(*points[0], 0.5)
    for number, point in enumerate(points[1:]):
        with dirty.step():
            pen.move(*point, 0.5 + 0.5 * (number % 60) / 60.0)
        view.settle()
    painted = view.paints
    with lift.step():
        pen.release(*points[-1])
    return dirty, dirty.plus(painted), lift


def measure_looking(view: TimedView, change: Callable[[int], None]) -> Clocks:
    """Whole frames after a change of look."""
    view.settle()
    view.paints = Clocks()
    changes = Clocks()
    for number in range(FRAMES):
        with changes.step():
            change(number)
        view.settle()
    return changes.plus(view.paints)


def measure_changes(scene: MemoryScene, radius: int) -> dict[str, Clocks]:
    """What is worked out aside: every mask feathered, grown and shrunk by `radius` pixels."""
    changes = {"feather": operations.feather, "grow": operations.grow, "shrink": operations.shrink}
    found = {name: Clocks() for name in changes}
    for mask in scene.masks.values():
        for name, change in changes.items():
            with found[name].step():
                change(mask, radius)
    return found


def rested(view: TimedView) -> Clocks:
    """Wait until everything is drawn sharp; the turns of the event loop in which that was worked on."""
    turns, end = Clocks(), time.perf_counter() + 5.0
    while view.unfinished and time.perf_counter() < end:
        with turns.step():
            QApplication.processEvents()
    worked = [number for number, seconds in enumerate(turns.wall) if seconds > 0.001]
    return Clocks([turns.wall[number] for number in worked] or [0.0], [turns.own[number] for number in worked] or [0.0])


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    side = int(arguments[0]) if arguments else 2048
    application = QApplication.instance() or QApplication([])
    view = TimedView(painted_scene(side))
    view.resize(*SIZE)
    view.show()
    application.processEvents()
    write = sys.stdout.write
    write(f"{side} x {side}, {LAYERS} layers, window {SIZE[0]} x {SIZE[1]}; milliseconds, median and p95\n")
    write(f"{'':34}{'wall':>15}{'process':>18}\n")
    for zoom in (view.projection.zoom, 1.0, 3.0):
        view.zoom_to(zoom)
        for size, hardness in ((50.0, 0.0), (300.0, 0.5)):
            dirty, painted, lift = measure_stroke(view, side, Brush(size=size, hardness=hardness))
            name = f"{size:.0f} px brush at {100 * zoom:.0f} %"
            for what, clocks in (("dirty", dirty), ("painted", painted), ("lift", lift)):
                write(f"{name + ', ' + what:34}{clocks.told()}\n")
    view.fit()
    looks: dict[str, Callable[[int], None]] = {
        "pan": lambda number: view.look(view.projection.panned(7.0 if number % 20 < 10 else -7.0, 3.0)),
        "zoom": lambda number: view.zoom_to(view.projection.zoom * (1.1 if number % 20 < 10 else 1 / 1.1)),
        "turn": lambda _: view.turn_right(),
    }
    for name, change in looks.items():
        rested(view)
        write(f"{name + ', whole frame':34}{measure_looking(view, change).told()}\n")
        write(f"{name + ', a step of sharpening':34}{rested(view).told()}\n")
    for radius in (8, 32, 64):
        for name, clocks in measure_changes(painted_scene(side), radius).items():
            write(f"{f'{name} by {radius} px, aside':34}{clocks.told()}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
