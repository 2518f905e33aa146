"""What a waiting job is shown by: its paint, else the picture it starts from."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from app.model import edits
from app.model.document import Document, frozen
from app.model.queue_pictures import alike, waiting_picture
from app.paint.tiles import TileMask
from nodes.graph.model import End, Link, Node
from nodes.registry import built_in
from tests.model.artist import start

REGISTRY = built_in()


def painted() -> Document:
    document = edits.set_prompt(start(), "prompt", "a castle on grass")
    document = edits.bind_phrase(document, REGISTRY, "prompt", 2, 8, "layer", None)
    masks = next(node.id for node in document.graph.nodes if node.type == "sinopia.phrase-masks")
    whole = np.full((document.size[1], document.size[0]), 255, np.uint8)
    return edits.commit_paint(document, masks, "layer", TileMask.from_array(whole))


def with_start(document: Document, target: str) -> Document:
    stream = io.BytesIO()
    Image.new("RGB", (200, 100), (255, 0, 0)).save(stream, "PNG")
    load = Node("load", "sinopia.load-image", params={"file": "assets/red.png"})
    graph = replace_graph(document, load, Link(End("load", "image"), End(target, "low_resolution")))
    return replace(graph, assets=frozen({"assets/red.png": stream.getvalue()}))


def replace_graph(document: Document, node: Node, link: Link) -> Document:
    graph = document.graph
    nodes, links = (*graph.nodes, node), (*graph.links, link)
    return replace(document, graph=type(graph)(nodes=nodes, links=links))


def colours(data: bytes | None) -> tuple[tuple[int, int], tuple[int, ...]]:
    assert data is not None
    with Image.open(io.BytesIO(data)) as image:
        middle = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
        assert isinstance(middle, tuple)
        return image.size, middle


def test_paint_is_shown_first_then_the_picture_that_is_worked_on_else_nothing() -> None:
    assert waiting_picture(start(), REGISTRY, 80) is None
    size, middle = colours(waiting_picture(with_start(start(), "solve"), REGISTRY, 80))
    assert (size, middle) == ((80, 40), (255, 0, 0))
    _size, middle = colours(waiting_picture(with_start(painted(), "solve"), REGISTRY, 80))
    assert middle != (255, 0, 0)
    damaged = replace(with_start(start(), "solve"), assets=frozen({"assets/red.png": b"no picture"}))
    assert waiting_picture(damaged, REGISTRY, 80) is None


def test_seeds_of_one_press_share_a_picture_and_another_stroke_does_not() -> None:
    document = painted()
    other_seed = edits.set_parameter(document, "solve", "seed", 99)
    assert alike(document, other_seed, REGISTRY)
    assert not alike(document, painted(), REGISTRY)
