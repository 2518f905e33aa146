"""Edits of the noise timeline: every one is an edit of the nodes behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from app.model.document import Document
from app.model.edits.graph import add_node
from app.model.edits.phrases import set_layer
from app.model.edits.primitives import NewId, node_of, spec_of, with_links, with_parameters
from app.model.layers import layer_of
from app.model.timeline import EXPERT
from app.model.timeline_values import Boundary, Span, Window
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.graph.model import End, Link
from nodes.registry import Registry

WindowEnd: TypeAlias = Literal["begin", "finish"]

BELOW = 160.0
"""How far under a model an Expert node is put, in canvas units."""

DIGITS = 4
"""Significant digits of a noise level that was dragged: more would only look exact."""


def move_boundary(
    document: Document, registry: Registry, boundary: Boundary, sigma: float, ids: NewId = new_id
) -> Document:
    """Let two experts hand over at another noise level, held between their outer ends.

    An expert that has its interval from its model gets an Expert node, which says the new one.
    """
    if not boundary.lowest < boundary.highest:
        raise EditError("There is no room between these experts. Move their outer ends apart first.")
    held = _rounded(min(max(sigma, boundary.lowest), boundary.highest))
    document, upper = ensure_expert(document, registry, boundary.upper, ids)
    document, lower = ensure_expert(document, registry, boundary.lower, ids)
    document = with_parameters(document, upper, sigma_to=held)
    return with_parameters(document, lower, sigma_from=held)


def set_span_guidance(
    document: Document, registry: Registry, span: Span, guidance: float | None, ids: NewId = new_id
) -> Document:
    """Give an expert a guidance of its own; None takes that of the solve again."""
    document, expert = ensure_expert(document, registry, span, ids)
    return with_parameters(document, expert, guidance=guidance)


def set_span_sampler(
    document: Document, registry: Registry, span: Span, sampler: str | None, ids: NewId = new_id
) -> Document:
    """Give an expert a sampler of its own; None takes that of the solve again."""
    document, expert = ensure_expert(document, registry, span, ids)
    return with_parameters(document, expert, sampler=sampler)


def move_window(document: Document, window: Window, end: WindowEnd, at: float) -> Document:
    """Let a painted phrase or a style begin, or stop, to act at another fraction of the steps."""
    held = round(min(max(at, 0.0), 1.0), DIGITS)
    if window.layer is None:
        node_of(document, window.node)
        return with_parameters(document, window.node, **{end: held})
    layer = layer_of(document, window.node, window.layer)
    changed = replace(layer, begin=held) if end == "begin" else replace(layer, finish=held)
    return set_layer(document, window.node, changed)


def move_switch(document: Document, node: str, at: float) -> Document:
    """Let a prompt change at another fraction of the steps."""
    node_of(document, node)
    return with_parameters(document, node, at=round(min(max(at, 0.0), 1.0), DIGITS))


def move_start(document: Document, node: str, sigma: float) -> Document:
    """Let a solve start at another noise level."""
    node_of(document, node)
    return with_parameters(document, node, sigma_start=_rounded(sigma))


def move_end(document: Document, node: str, sigma: float) -> Document:
    """Let a solve stop at another noise level, for another one to go on."""
    node_of(document, node)
    return with_parameters(document, node, sigma_end=_rounded(sigma))


def set_strength(document: Document, node: str, strength: float) -> Document:
    """Let refining make another share of the picture anew."""
    node_of(document, node)
    return with_parameters(document, node, strength=round(min(max(strength, 0.0), 1.0), DIGITS))


def ensure_expert(document: Document, registry: Registry, span: Span, ids: NewId = new_id) -> tuple[Document, str]:
    """The Expert node of a span; one is put between model and ensemble, with the model's interval, if there is none."""
    if span.expert is not None and span.expert in document.nodes:
        return document, span.expert
    wire = Link(span.source, span.wire)
    if not any(link.source == span.source and link.target == span.wire for link in document.graph.links):
        raise EditError("This denoiser is no longer wired there. Choose it again.")
    model, node = node_of(document, span.source.node), ids()
    interval = {"sigma_from": span.sigma_from, "sigma_to": span.sigma_to}
    document = add_node(document, spec_of(registry, EXPERT), node, model.x, model.y + BELOW, interval)
    entry, leave = Link(wire.source, End(node, "denoiser")), Link(End(node, "denoiser"), wire.target)
    links = [
        each
        for link in document.graph.links
        for each in ((entry, leave) if (link.source, link.target) == (wire.source, wire.target) else (link,))
    ]
    return with_links(document, links), node


def _rounded(sigma: float) -> float:
    return float(f"{sigma:.{DIGITS}g}")
