"""Nodes that provide denoisers."""

from engine.api.cards import PartCard
from engine.api.shipped import shipped_card
from nodes.specs.declare import Kind, Order, Parameter, Port, PortType, Spec
from nodes.specs.samplers import SAMPLER_LABELS, SAMPLERS

LARGEST_SIGMA = 1000.0


def _output(part: PartCard) -> Port:
    told = f"{part.title}: {part.size} x {part.size}, noise {part.sigma_max:.3g} to {part.sigma_min:.3g}."
    return Port(part.name, PortType.DENOISER, told)


STORYBOOK = Spec(
    type="sinopia.storybook",
    title="Storybook",
    family="models",
    help="The model that comes with the program; its denoisers are those that its card tells.",
    run="nodes.impl.models:storybook",
    aliases=("model", "checkpoint", "default", "ediff-i", "base", "refiner"),
    outputs=tuple(_output(part) for part in shipped_card().parts),
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
        Parameter(
            "sampler",
            Kind.CHOICE,
            None,
            "Sampler of its own; left empty, that of the node which solves.",
            choices=SAMPLERS,
            labels=SAMPLER_LABELS,
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
