"""What the actions of the program do on one canvas; their words and first keys are those of `app.model.actions`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QKeyCombination, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu

from app.model.actions import ACTIONS, Action
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
    """An action of the program's list, and what it does on this canvas."""

    action: Action
    run: Callable[[], None]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that it has at first."""
        return self.action.keys


class Commands:
    """The commands of one view, and the keys that they have now."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        done = {**_editing(view), **_components(view), **_arranging(view), **_seeing(view)}
        self.all = {action.id: Command(action, done[action.id]) for action in ACTIONS if action.id in done}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._by_key: dict[str, Command] = {}
        self.bind({command.action.id: command.keys for command in self.all.values()})

    def bind(self, keys: dict[str, tuple[str, ...]]) -> None:
        """Give commands these keys; those not named have none, for a window that hears the keys itself."""
        self._keys = keys
        self._by_key = {
            QKeySequence(key).toString(): self.all[name] for name, several in keys.items() for key in several
        }

    def take(self, event: QKeyEvent) -> bool:
        """Run the command of a key; False when it has none."""
        command = next(filter(None, map(self._by_key.get, _keys_of(event))), None)
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
            view.editing.add(pointer.scene)

    def _open_node(self, node: str, pointer: Pointer) -> None:
        view = self._view
        if pointer.scene.y() - view.canvas.nodes[node].y() < HEADER:
            view.writing.node_title(node)
        elif not view.writing.node_value(node, pointer.scene) and not view.walking.enter(node):
            view.look_at(node)

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
        is_component = node is not None and node.component is not None
        for group in _menu_of(hit, is_component=is_component, is_inside=bool(self._view.focus.places)):
            self._fill(menu, group, pointer.scene)
            menu.addSeparator()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def _fill(self, menu: QMenu, names: Iterable[str], where: QPointF) -> None:
        at_point = {
            "canvas.add": self._view.editing.add,
            "canvas.paste": self._view.editing.paste,
            "canvas.note": self._view.editing.note,
        }
        for name in names:
            command = self.all[name]
            action = menu.addAction(command.action.title)
            action.setShortcuts([QKeySequence(key) for key in self._keys.get(name, ())])
            action.setShortcutVisibleInContextMenu(True)
            if name in at_point:
                action.triggered.connect(lambda _=False, run=at_point[name]: run(where))
            else:
                action.triggered.connect(lambda _=False, run=command.run: run())


def _keys_of(event: QKeyEvent) -> Iterator[str]:
    """What was struck, as keys are listed: a sign that takes Shift to be typed may be listed without it."""
    yield QKeySequence(event.keyCombination()).toString()
    key = event.key()
    if 0x21 <= key <= 0x7E and not chr(key).isalnum():
        bare = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        yield QKeySequence(QKeyCombination(bare, Qt.Key(key))).toString()


_ON_COMPONENT = ("enter", "make-unique", "take-apart", "keep-component", "save-component")


def _menu_of(hit: Hit, *, is_component: bool, is_inside: bool) -> tuple[tuple[str, ...], ...]:
    groups: tuple[tuple[str, ...], ...]
    if hit.node is not None:
        groups = (
            ("look", "rename", "wire", "mute"),
            ("cut", "copy", "duplicate", "delete"),
            ("component", *(_ON_COMPONENT if is_component else ()), *(("show-outside",) if is_inside else ())),
            ("frame", *(f"align-{how.name.lower()}" for how in Align)),
        )
    elif hit.link is not None:
        groups = (("delete",),)
    elif hit.frame is not None and hit.thing:
        groups = (("copy", "duplicate", "delete"),)
    else:
        groups = (
            ("add", "paste", "note", "insert-component"),
            ("select-all", "fit", "real-size", *(("leave",) if is_inside else ())),
        )
    return tuple(tuple(f"canvas.{name}" for name in group) for group in groups)


Done = dict[str, Callable[[], None]]
"""What commands do, by their ids."""


def _editing(view: CanvasView) -> Done:
    editing = view.editing
    return {
        "canvas.add": editing.add,
        "canvas.delete": editing.remove,
        "canvas.delete-apart": lambda: editing.remove(reconnect=False),
        "canvas.wire": view.stepping.wire,
        "canvas.mute": editing.mute,
        "canvas.cut": editing.cut,
        "canvas.copy": lambda: _ignore(editing.copy()),
        "canvas.paste": editing.paste,
        "canvas.duplicate": editing.duplicate,
        "canvas.duplicate-wired": lambda: editing.duplicate(with_wires=True),
        "canvas.rename": lambda: _rename(view),
        "canvas.frame": editing.frame,
        "canvas.note": editing.note,
    }


def _components(view: CanvasView) -> Done:
    parts = view.parts
    return {
        "canvas.component": parts.make,
        "canvas.enter": parts.enter,
        "canvas.leave": view.walking.leave,
        "canvas.show-outside": parts.show_outside,
        "canvas.make-unique": parts.make_unique,
        "canvas.take-apart": parts.take_apart,
        "canvas.keep-component": parts.keep,
        "canvas.save-component": parts.save,
        "canvas.insert-component": parts.choose_file,
    }


def _arranging(view: CanvasView) -> Done:
    editing = view.editing
    steps = {"left": (-GRID, 0), "right": (GRID, 0), "up": (0, -GRID), "down": (0, GRID)}
    ways = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
    return {
        **{f"canvas.align-{how.name.lower()}": partial(editing.align, how) for how in Align},
        "canvas.distribute-across": lambda: editing.distribute(Spread.ACROSS),
        "canvas.distribute-down": lambda: editing.distribute(Spread.DOWN),
        **{f"canvas.nudge-{name}": partial(editing.nudge, *step) for name, step in steps.items()},
        **{f"canvas.go-{name}": partial(view.stepping.go, *way) for name, way in ways.items()},
    }


def _seeing(view: CanvasView) -> Done:
    return {
        "canvas.select-all": view.editing.select_all,
        "canvas.select-none": lambda: view.canvas.select(NONE),
        "canvas.lasso": view.hand.arm_lasso,
        "canvas.fit": lambda: _fit(view),
        "canvas.real-size": lambda: view.navigation.zoom_to(1.0),
        "canvas.zoom-in": lambda: view.navigation.zoom_to(view.zoom * 1.25),
        "canvas.zoom-out": lambda: view.navigation.zoom_to(view.zoom / 1.25),
        "canvas.look": lambda: _look(view),
    }


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
