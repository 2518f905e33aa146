"""A small language for writing graphs by hand: nodes at places of a grid, wires as "node.port"."""

from __future__ import annotations

from msgspec.structs import replace

from engine.api.plan import Json
from nodes.graph.model import End, Frame, Graph, Link, Node
from nodes.registry import Registry

COLUMN, ROW = 320.0, 240.0
GAP = 80.0
"""What a node leaves free of its column."""

MARGIN = 32.0


class Sketch:
    """Collects the parts of a graph. Ids are chosen by the writer, so that the same program makes the same file."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.graph = Graph()

    def node(self, name: str, kind: str, at: tuple[float, float], title: str = "", /, **params: Json) -> None:
        """Add the node `name` of the type `sinopia.<kind>` at (column, row)."""
        spec = self._registry.get(f"sinopia.{kind}")
        assert spec is not None, f"no node type sinopia.{kind}"
        node = Node(name, spec.type, spec.version, title, params, x=at[0] * COLUMN, y=at[1] * ROW)
        self.graph = replace(self.graph, nodes=(*self.graph.nodes, node))

    def wire(self, source: str, *targets: str) -> None:
        """Wire an output ("prompt.conditioning") to inputs or parameters ("base.prompt")."""
        links = tuple(Link(_end(source), _end(target)) for target in targets)
        self.graph = replace(self.graph, links=(*self.graph.links, *links))

    def lead(self, target: str, columns: tuple[int, int], height: float) -> None:
        """Lead the wire that ends at `target` on past the nodes of some columns, at a height in pixels."""
        first, last = columns
        dots: list[Json] = [[first * COLUMN - GAP / 2, height], [(last + 1) * COLUMN - GAP / 2 - 16, height]]
        end = _end(target)
        links = (_through(link, dots) if link.target == end else link for link in self.graph.links)
        self.graph = replace(self.graph, links=tuple(links))

    def frame(self, title: str, at: tuple[float, float], size: tuple[float, float]) -> None:
        """Put a titled rectangle behind the columns and rows from `at` on."""
        frame = Frame(
            title.casefold().replace(" ", "-"), title, at[0] * COLUMN - MARGIN, at[1] * ROW - 2 * MARGIN,
            size[0] * COLUMN - GAP + 2 * MARGIN, size[1] * ROW,
        )  # fmt: skip
        self.graph = replace(self.graph, frames=(*self.graph.frames, frame))


def _through(link: Link, dots: list[Json]) -> Link:
    before = link.extra.get("via", [])
    assert isinstance(before, list)
    return replace(link, extra={"via": [*before, *dots]})


def _end(address: str) -> End:
    node, _, port = address.partition(".")
    return End(node, port)
