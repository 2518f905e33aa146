"""What can be done on the canvas besides gestures, each with its keys. The window makes its menus from this list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu

from app.qt.canvas.changes import Align, Spread, with_dots_on
from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import Pointer
from app.qt.canvas.interactions.wires import gap_at
from app.qt.canvas.look import GRID, HEADER
from app.qt.canvas.scene import united
from app.qt.canvas.selection import NONE, Selection

if TYPE_CHECKING:
    from app.qt.canvas.view import CanvasView


@dataclass(frozen=True)
class Command:
    """Something to do: an id, what menus call it, and the keys that it has at first."""

    id: str
    title: str
    keys: tuple[str, ...]
    run: Callable[[], None]


class Commands:
    """The commands of one view, and the keys that they have now."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self.all = {command.id: command for command in (*_editing(view), *_arranging(view), *_seeing(view))}
        self._by_key: dict[str, Command] = {}
        self.bind({command.id: command.keys for command in self.all.values()})

    def bind(self, keys: dict[str, tuple[str, ...]]) -> None:
        """Give commands these keys; those not named have none, for a window that hears the keys itself."""
        self._by_key = {
            QKeySequence(key).toString(): self.all[name] for name, several in keys.items() for key in several
        }

    def take(self, event: QKeyEvent) -> bool:
        """Run the command of a key; False when it has none."""
        command = self._by_key.get(QKeySequence(event.keyCombination()).toString())
        if command is not None:
            command.run()
        return command is not None

    def run(self, name: str) -> None:
        """Run a command by its id."""
        self.all[name].run()

    def open_at(self, hit: Hit, pointer: Pointer) -> None:
        """What a double-click means: write on what has words, take a dot off a wire, or add a node."""
        view = self._view
        if hit.node is not None and hit.spot is None:
            self._open_node(hit.node, pointer)
        elif hit.link is not None:
            self._toggle_dot(hit, pointer)
        elif hit.frame is not None and hit.handle:
            item = view.canvas.frames[hit.frame]
            (view.writing.frame_note if item.is_note else view.writing.frame_title)(hit.frame)
        elif not hit.thing:
            view.add_at(pointer.scene)

    def _open_node(self, node: str, pointer: Pointer) -> None:
        if pointer.scene.y() - self._view.canvas.nodes[node].y() < HEADER:
            self._view.writing.node_title(node)
        elif not self._view.writing.node_text(node, pointer.scene):
            self._view.look_at(node)

    def _toggle_dot(self, hit: Hit, pointer: Pointer) -> None:
        assert hit.link is not None
        item = self._view.canvas.links[hit.link]
        dots = list(item.dots)
        if hit.dot is None:
            dots.insert(gap_at(item, pointer.scene), (pointer.scene.x(), pointer.scene.y()))
        else:
            del dots[hit.dot]
        self._view.commit("Lead a wire", with_dots_on(self._view.document, hit.link, dots))

    def show_menu(self, hit: Hit, pointer: Pointer, where: QPoint) -> None:
        """Show what can be done with what is under the pointer."""
        if hit.thing and not self._view.canvas.selection.holds(hit.thing):
            self._view.canvas.select(hit.thing)
        menu = QMenu(self._view)
        node = self._view.document.nodes.get(hit.node or "")
        for group in _menu_of(hit, is_component=node is not None and node.component is not None):
            self._fill(menu, group, pointer.scene)
            menu.addSeparator()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def _fill(self, menu: QMenu, names: Iterable[str], where: QPointF) -> None:
        at_point = {
            "canvas.add": self._view.add_at,
            "canvas.paste": self._view.editing.paste,
            "canvas.note": self._view.editing.note,
        }
        for name in names:
            command = self.all[name]
            action = menu.addAction(command.title)
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.setShortcutVisibleInContextMenu(True)
            if name in at_point:
                action.triggered.connect(lambda _=False, run=at_point[name]: run(where))
            else:
                action.triggered.connect(lambda _=False, run=command.run: run())


_ON_COMPONENT = ("canvas.make-unique", "canvas.take-apart", "canvas.keep-component")


def _menu_of(hit: Hit, *, is_component: bool) -> tuple[tuple[str, ...], ...]:
    if hit.node is not None:
        return (
            ("canvas.look", "canvas.rename", "canvas.wire", "canvas.mute"),
            ("canvas.cut", "canvas.copy", "canvas.duplicate", "canvas.delete"),
            ("canvas.component", *(_ON_COMPONENT if is_component else ())),
            ("canvas.frame", *(f"canvas.align-{how.name.lower()}" for how in Align)),
        )
    if hit.link is not None:
        return (("canvas.delete",),)
    if hit.frame is not None and hit.thing:
        return (("canvas.copy", "canvas.duplicate", "canvas.delete"),)
    return ("canvas.add", "canvas.paste", "canvas.note"), ("canvas.select-all", "canvas.fit", "canvas.real-size")


