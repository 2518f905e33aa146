"""Edits of how far a picture is enlarged: one stage more of its model's cascade, or one less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.model.document import Document
from app.model.edits.graph import add_node, move_nodes, remove_nodes, rename_node
from app.model.edits.primitives import NewId, node_of, spec_of, with_links
from app.model.face import DENOISE
from engine.api.plan import Json
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.graph.model import End, Link
from nodes.registry import Registry

ENSEMBLE = "sinopia.ensemble"
COLUMN, BELOW = 300.0, 520.0
"""How far a new solve stands beside the one before, and its ensemble below it, in canvas units."""

_SHARED = ("prompt", "phrases", "seed")
_FINISHING: dict[str, Json] = {"steps": 8, "guidance": 1.0}


@dataclass(frozen=True)
class Enlargement:
    """The next larger pictures that a model draws: their side in pixels, and the outputs of `node` that draw them."""

    side: int
    node: str
    outputs: tuple[str, ...]


def enlarge(document: Document, registry: Registry, solve: str, by: Enlargement, ids: NewId = new_id) -> Document:
    """Put a solve behind `solve` that enlarges its picture; what showed that picture shows the larger one."""
    before, made = node_of(document, solve), ids()
    document = move_nodes(document, {n.id: (n.x + COLUMN, n.y) for n in document.graph.nodes if n.x > before.x})
    params = _FINISHING | {name: value for name, value in before.params.items() if name == "sampler"}
    document = add_node(document, spec_of(registry, DENOISE), made, before.x + COLUMN, before.y, params)
    document = rename_node(document, made, f"Upscaler to {by.side}")
    links = [_led_on(link, End(solve, "image"), End(made, "image")) for link in document.graph.links]
    shared = [Link(link.source, End(made, link.target.port)) for link in links if _is_shared(link, solve)]
    links += [*shared, Link(End(solve, "image"), End(made, "low_resolution"))]
    into = End(made, "denoiser")
    if len(by.outputs) > 1:
        ensemble = ids()
        document = add_node(document, spec_of(registry, ENSEMBLE), ensemble, before.x, before.y + BELOW)
        into = End(ensemble, "experts")
        links.append(Link(End(ensemble, "ensemble"), End(made, "denoiser")))
    return with_links(document, [*links, *(Link(End(by.node, output), into) for output in by.outputs)])


def shrink(document: Document, solve: str) -> Document:
    """Take an enlarging solve away; what showed its picture shows the smaller one. EditError where it enlarges none."""
    small = next((link.source for link in document.graph.links if link.target == End(solve, "low_resolution")), None)
    if small is None:
        raise EditError("This picture is not enlarged. Choose one that is.")
    links = [_led_on(link, End(solve, "image"), small) for link in document.graph.links]
    drawing = {link.source.node for link in links if link.target == End(solve, "denoiser")}
    unused = {node for node in drawing if _is_ensemble(document, node) and _goes_to(links, node) == {solve}}
    return remove_nodes(with_links(document, links), [solve, *unused])


def _led_on(link: Link, old: End, new: End) -> Link:
    return msgspec.structs.replace(link, source=new) if link.source == old else link


def _is_shared(link: Link, solve: str) -> bool:
    return link.target.node == solve and link.target.port in _SHARED


def _is_ensemble(document: Document, node: str) -> bool:
    return node in document.nodes and document.nodes[node].type == ENSEMBLE


def _goes_to(links: Sequence[Link], node: str) -> set[str]:
    return {link.target.node for link in links if link.source.node == node}
