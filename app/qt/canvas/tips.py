"""What is told when the pointer rests on something."""

from __future__ import annotations

from html import escape

from app.qt.canvas.card import Spot
from app.qt.canvas.facts import happened
from app.qt.canvas.hits import Hit
from app.qt.canvas.scene import CanvasScene


def tip_of(scene: CanvasScene, hit: Hit) -> str:
    """Rich text for what the pointer is on; empty when there is nothing to say."""
    if hit.node is not None and hit.spot is not None:
        return _port(hit.spot)
    if hit.node is not None:
        return _node(scene, hit.node)
    if hit.link is not None:
        source, target = hit.link
        what = scene.carried(source)
        carries = f"a list of {what.kind.title}" if what.is_list else what.kind.title
        return _lines(
            f"{scene.title(source.node)} → {scene.title(target.node)}", f"{target.port.replace('_', ' ')}: {carries}"
        )
    return ""


def _port(spot: Spot) -> str:
    kind = f"list of {spot.kind.title}" if spot.is_list else spot.kind.title
    more = " · several wires" if spot.many else ""
    more += "" if spot.is_output or spot.required or spot.parameter else " · optional"
    return _lines(f"{spot.title} · {kind}{more}", spot.help)


def _node(scene: CanvasScene, name: str) -> str:
    card, shape = scene.nodes[name].card, scene.shape(name)
    help_text = shape.spec.help if shape is not None else "This type is not known here; its values are kept."
    told = (help_text, happened(card.facts), *card.facts.notes) if not card.problem else ()
    return _lines(card.title, card.problem, card.note, *told)


def _lines(title: str, *others: str) -> str:
    rest = "".join(f"<div>{escape(line)}</div>" for line in others if line)
    return f"<div style='max-width:360px'><b>{escape(title)}</b>{rest}</div>"