def _editing(view: CanvasView) -> tuple[Command, ...]:
    editing = view.editing
    return (
        Command("canvas.add", "Add Node…", ("Tab",), view.add_at),
        Command("canvas.delete", "Delete and Reconnect", ("Del", "Backspace"), editing.remove),
        Command("canvas.delete-apart", "Delete", ("Shift+Del",), lambda: editing.remove(reconnect=False)),
        Command("canvas.wire", "Wire…", ("W",), view.stepping.wire),
        Command("canvas.mute", "Mute", ("M",), editing.mute),
        Command("canvas.cut", "Cut", ("Ctrl+X",), editing.cut),
        Command("canvas.copy", "Copy", ("Ctrl+C",), lambda: _ignore(editing.copy())),
        Command("canvas.paste", "Paste", ("Ctrl+V",), editing.paste),
        Command("canvas.duplicate", "Duplicate", ("Ctrl+D",), editing.duplicate),
        Command(
            "canvas.duplicate-wired",
            "Duplicate with Wires",
            ("Ctrl+Shift+D",),
            lambda: editing.duplicate(with_wires=True),
        ),
        Command("canvas.rename", "Rename…", ("F2",), lambda: _rename(view)),
        Command("canvas.component", "Make Component…", ("Ctrl+Shift+G",), view.parts.make),
        Command("canvas.make-unique", "Make Unique", (), view.parts.make_unique),
        Command("canvas.take-apart", "Take Component Apart", (), view.parts.take_apart),
        Command("canvas.keep-component", "Keep Component in Library", (), view.parts.keep),
        Command("canvas.frame", "Frame", ("Ctrl+G",), editing.frame),
        Command("canvas.note", "Add Note", ("N",), editing.note),
    )


def _arranging(view: CanvasView) -> tuple[Command, ...]:
    editing = view.editing
    names = {Align.CENTRE: "Centres", Align.MIDDLE: "Middles"}
    align = (
        Command(
            f"canvas.align-{how.name.lower()}",
            f"Align {names.get(how, how.name.title() + ' Edges')}",
            (),
            partial(editing.align, how),
        )
        for how in Align
    )
    steps = {"Left": (-GRID, 0), "Right": (GRID, 0), "Up": (0, -GRID), "Down": (0, GRID)}
    nudge = (
        Command(f"canvas.nudge-{key.lower()}", f"Nudge {key}", (key,), partial(editing.nudge, *step))
        for key, step in steps.items()
    )
    ways = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}
    go = (
        Command(f"canvas.go-{key.lower()}", f"Go {key}", (f"Alt+{key}",), partial(view.stepping.go, *way))
        for key, way in ways.items()
    )
    return (
        *align,
        Command("canvas.distribute-across", "Distribute Across", (), lambda: editing.distribute(Spread.ACROSS)),
        Command("canvas.distribute-down", "Distribute Down", (), lambda: editing.distribute(Spread.DOWN)),
        *nudge,
        *go,
    )


def _seeing(view: CanvasView) -> tuple[Command, ...]:
    return (
        Command("canvas.select-all", "Select All", ("Ctrl+A",), view.editing.select_all),
        Command("canvas.select-none", "Select Nothing", ("Ctrl+Shift+A",), lambda: view.canvas.select(NONE)),
        Command("canvas.lasso", "Lasso", ("Q",), view.arm_lasso),
        Command("canvas.fit", "Fit", ("Home",), lambda: _fit(view)),
        Command("canvas.real-size", "100 %", ("Shift+1", "!"), lambda: view.navigation.zoom_to(1.0)),
        Command("canvas.zoom-in", "Zoom In", ("Ctrl++", "Ctrl+="), lambda: view.navigation.zoom_to(view.zoom * 1.25)),
        Command("canvas.zoom-out", "Zoom Out", ("Ctrl+-",), lambda: view.navigation.zoom_to(view.zoom / 1.25)),
        Command("canvas.look", "Look at the Result", (), lambda: _look(view)),
    )


def _fit(view: CanvasView) -> None:
    """Show all that is selected; when that is nothing, everything."""
    canvas = view.canvas
    chosen = [*canvas.boxes(canvas.selection.nodes), *(canvas.frames[name].box for name in canvas.selection.frames)]
    view.navigation.fit(united(chosen) if chosen else canvas.content())


def _look(view: CanvasView) -> None:
    for node in view.canvas.selection.nodes:
        view.look_at(node)
        return


def _rename(view: CanvasView) -> None:
    selection: Selection = view.canvas.selection
    if len(selection.nodes) == 1:
        view.writing.node_title(next(iter(selection.nodes)))
    elif len(selection.frames) == 1:
        view.writing.frame_title(next(iter(selection.frames)))


def _ignore(_result: object) -> None:
    """A command gives nothing back."""
