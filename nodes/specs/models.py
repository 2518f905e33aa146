"""Nodes that provide denoisers."""

from nodes.specs.declare import Kind, Order, Parameter, Port, PortType, Spec

LARGEST_SIGMA = 1000.0

STORYBOOK = Spec(
    type="sinopia.storybook",
    title="Storybook",
    family="models",
    help="The small model that comes with the program: it draws a few things well, in seconds, on any computer.",
    run="nodes.impl.models:storybook",
    aliases=("model", "checkpoint", "default", "ediff-i", "base", "refiner"),
    outputs=(
        Port("base", PortType.DENOISER, "Draws the whole picture, over all noise levels."),
        Port("high", PortType.DENOISER, "Expert for high noise, where the layout forms."),
        Port("low", PortType.DENOISER, "Expert for low noise, where details form."),
        Port("upscaler", PortType.DENOISER, "Enlarges a finished picture, wired as its low resolution."),
        Port("refiner", PortType.DENOISER, "Adds detail to a large picture at low noise."),
    ),
)

MODEL = Spec(
    type="sinopia.model",
    title="Model",
    family="models",
    help="A denoiser of any model there is: that of the program, or one added with `sinopia models add`.",
    run="nodes.impl.models:model",
    aliases=("checkpoint", "load", "own", "custom", "trained", "weights"),
    outputs=(Port("denoiser", PortType.DENOISER, "The denoiser, over the noise levels that its card tells."),),
    parameters=(
        Parameter(
            "model", Kind.NAME, "storybook", "Its name, as `sinopia models list` tells it.", connectable=False
        ),
        Parameter(
            "part", Kind.TEXT, "base", "Which of its denoisers; `sinopia models info` lists them.",
            minimum=1, maximum=64, connectable=False,
        ),
    ),
)  # fmt: skip

EXPERT = Spec(
    type="sinopia.expert",
    title="Expert",
    family="models",
    help="A denoiser that works only while the noise lies in an interval (eDiff-I 4).",
    run="nodes.impl.models:expert",
    aliases=("interval", "noise range", "stage", "specialist"),
    inputs=(Port("denoiser", PortType.DENOISER, "The denoiser."),),
    outputs=(Port("denoiser", PortType.DENOISER, "The denoiser with its interval."),),
    parameters=(
        Parameter(
            "sigma_from",
            Kind.NUMBER,
            80.0,
            "Noise at which it takes over.",
            "From noise",
            unit="sigma",
            minimum=0.0,
            maximum=LARGEST_SIGMA,
        ),
        Parameter(
            "sigma_to",
            Kind.NUMBER,
            0.0,
            "Noise at which it hands over.",
            "To noise",
            unit="sigma",
            minimum=0.0,
            maximum=LARGEST_SIGMA,
        ),
        Parameter(
            "guidance",
            Kind.NUMBER,
            None,
            "Guidance of its own; left empty, that of the node which solves.",
            minimum=0.0,
            maximum=50.0,
            optional=True,
        ),
    ),
    orders=(Order("sigma_to", "sigma_from"),),
)

ENSEMBLE = Spec(
    type="sinopia.ensemble",
    title="Ensemble",
    family="models",
    help="Experts that share one solve: at every step the one whose interval it is (eDiff-I 4).",
    run="nodes.impl.models:ensemble",
    aliases=("mixture", "experts", "base and refiner", "combine models"),
    inputs=(Port("experts", PortType.DENOISER, "The experts; their intervals must meet.", many=True),),
    outputs=(Port("ensemble", PortType.ENSEMBLE, "All of them as one denoiser."),),
)

SPECS = (STORYBOOK, MODEL, EXPERT, ENSEMBLE)
