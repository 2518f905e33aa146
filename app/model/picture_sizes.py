"""The sizes that the models of a picture can draw, read from their cards."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from app.model.document import Document
from app.model.face import Face
from app.model.model_cards import Models
from engine.api.cards import PartCard
from engine.api.sizes import WIDEST, Size, buckets, drawn_size
from nodes.graph.model import Link


def native_side(document: Document, face: Face, models: Models) -> int | None:
    """The side of the square for which what draws the finished picture was trained; None when no card tells it."""
    for solve in reversed(face.solves):
        sides = [part.size for part in _parts(document, solve, models)]
        if sides:
            return max(sides)
    return None


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


def _parts(document: Document, solve: str, models: Models) -> Iterator[PartCard]:
    """The parts of models whose denoisers reach the `denoiser` input of a solve, through whatever lies between."""
    waiting, met = [solve], {solve}
    while waiting:
        into = waiting.pop()
        for link in document.graph.links:
            if link.target.node == into and (into != solve or link.target.port == "denoiser"):
                part = _part(document, link, models)
                if part is not None:
                    yield part
                elif link.source.node not in met:
                    met.add(link.source.node)
                    waiting.append(link.source.node)


def _part(document: Document, link: Link, models: Models) -> PartCard | None:
    node = document.nodes.get(link.source.node)
    return None if node is None else models.part_of(node, link.source.port)
