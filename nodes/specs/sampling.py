"""Nodes that make pictures: seeds, noise levels, and the solves themselves."""

from nodes.specs.declare import LARGEST_SEED, Kind, Order, Parameter, Port, PortType, Spec
from nodes.specs.models import LARGEST_SIGMA
from nodes.specs.samplers import SAMPLER_LABELS, SAMPLERS

MOST_STEPS = 1000

SEED = Spec(
    type="sinopia.seed",
    title="Seed",
    family="sampling",
    help="The number from which the noise grows: the same seed gives the same picture.",
    run="nodes.impl.sampling:seed",
    aliases=("random", "noise", "number"),
    outputs=(Port("seed", PortType.SEED, "The seed."),),
    parameters=(Parameter("seed", Kind.SEED, 0, "The seed.", minimum=0, maximum=LARGEST_SEED),),
)

SEED_RANGE = Spec(
    type="sinopia.seed-range",
    title="Seed Range",
    family="sampling",
    help="Several seeds in a row: what follows runs once for each.",
    run="nodes.impl.sampling:seed_range",
    aliases=("batch", "variations", "seeds", "list"),
    outputs=(Port("seeds", PortType.SEED, "The seeds, one after the other.", starts_list=True),),
    parameters=(
        Parameter("first", Kind.SEED, 0, "The first seed.", minimum=0, maximum=LARGEST_SEED),
        Parameter("count", Kind.INTEGER, 4, "How many seeds.", minimum=1, maximum=1024),
    ),
)

SIGMAS = Spec(
    type="sinopia.sigmas",
    title="Sigmas",
    family="sampling",
    help="The noise levels of a solve, from the highest to none.",
    run="nodes.impl.sampling:sigmas",
    aliases=("schedule", "scheduler", "noise levels", "karras", "edm", "cosine"),
    outputs=(Port("sigmas", PortType.SIGMAS, "The noise levels.", title="Noise levels"),),
    parameters=(
        Parameter(
            "schedule",
            Kind.CHOICE,
            "order6",
            "How the levels are spread: power rho (edm), power 6 as in eDiff-I (order6), or cosine.",
            choices=("edm", "order6", "cosine"),
            labels=("EDM", "Power 6", "Cosine"),
        ),
        Parameter("steps", Kind.INTEGER, 20, "How many steps.", minimum=1, maximum=MOST_STEPS),
        Parameter(
            "sigma_max",
            Kind.NUMBER,
            80.0,
            "The highest level.",
            "Highest noise",
            unit="sigma",
            minimum=0.001,
            maximum=LARGEST_SIGMA,
        ),
        Parameter(
            "sigma_min",
            Kind.NUMBER,
            0.002,
            "The last level before none.",
            "Lowest noise",
            unit="sigma",
            minimum=0.0001,
            maximum=100.0,
        ),
        Parameter(
            "rho", Kind.NUMBER, 7.0, "The power of edm; has no meaning for the others.", minimum=0.1, maximum=100.0
        ),
    ),
    orders=(Order("sigma_min", "sigma_max"),),
)

_STYLES = Port("style", PortType.STYLE_REFERENCE, "Looks to take on.", required=False, many=True)
_PHRASES = Port("phrases", PortType.PHRASE_MASKS, "Painted phrases of the prompt.", required=False)
_NEGATIVE = Port("negative", PortType.CONDITIONING, "What to stay away from.", required=False)

_WEAKER = Port(
    "weaker",
    PortType.DENOISER,
    "A smaller or less trained model of the same pictures, for guidance to lead away from (Karras et al. 2024).",
    required=False,
    title="Weaker model",
)

_SAMPLER = Parameter(
    "sampler",
    Kind.CHOICE,
    "deis_3kutta",
    "How the steps are computed.",
    choices=SAMPLERS,
    labels=SAMPLER_LABELS,
)
_GUIDANCE = Parameter(
    "guidance",
    Kind.NUMBER,
    3.0,
    "How strongly the prompt is followed; 1 is unguided.",
    minimum=0.0,
    maximum=50.0,
)
_SEED = Parameter("seed", Kind.SEED, 0, "The number from which the noise grows.", minimum=0, maximum=LARGEST_SEED)

