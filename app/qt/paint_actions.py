"""What menus and keys do to phrases, to their paint, to the tools and to the view of the canvas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from app.model import edits
from app.model.aside import Aside
from app.model.layers import Layer
from app.model.paint_changes import Change, PaintChanges
from app.paint import operations
from app.paint.brush import Brush
from app.paint.tiles import TileMask
from app.paint.toolbox import Tool
from app.qt.actions import Actions
from app.qt.desk import Desk
from app.qt.paint_page import PaintPage
from app.qt.panels.messages import MessageBar

_CELLS = (32, 16, 8)
_LONG = frozenset({"Feather", "Grow", "Shrink"})
"""What takes longer than a frame on a large canvas."""


def bind_painting(actions: Actions, desk: Desk, page: PaintPage, messages: MessageBar, aside: Aside) -> None:
    """Give the actions of the Paint workspace something to do; what takes long on large paint is done aside."""
    _bind_phrases(actions, desk, page, messages)
    _bind_changes(
        actions, desk, page, messages, PaintChanges(partial(_painted, desk), desk.commit, aside, messages.say)
    )
    _bind_tools(actions, page)
    _bind_view(actions, page)


def _bind_phrases(actions: Actions, desk: Desk, page: PaintPage, messages: MessageBar) -> None:
    bind, details, lines = actions.bind, page.phrases.details, page.sentence.lines
    bind("phrase.above", lambda: desk.step_active(1))
    bind("phrase.below", lambda: desk.step_active(-1))
    bind("phrase.raise", lambda: details.shift(1))
    bind("phrase.lower", lambda: details.shift(-1))
    bind("phrase.solo", lambda: _turn_layer(desk, "Show alone", lambda held: replace(held, solo=not held.solo)))
    bind("phrase.lock", lambda: _turn_layer(desk, "Lock", lambda held: replace(held, locked=not held.locked)))
    bind("phrase.rebind", lambda: _rebind(desk, page, messages))
    bind("phrase.near", page.sentence.offer_near)
    bind("phrase.negative", lines.negative.open)
    bind("phrase.switch", lines.switch.open)
    bind("phrase.duplicate", details.duplicate)
    bind("phrase.delete", details.delete)


def _bind_changes(actions: Actions, desk: Desk, page: PaintPage, messages: MessageBar, painting: PaintChanges) -> None:
    details = page.phrases.details
    changes: dict[str, Callable[[float], Change]] = {
        "Clear": lambda _edge: operations.clear,
        "Invert": lambda _edge: operations.invert,
        "Feather": lambda edge: lambda mask: operations.feather(mask, edge),
        "Grow": lambda edge: lambda mask: operations.grow(mask, round(edge)),
        "Shrink": lambda edge: lambda mask: operations.shrink(mask, round(edge)),
        "Mirror": lambda _edge: lambda mask: operations.mirror(mask, across=True),
    }

    def begin(label: str) -> None:
        layer = _free_layer(desk, messages)
        if layer is not None:
            change = changes[label](details.edge.value or 0.0)
            painting.begin(f"{label} “{layer.phrase}”", layer.id, change, long=label in _LONG)

    for label in changes:
        actions.bind(f"phrase.{label.lower()}", partial(begin, label), page)


def _bind_tools(actions: Actions, page: PaintPage) -> None:
    bind, view = actions.bind, page.view
    for tool in Tool:
        bind(f"tool.{tool.value}", partial(view.set_tool, tool), page)
    actions.group(*(f"tool.{tool.value}" for tool in Tool))
    bind("brush.swap", view.swap_erasing, page)
    bind("brush.smaller", lambda: view.change_tip(Brush.smaller), page)
    bind("brush.larger", lambda: view.change_tip(Brush.larger), page)
    bind("brush.softer", lambda: view.change_tip(Brush.softer), page)
    bind("brush.harder", lambda: view.change_tip(Brush.harder), page)


def _bind_view(actions: Actions, page: PaintPage) -> None:
    bind, view = actions.bind, page.view
    bind("view.thirds", lambda: view.set_thirds(actions["view.thirds"].isChecked()))
    bind("view.painted", lambda: view.show_cells(None))
    for cells in _CELLS:
        bind(f"view.cells-{cells}", partial(view.show_cells, cells))
    actions.group("view.painted", *(f"view.cells-{cells}" for cells in _CELLS))
    bind("view.fit", view.fit, page)
    bind("view.real-size", lambda: view.zoom_to(1.0), page)
    view.bind_keys({})  # the actions have them, so that they can be rebound
    bind("view.turn-left", view.turn_left, page)
    bind("view.turn-right", view.turn_right, page)
    bind("view.upright", view.turn_upright, page)


def _turn_layer(desk: Desk, label: str, change: Callable[[Layer], Layer]) -> None:
    layer = desk.active_phrase
    if layer is not None:
        desk.change_layer(label, change(layer))


def _rebind(desk: Desk, page: PaintPage, messages: MessageBar) -> None:
    layer, masks = desk.active_phrase, desk.face.masks
    if layer is None or masks is None:
        messages.say("Choose a phrase in the list first, then select the words it shall be bound to.")
    else:
        words = page.prompt.selected_characters()
        desk.edit("Bind to other words", edits.rebind_layer, masks, layer.id, *words)


def _free_layer(desk: Desk, messages: MessageBar) -> Layer | None:
    """The chosen phrase, when its paint may be changed; else it is said why not."""
    layer = desk.active_phrase
    if layer is None:
        messages.say("Choose a phrase to paint on first.")
    elif layer.locked:
        messages.say(f"“{layer.title}” is locked. Unlock it in the list of phrases.")
        return None
    return layer


def _painted(desk: Desk, layer_id: str) -> TileMask | None:
    return desk.mask(layer_id) if any(layer.id == layer_id for layer in desk.phrases) else None
