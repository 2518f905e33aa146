"""The words that arrive at an input, where they stand in the graph and need not be computed."""

from __future__ import annotations

from nodes.graph.flow import Flow
from nodes.graph.wiring import Wiring


def texts_at(wiring: Wiring, flow: Flow, node: str, port: str) -> frozenset[str] | None:
    """Every text that may arrive at an input; None when some of them will only be known when the graph runs."""
    texts: set[str] = set()
    pending, seen = [(node, port)], {(node, port)}
    while pending:
        place = pending.pop()
        for source in flow.live[place[0]].get(place[1], ()):
            shape = wiring.shapes[source.node]
            carried = () if shape is None else shape.outputs[source.port].texts
            if shape is None or not carried:
                return None
            for name in carried:
                inner = (source.node, name)
                if name in shape.parameters and name not in flow.live[source.node]:
                    texts.add(str(wiring.nodes[source.node].params.get(name, shape.defaults[name])))
                elif name in shape.parameters:
                    return None
                elif inner not in seen:
                    seen.add(inner)
                    pending.append(inner)
    return frozenset(texts) if texts else None
