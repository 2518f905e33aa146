"""Nodes that work on finished pictures."""

from nodes.specs.declare import Kind, Parameter, Port, PortType, Spec
from nodes.specs.regions import LONGEST_SIDE

RESIZE = Spec(
    type="sinopia.resize",
    title="Resize",
    family="image",
    help="Scales a picture to a size.",
    run="nodes.impl.image:resize",
    aliases=("scale", "upscale", "shrink", "resample"),
    inputs=(Port("image", PortType.IMAGE, "The picture."),),
    outputs=(Port("image", PortType.IMAGE, "The picture in its new size."),),
    parameters=(
        Parameter("width", Kind.INTEGER, 256, "Width afterwards.", unit="px", minimum=1, maximum=LONGEST_SIDE),
        Parameter("height", Kind.INTEGER, 256, "Height afterwards.", unit="px", minimum=1, maximum=LONGEST_SIDE),
        Parameter(
            "method",
            Kind.CHOICE,
            "lanczos",
            "How pixels are computed: smooth (lanczos, bicubic, bilinear), or copied (nearest).",
            choices=("lanczos", "bicubic", "bilinear", "nearest"),
        ),
    ),
)

GRID = Spec(
    type="sinopia.grid",
    title="Grid",
    family="image",
    help="All pictures of a list on one labelled contact sheet.",
    run="nodes.impl.image:grid",
    aliases=("contact sheet", "xy plot", "compare", "montage", "tile"),
    inputs=(Port("images", PortType.IMAGE, "The list of pictures, or several pictures.", many=True, collects=True),),
    outputs=(Port("image", PortType.IMAGE, "The sheet."),),
    parameters=(
        Parameter(
            "columns",
            Kind.INTEGER,
            0,
            "Pictures in a row; 0 arranges them as their lists suggest.",
            minimum=0,
            maximum=64,
        ),
        Parameter("title", Kind.TEXT, "", "Written above the pictures.", maximum=200),
    ),
)

PREVIEW = Spec(
    type="sinopia.preview",
    title="Preview",
    family="image",
    help="Shows a picture.",
    run="nodes.impl.image:preview",
    aliases=("view", "show", "look", "result"),
    inputs=(Port("image", PortType.IMAGE, "The picture to show."),),
    outputs=(Port("image", PortType.IMAGE, "The same picture.", passes="image"),),
    cacheable=False,
    output_node=True,
)

SAVE_IMAGE = Spec(
    type="sinopia.save-image",
    title="Save Image",
    family="image",
    help="Writes a picture as PNG that carries the project which made it.",
    run="nodes.impl.image:save_image",
    aliases=("write", "export", "output", "png"),
    inputs=(Port("image", PortType.IMAGE, "The picture to save."),),
    outputs=(Port("image", PortType.IMAGE, "The same picture.", passes="image"),),
    parameters=(
        Parameter(
            "name",
            Kind.NAME,
            "picture",
            "How the file is called; a number follows.",
            minimum=1,
            maximum=100,
            affects_result=False,
        ),
    ),
    cacheable=False,
    output_node=True,
)

SPECS = (RESIZE, GRID, PREVIEW, SAVE_IMAGE)