DENOISE = Spec(
    type="sinopia.denoise",
    title="Denoise",
    family="sampling",
    help="Makes a picture out of noise, or finishes a half-made sample.",
    run="nodes.impl.sampling:denoise",
    aliases=("ksampler", "sampler", "generate", "solve", "text to image", "upscale"),
    inputs=(
        Port("denoiser", PortType.DENOISER, "The model, or an ensemble of experts."),
        Port("prompt", PortType.CONDITIONING, "What the picture shows."),
        _NEGATIVE,
        _PHRASES,
        _STYLES,
        Port("size", PortType.SIZE_CROP, "Size and crop; without it, the size of the model.", required=False),
        Port(
            "sigmas",
            PortType.SIGMAS,
            "Noise levels; without them, as many as Steps says.",
            required=False,
            title="Noise levels",
        ),
        Port("start", PortType.SAMPLE, "A half-made sample to go on with.", required=False),
        Port("low_resolution", PortType.IMAGE, "The small picture that an upscaler starts from.", required=False),
        _WEAKER,
    ),
    outputs=(
        Port("sample", PortType.SAMPLE, "What was reached, for another denoiser to go on with."),
        Port("image", PortType.IMAGE, "The picture."),
    ),
    parameters=(
        _SEED,
        _SAMPLER,
        Parameter("steps", Kind.INTEGER, 20, "How many steps, unless Sigmas are wired.", minimum=1, maximum=MOST_STEPS),
        _GUIDANCE,
        Parameter(
            "sigma_start",
            Kind.NUMBER,
            None,
            "Noise to start at; left empty, where the sample stands, or the top.",
            "Start at noise",
            unit="sigma",
            minimum=0.0,
            maximum=LARGEST_SIGMA,
            optional=True,
        ),
        Parameter(
            "sigma_end",
            Kind.NUMBER,
            None,
            "Noise to stop at, for another denoiser to go on; left empty, none is left.",
            "Stop at noise",
            unit="sigma",
            minimum=0.0,
            maximum=LARGEST_SIGMA,
            optional=True,
        ),
        Parameter(
            "encoders",
            Kind.CHOICES,
            ["clip_text", "t5", "clip_image"],
            "Which of the model's encoders are heard (eDiff-I 5.2).",
            "Encoders heard",
            choices=("clip_text", "t5", "clip_image"),
            labels=("CLIP", "T5", "Style"),
            connectable=False,
        ),
    ),
    orders=(Order("sigma_end", "sigma_start"),),
)

REFINE = Spec(
    type="sinopia.refine",
    title="Refine",
    family="sampling",
    help="Adds noise to a finished picture and takes it away again with better detail (SDEdit; SDXL 2.5).",
    run="nodes.impl.sampling:refine",
    aliases=("img2img", "image to image", "sdedit", "refiner", "detail"),
    inputs=(
        Port("denoiser", PortType.DENOISER, "The model, often a refiner."),
        Port("image", PortType.IMAGE, "The picture to refine."),
        Port("prompt", PortType.CONDITIONING, "What the picture shows."),
        _NEGATIVE,
        _PHRASES,
        _STYLES,
        Port("size", PortType.SIZE_CROP, "Size and crop; without it, those of the picture.", required=False),
        _WEAKER,
    ),
    outputs=(
        Port("sample", PortType.SAMPLE, "What was reached, for another denoiser to go on with."),
        Port("image", PortType.IMAGE, "The refined picture."),
    ),
    parameters=(
        Parameter(
            "strength",
            Kind.NUMBER,
            0.3,
            "How much of the picture is made anew: 0 nothing, 1 everything.",
            minimum=0.0,
            maximum=1.0,
        ),
        _SAMPLER,
        Parameter(
            "steps",
            Kind.INTEGER,
            20,
            "Steps of the solve.",
            minimum=1,
            maximum=MOST_STEPS,
        ),
        _GUIDANCE,
        _SEED,
    ),
)

SPECS = (SEED, SEED_RANGE, SIGMAS, DENOISE, REFINE)
