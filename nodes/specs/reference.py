"""Nodes that bring pictures in."""

from nodes.specs.declare import Kind, Order, Parameter, Port, PortType, Spec

LOAD_IMAGE = Spec(
    type="sinopia.load-image",
    title="Load Image",
    family="reference",
    help="A picture of this project, turned upright, with transparent parts over white.",
    run="nodes.impl.reference:load_image",
    aliases=("open", "picture", "photo", "file", "import"),
    outputs=(
        Port("image", PortType.IMAGE, "The picture."),
        Port("mask", PortType.MASK, "How opaque it is; all of it when it has no transparency."),
    ),
    parameters=(
        Parameter("file", Kind.PICTURE, "", "The picture file, kept inside the project.", connectable=False),
        Parameter(
            "crop",
            Kind.NUMBERS,
            [],
            "The part that is used: left, top, right and bottom as shares of the sides; empty, all of it.",
            minimum=0.0,
            maximum=1.0,
            connectable=False,
        ),
    ),
)

STYLE_REFERENCE = Spec(
    type="sinopia.style-reference",
    title="Style Reference",
    family="reference",
    help="One or several pictures whose look the result should take on (eDiff-I 5.3).",
    run="nodes.impl.reference:style_reference",
    aliases=("style", "clip image", "ip-adapter", "look", "mood"),
    inputs=(Port("images", PortType.IMAGE, "The pictures, in the order of their weights.", many=True),),
    outputs=(Port("style", PortType.STYLE_REFERENCE, "The look of the pictures."),),
    parameters=(
        Parameter(
            "weights",
            Kind.NUMBERS,
            [],
            "One weight for each picture; pictures without one have weight 1.",
            minimum=0.0,
            maximum=10.0,
            connectable=False,
        ),
        Parameter("strength", Kind.NUMBER, 1.0, "How strongly the look acts.", minimum=0.0, maximum=2.0),
        Parameter(
            "begin",
            Kind.NUMBER,
            0.0,
            "When it begins to act.",
            "From",
            unit="fraction of the steps",
            minimum=0.0,
            maximum=1.0,
        ),
        Parameter(
            "finish",
            Kind.NUMBER,
            1.0,
            "When it stops acting.",
            "To",
            unit="fraction of the steps",
            minimum=0.0,
            maximum=1.0,
        ),
        Parameter(
            "literal",
            Kind.NUMBER,
            1.0,
            "How literally the pictures are taken: 1 also what they show, 0 only how they look.",
            minimum=0.0,
            maximum=1.0,
        ),
    ),
    orders=(Order("begin", "finish", may_be_equal=True),),
)

SPECS = (LOAD_IMAGE, STYLE_REFERENCE)
