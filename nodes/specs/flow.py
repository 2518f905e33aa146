"""Nodes that direct what runs."""

from nodes.specs.declare import Kind, Parameter, Port, PortType, Spec

SWITCH = Spec(
    type="sinopia.switch",
    title="Switch",
    family="flow",
    help="Passes one of two inputs on; the other side does not run.",
    run="nodes.impl.flow:switch",
    aliases=("if", "choose", "either", "branch", "a/b"),
    inputs=(
        Port("first", PortType.ANY, "Comes out when the choice is first.", lazy=True),
        Port("second", PortType.ANY, "Comes out when the choice is second.", lazy=True),
    ),
    outputs=(Port("value", PortType.ANY, "The chosen input."),),
    parameters=(Parameter("choice", Kind.CHOICE, "first", "Which input is passed on.", choices=("first", "second")),),
    lazy="choice",
)

SPECS = (SWITCH,)
