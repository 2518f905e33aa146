"""Small real projects."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.files.pictures import encode_mask
from app.files.project import Project, asset_reference
from nodes.graph.model import Graph
from tests.nodes.graphs import extended, node, simple


def picture(colour: str = "red", size: tuple[int, int] = (12, 8), kind: str = "PNG", **options: Any) -> bytes:
    """A plain picture in some format."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, kind, **options)
    return stream.getvalue()


def mask(left: int = 2) -> bytes:
    """A painted mask."""
    painted = np.zeros((16, 16), np.uint8)
    painted[4:12, left : left + 6] = 255
    return encode_mask(painted)


STYLE = picture("orange")


def graph() -> Graph:
    """A painted phrase and a style reference wired into a solve."""
    layer = {"id": "l1", "start": 2, "end": 5, "phrase": "fox", "mask": "paint/l1.png"}
    more = (
        node("masks", "phrase-masks", layers=[layer]),  # type: ignore[list-item]
        node("load", "load-image", file=asset_reference(STYLE, "png")),
        node("style", "style-reference"),
    )
    wires = ("prompt.conditioning > masks.prompt", "masks.phrases > solve.phrases")
    return extended(simple(seed=7), more, *wires, "load.image > style.images", "style.style > solve.style")


def project() -> Project:
    """A project with everything a container can hold."""
    return Project(
        graph(),
        paint={"l1": mask()},
        assets={asset_reference(STYLE, "png"): STYLE},
        thumbnail=picture("blue"),
        other={"later/notes.txt": b"from a newer program"},
    )


def png_with(texts: dict[str, str]) -> bytes:
    """A picture with texts, as other programs write them."""
    info = PngInfo()
    for keyword, text in texts.items():
        info.add_itxt(keyword, text)
    return picture(pnginfo=info)
