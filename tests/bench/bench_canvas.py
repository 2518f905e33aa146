"""Figures of the node canvas: python -m tests.bench.bench_canvas [NODES ...]

Frames are drawn by Qt's raster engine into a window of 1920x1080 without a display. Two clocks are printed: the wall's,
and the time that this thread really had, which is the one to compare on a machine busy with something else.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF
from PySide6.QtWidgets import QApplication

from app.model.document import Document
from app.model.session import Session
from app.qt.canvas.changes import moved
from app.qt.canvas.facts import Facts
from app.qt.canvas.selection import Selection
from app.qt.canvas.view import CanvasView
from engine.api.plan import Json
from nodes.graph.model import End, Graph, Link, Node
from nodes.registry import built_in

SIZE = (1920, 1080)
FRAMES = 60
PITCH = (280.0, 420.0)

_COLUMN: tuple[tuple[str, Mapping[str, Json]], ...] = (
    ("sinopia.prompt", {"text": "a rabbit by a castle under a night sky, in watercolour"}),
    ("sinopia.storybook", {}),
    ("sinopia.denoise", {"steps": 24, "guidance": 4.0}),
    ("sinopia.refine", {"strength": 0.4}),
    ("sinopia.save-image", {"name": "picture"}),
)
_WIRES = (
    (0, "conditioning", 2, "prompt"),
    (1, "base", 2, "denoiser"),
    (2, "image", 3, "image"),
    (1, "refiner", 3, "denoiser"),
    (0, "conditioning", 3, "prompt"),
    (3, "image", 4, "image"),
)


def studio_like(count: int) -> Graph:
    """About `count` nodes as artists wire them: many small graphs side by side, each of five nodes and six wires."""
    columns = max(1, round((count / len(_COLUMN)) ** 0.5))
    nodes, links = [], []
    for group in range(count // len(_COLUMN)):
        left, top = (group % columns) * len(_COLUMN) * PITCH[0], (group // columns) * PITCH[1]
        for place, (kind, params) in enumerate(_COLUMN):
            nodes.append(Node(f"g{group}n{place}", kind, params=params, x=left + place * PITCH[0], y=top))
        links += [Link(End(f"g{group}n{a}", out), End(f"g{group}n{b}", into)) for a, out, b, into in _WIRES]
    return Graph(tuple(nodes), tuple(links))


@dataclass
class Clocks:
    """Milliseconds of each repetition, by both clocks."""

    wall: list[float]
    own: list[float]

    @staticmethod
    def of(step: Callable[[], object], times: int) -> Clocks:
        """Repeat a step and take its time."""
        clocks = Clocks([], [])
        for _ in range(times):
            wall, own = time.perf_counter(), time.thread_time()
            step()
            clocks.wall.append((time.perf_counter() - wall) * 1000)
            clocks.own.append((time.thread_time() - own) * 1000)
        return clocks

    def told(self) -> str:
        """Median and 95th percentile."""
        return (
            f"{_at(self.own, 50):8.1f} {_at(self.own, 95):8.1f}   {_at(self.wall, 50):8.1f} {_at(self.wall, 95):8.1f}"
        )


def _at(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]


class Bench:
    """One canvas of one size."""

    def __init__(self, count: int) -> None:
        self.graph = studio_like(count)
        self.opening = Clocks.of(self._open, 1)

    def _open(self) -> None:
        """From a graph in memory to the first picture of all of it."""
        self.session = Session(Document(self.graph))
        self.view = CanvasView(self.session, built_in(), Facts())
        self.view.resize(*SIZE)
        self.view.show()
        QApplication.processEvents()  # only an exposed window is painted
        self.view.navigation.fit(self.view.canvas.content())
        self._draw()

    def _draw(self) -> None:
        self.view.viewport().repaint()

    def run(self) -> None:
        """Print every figure."""
        count = len(self.graph.nodes)
        print(f"\n{count} nodes, {len(self.graph.links)} wires        thread ms: median p95      wall ms: median p95")
        self._tell("open, first picture", self.opening)
        self._tell("fit all, repaint", Clocks.of(self._draw, FRAMES))
        for zoom in (2.0, 1.0, 0.5, 0.3, 0.24, 0.1):
            self._go(zoom)
            self._tell(f"pan at {zoom:.0%}", Clocks.of(self._pan, FRAMES))
        self._tell("zoom from 10 % to 200 %", self._zoomed(1.05))
        self._tell("zoom from 200 % to 10 %", self._zoomed(1 / 1.05))
        self._go(1.0)
        self._tell("drag one node", Clocks.of(self._drag, FRAMES))
        self._go(0.2)
        self._tell("drag one node at 20 %", Clocks.of(self._drag, FRAMES))
        self.view.close()
        self.view.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _tell(self, name: str, clocks: Clocks) -> None:
        print(f"  {name:34s} {clocks.told()}")

    def _go(self, zoom: float) -> None:
        self.view.navigation.zoom_to(zoom)
        self.view.centre_on(self.view.canvas.content().center())
        for _ in range(200):
            self._draw()
            if not self.view.canvas.pixmaps.owed:
                return

    def _pan(self) -> None:
        self.view.pan_by(QPointF(-37, -11))
        self._draw()

    def _zoomed(self, factor: float) -> Clocks:
        self._go(0.1 if factor > 1 else 2.0)
        middle = QRectF(self.view.viewport().rect()).center()

        def step() -> None:
            self.view.zoom_at(factor, middle)
            self._draw()

        return Clocks.of(step, 61)

    def _drag(self) -> None:
        name = self.graph.nodes[len(self.graph.nodes) // 2].id
        self.view.preview(moved(self.view.document, Selection.of(nodes=(name,)), 8.0, 8.0))
        self._draw()
        self.view.revert()


def main(counts: Sequence[int]) -> None:
    """Measure canvases of these sizes."""
    application = QApplication.instance() or QApplication([])
    application.setApplicationName("bench")
    for count in counts:
        Bench(count).run()


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [1000, 10_000])
