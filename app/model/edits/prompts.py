"""Edits that give a picture a negative prompt, or a second prompt that it switches to, and take them away again."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from app.model.document import Document
from app.model.edits.graph import add_node, remove_nodes
from app.model.edits.primitives import TEXT, NewId, node_of, spec_of, with_links
from app.model.face import NEGATIVE_PROMPT, PROMPT, PROMPT_SWITCH, Face, face_of
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.graph.model import End, Link
from nodes.registry import Registry

CONDITIONING = "conditioning"

ASIDE, STEP = 260.0, 140.0
"""How far from each other new nodes are put, in canvas units."""


def add_negative(document: Document, registry: Registry, ids: NewId = new_id) -> Document:
    """Give the solves of the Paint face a negative prompt to stay away from, if they have none."""
    face = face_of(document, registry)
    if face.negative is not None:
        return document
    first = _first_solve(face)
    if "negative" in face.driven:
        raise EditError("The negative prompt is driven by the graph. Change it there.")
    node, beside = ids(), document.nodes[first]
    place = _free_place(document, beside.x - ASIDE, beside.y + STEP)
    document = add_node(document, spec_of(registry, NEGATIVE_PROMPT), node, *place)
    wires = [Link(End(node, CONDITIONING), target) for target in _open_inputs(document, registry, face, "negative")]
    return with_links(document, [*document.graph.links, *wires])


def remove_negative(document: Document, registry: Registry) -> Document:
    """Take the negative prompt away; its node stays if something else needs it."""
    face = face_of(document, registry)
    if face.negative is None:
        return document
    own = {End(solve, "negative") for solve in face.solves}
    kept = [link for link in document.graph.links if link.source.node != face.negative or link.target not in own]
    return _without_idle(with_links(document, kept), face.negative)


def add_switch(document: Document, registry: Registry, ids: NewId = new_id) -> Document:
    """Let the solves that follow the prompt of the Paint face switch to a second one on their way.

    The second begins as a copy of the first, so that nothing changes until it is written. Painted phrases stay with
    the first.
    """
    face = face_of(document, registry)
    if face.switch is not None:
        return document
    _first_solve(face)
    if face.prompt is None:
        raise EditError("The sentence is driven by the graph. Wire a Prompt Switch there.")
    given, prompt = End(face.prompt, CONDITIONING), node_of(document, face.prompt)
    solves = {End(solve, "prompt") for solve in face.solves}
    second, switch = ids(), ids()
    place = _free_place(document, prompt.x, prompt.y - STEP)
    document = add_node(document, spec_of(registry, PROMPT), second, *place, {TEXT: prompt.params.get(TEXT, "")})
    place = _free_place(document, prompt.x + ASIDE, prompt.y - STEP)
    document = add_node(document, spec_of(registry, PROMPT_SWITCH), switch, *place)
    moved = [_from(link, End(switch, CONDITIONING)) if link.source == given and link.target in solves else link
             for link in document.graph.links]  # fmt: skip
    own = (Link(given, End(switch, "first")), Link(End(second, CONDITIONING), End(switch, "second")))
    return with_links(document, [*moved, *own])


def remove_switch(document: Document, registry: Registry) -> Document:
    """Let the first prompt hold to the end again; nodes that something else needs stay."""
    face = face_of(document, registry)
    if face.switch is None:
        return document
    links = document.graph.links
    first = next((link.source for link in links if link.target == End(face.switch, "first")), None)
    own = {End(solve, "prompt") for solve in face.solves}
    switched = End(face.switch, CONDITIONING)
    if first is None:
        raise EditError("No first prompt is wired to the switch. Wire one in the graph.")
    moved = [_from(link, first) if link.source == switched and link.target in own else link for link in links]
    document = _without_idle(with_links(document, moved), face.switch)
    return document if face.second_prompt is None else _without_idle(document, face.second_prompt)


def _first_solve(face: Face) -> str:
    if face.first is None:
        raise EditError("Nothing draws a picture that could follow a sentence. Add a Denoise node first.")
    return face.first


def _open_inputs(document: Document, registry: Registry, face: Face, port: str) -> Iterator[End]:
    """The inputs of that name at the solves of a face that nothing is wired to."""
    wired = {link.target for link in document.graph.links}
    for solve in face.solves:
        spec = registry.get(document.nodes[solve].type)
        declared = spec is not None and any(each.name == port for each in spec.inputs)
        if declared and End(solve, port) not in wired:
            yield End(solve, port)


def _from(link: Link, source: End) -> Link:
    return msgspec.structs.replace(link, source=source)


def _without_idle(document: Document, node: str) -> Document:
    """A node that leads nowhere any more was there for this alone."""
    used = any(link.source.node == node for link in document.graph.links)
    return document if used else remove_nodes(document, (node,))


def _free_place(document: Document, x: float, y: float) -> tuple[float, float]:
    """The nearest place above where no other node begins."""
    while any(abs(node.x - x) < ASIDE / 2 and abs(node.y - y) < STEP / 2 for node in document.graph.nodes):
        y -= STEP
    return x, y
