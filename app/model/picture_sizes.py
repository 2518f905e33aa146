"""The sizes that the models of a picture can draw, read from their cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import gcd

from app.model.document import Document
from app.model.edits.enlarging import Enlargement
from app.model.face import REFINE, Face
from app.model.model_cards import MODEL, Models, model_of
from engine.api.cards import PartCard
from engine.api.cascade import cascade
from engine.api.sizes import WIDEST, Size, buckets, drawn_size
from nodes.graph.model import End, Link


def native_side(document: Document, face: Face, models: Models) -> int | None:
    """The side of the square for which what draws the finished picture was trained; None when no card tells it."""
    for solve in reversed(face.solves):
        sides = [part.size for _, part in _parts(document, solve, models)]
        if sides:
            return max(sides)
    return None


def enlargement(document: Document, face: Face, models: Models) -> Enlargement | None:
    """The next size of the model that draws the finished picture; None where it draws nothing larger."""
    if not face.solves:
        return None
    for name, part in _parts(document, face.solves[-1], models):
        card = models.cards[model_of(document.nodes[name]) or ""]
        larger = next((stage for stage in cascade(card) if stage.size > part.size), None)
        if larger is not None and document.nodes[name].type != MODEL:
            return Enlargement(larger.size, name, tuple(each.name for each in larger.drawing))
    return None


def smaller_side(document: Document, face: Face, models: Models) -> int | None:
    """The side of the picture that the last solve enlarges, if that was enlarged itself; None where it was not."""
    if len(face.solves) < 2:
        return None
    last, before = face.solves[-1], face.solves[-2]
    wires = {link.target: link.source for link in document.graph.links if link.target.port == "low_resolution"}
    if wires.get(End(last, "low_resolution")) != End(before, "image"):
        return None
    deeper = End(before, "low_resolution") in wires or document.nodes[before].type == REFINE
    return native_side(document, replace(face, solves=face.solves[:-1]), models) if deeper else None


def offered_sizes(native: int | None) -> tuple[Size, ...]:
    """The sizes that are drawn just as they are asked for."""
    return () if native is None else buckets(native)


def drawn_instead(native: int | None, width: int, height: int) -> Size | None:
    """The size that is drawn when another one is asked for; None when it is the same, or nobody knows."""
    if native is None or max(width, height) > WIDEST * min(width, height):
        return None
    drawn = drawn_size(native, width, height)
    return None if drawn == (width, height) else drawn


def ratio(width: int, height: int) -> str:
    """The proportions of a picture in small numbers, "3:2"."""
    common = gcd(width, height)
    return f"{width // common}:{height // common}"


def _parts(document: Document, solve: str, models: Models) -> Iterator[tuple[str, PartCard]]:
    """The parts of models whose denoisers reach the `denoiser` input of a solve, through whatever lies between.

    Each with the node that gives it.
    """
    waiting, met = [solve], {solve}
    while waiting:
        into = waiting.pop()
        for link in document.graph.links:
            if link.target.node == into and (into != solve or link.target.port == "denoiser"):
                part = _part(document, link, models)
                if part is not None:
                    yield link.source.node, part
                elif link.source.node not in met:
                    met.add(link.source.node)
                    waiting.append(link.source.node)


def _part(document: Document, link: Link, models: Models) -> PartCard | None:
    node = document.nodes.get(link.source.node)
    return None if node is None else models.part_of(node, link.source.port)
