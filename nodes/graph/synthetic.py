"""Graphs of any size made of trivial nodes, to measure and test what handles graphs rather than what nodes do.

Their node types are known only to the registry returned by `synthetic_registry`.
"""

from __future__ import annotations

from nodes.graph.model import End, Graph, Link, Node
from nodes.registry import Registry
from nodes.specs.declare import Kind, Parameter, Port, PortType, Spec

NUMBER = Spec(
    type="synthetic.number",
    title="Number",
    family="synthetic",
    help="A number.",
    run="nodes.impl.synthetic:number",
    outputs=(Port("value", PortType.NUMBER),),
    parameters=(Parameter("value", Kind.NUMBER, 0.0, "The number."),),
)

NUMBERS = Spec(
    type="synthetic.numbers",
    title="Numbers",
    family="synthetic",
    help="The numbers from 0 to one less than the count, as a list.",
    run="nodes.impl.synthetic:numbers",
    outputs=(Port("values", PortType.INTEGER, starts_list=True),),
    parameters=(Parameter("count", Kind.INTEGER, 4, "How many.", minimum=1),),
)

ADD = Spec(
    type="synthetic.add",
    title="Add",
    family="synthetic",
    help="A number plus an amount.",
    run="nodes.impl.synthetic:add",
    inputs=(Port("value", PortType.NUMBER),),
    outputs=(Port("value", PortType.NUMBER),),
    parameters=(Parameter("amount", Kind.NUMBER, 1.0, "The amount."),),
)

JOIN = Spec(
    type="synthetic.join",
    title="Join",
    family="synthetic",
    help="The sum of two numbers.",
    run="nodes.impl.synthetic:join",
    inputs=(Port("first", PortType.NUMBER), Port("second", PortType.NUMBER)),
    outputs=(Port("value", PortType.NUMBER),),
)

TOTAL = Spec(
    type="synthetic.total",
    title="Total",
    family="synthetic",
    help="The sum of any number of numbers.",
    run="nodes.impl.synthetic:total",
    inputs=(Port("values", PortType.NUMBER, many=True),),
    outputs=(Port("value", PortType.NUMBER),),
)


def synthetic_registry() -> Registry:
    """The trivial nodes and no others."""
    return Registry((NUMBER, NUMBERS, ADD, JOIN, TOTAL))


def chain(length: int, start: float = 0.0) -> Graph:
    """A number and `length` - 1 nodes that each add 1: the last one, "n<length - 1>", gives start + length - 1."""
    first = Node("n0", NUMBER.type, params={"value": start})
    rest = (Node(f"n{index}", ADD.type, x=160.0 * index) for index in range(1, length))
    links = (_link(f"n{index - 1}", f"n{index}", "value") for index in range(1, length))
    return Graph((first, *rest), tuple(links))


def diamond(layers: int, start: float = 1.0) -> Graph:
    """`layers` times a split in two and a join: paths double with every layer. "j<layers>" gives start * 2^layers."""
    nodes = [Node("j0", NUMBER.type, params={"value": start})]
    links: list[Link] = []
    for layer in range(1, layers + 1):
        below, left, right, joined = f"j{layer - 1}", f"a{layer}", f"b{layer}", f"j{layer}"
        nodes += (Node(side, ADD.type, params={"amount": amount}) for side, amount in ((left, 1.0), (right, -1.0)))
        nodes.append(Node(joined, JOIN.type))
        links += (_link(below, left, "value"), _link(below, right, "value"))
        links += (_link(left, joined, "first"), _link(right, joined, "second"))
    return Graph(tuple(nodes), tuple(links))


def wide(width: int) -> Graph:
    """`width` nodes that add 0, 1, 2, ... to the same number, all wired to "total"."""
    adders = [Node(f"n{index}", ADD.type, params={"amount": float(index)}) for index in range(width)]
    links = [_link("start", adder.id, "value") for adder in adders]
    links += (_link(adder.id, "total", "values") for adder in adders)
    return Graph((Node("start", NUMBER.type), *adders, Node("total", TOTAL.type)), tuple(links))


def _link(source: str, target: str, port: str) -> Link:
    return Link(End(source, "value"), End(target, port))
