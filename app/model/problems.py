"""What is wrong with a document, by the node that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.model.document import Document, frozen
from app.model.model_cards import Models, missing_models
from nodes.graph.errors import Problem
from nodes.graph.validate import validate
from nodes.registry import Registry

Problems = Mapping[str, tuple[Problem, ...]]
"""By node id; "" for those of the graph as a whole."""

WHOLE_GRAPH = ""


def check(document: Document, registry: Registry, inside: str = "", models: Models | None = None) -> Problems:
    """Everything that is wrong, by node. What is wrong inside an instance of a component shows on the instance.

    `inside`: "a/" for the nodes inside the instance a. `models`: those that there are; None does not look.
    """
    missing = () if models is None else missing_models(document.graph, models)
    return by_node((*validate(document.graph, registry, document.files), *missing), inside)


def by_node(problems: Iterable[Problem], inside: str = "") -> Problems:
    """Problems by the node on the canvas that shows them."""
    found: dict[str, tuple[Problem, ...]] = {}
    for problem in problems:
        name = problem.node or WHOLE_GRAPH
        if name.startswith(inside):
            node = name.removeprefix(inside).partition("/")[0]
            found[node] = (*found.get(node, ()), problem)
    return frozen(found)
