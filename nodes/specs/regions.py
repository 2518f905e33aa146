"""Nodes that say where: painted phrases, size and crop."""

from engine.api.defaults import PHRASE_WEIGHT
from nodes.specs.declare import Kind, Parameter, Port, PortType, Spec

LONGEST_SIDE = 8192

PHRASE_MASKS = Spec(
    type="sinopia.phrase-masks",
    title="Phrase Masks",
    family="regions",
    help="Painted phrases: each layer ties words of the prompt to the place where they were painted (eDiff-I 4.3).",
    run="nodes.impl.regions:phrase_masks",
    aliases=("paint with words", "regional prompt", "layout", "area", "mask", "attention"),
    inputs=(Port("prompt", PortType.CONDITIONING, "The prompt whose phrases are painted."),),
    outputs=(Port("phrases", PortType.PHRASE_MASKS, "The painted phrases."),),
    parameters=(
        Parameter(
            "layers",
            Kind.PHRASES,
            [],
            "The painted phrases, from the lowest layer to the uppermost.",
            maximum=64,
            connectable=False,
            spans_of="prompt",
        ),
        Parameter(
            "overlap",
            Kind.CHOICE,
            "stack",
            "Where layers overlap: the upper hides the lower (stack), or all act together (mix).",
            choices=("stack", "mix"),
        ),
        Parameter(
            "weight",
            Kind.NUMBER,
            PHRASE_WEIGHT,
            "How strongly the painting acts: w' of the paper. 0 is none.",
            minimum=0.0,
            maximum=10.0,
        ),
        Parameter(
            "norm",
            Kind.CHOICE,
            "head",
            "What the weight is measured by: each attention head, the whole layer, or each row's range.",
            "Weight measured by",
            choices=("head", "layer", "range"),
            labels=("Each head", "Whole layer", "Row range"),
        ),
        Parameter(
            "resize",
            Kind.CHOICE,
            "antialias",
            "How masks are scaled down: antialiased, as in the paper, or so that small strokes are kept.",
            "Small strokes",
            choices=("antialias", "paper", "keep"),
            labels=("Antialiased", "As in the paper", "Kept"),
        ),
        Parameter(
            "isolate",
            Kind.BOOLEAN,
            False,
            "Read each phrase alone, so that it takes nothing from the rest of the sentence.",
            "Read phrases alone",
        ),
    ),
)

SIZE_CROP = Spec(
    type="sinopia.size-crop",
    title="Size and Crop",
    family="regions",
    help="The size of the picture, and the size and crop that the model should think it comes from (SDXL 2.2).",
    run="nodes.impl.regions:size_crop",
    aliases=("resolution", "aspect", "width", "height", "micro-conditioning", "target size"),
    outputs=(Port("size", PortType.SIZE_CROP, "Size and crop."),),
    parameters=(
        Parameter("width", Kind.INTEGER, 128, "Width of the picture.", unit="px", minimum=8, maximum=LONGEST_SIDE),
        Parameter("height", Kind.INTEGER, 128, "Height of the picture.", unit="px", minimum=8, maximum=LONGEST_SIDE),
        Parameter(
            "original_width",
            Kind.INTEGER,
            None,
            "Width before cropping; left empty, the width above.",
            unit="px",
            minimum=1,
            maximum=4 * LONGEST_SIDE,
            optional=True,
        ),
        Parameter(
            "original_height",
            Kind.INTEGER,
            None,
            "Height before cropping; left empty, the height above.",
            unit="px",
            minimum=1,
            maximum=4 * LONGEST_SIDE,
            optional=True,
        ),
        Parameter(
            "crop_left", Kind.INTEGER, 0, "Pixels cut off at its left.", unit="px", minimum=0, maximum=LONGEST_SIDE
        ),
        Parameter("crop_top", Kind.INTEGER, 0, "Pixels cut off above.", unit="px", minimum=0, maximum=LONGEST_SIDE),
    ),
)

SPECS = (PHRASE_MASKS, SIZE_CROP)
