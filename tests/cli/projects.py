"""Small projects for the command line's tests; none of them needs a model."""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from app.examples.sketch import Sketch
from app.files.project import Project, asset_reference
from app.files.saving import save_project
from nodes.graph.codec import encode
from nodes.registry import built_in


def picture(folder: Path, name: str = "source.png", side: int = 24) -> Path:
    """A picture file with random pixels."""
    pixels = np.random.default_rng(0).integers(0, 255, (side, side, 3), dtype=np.uint8)
    file = folder / name
    Image.fromarray(pixels).save(file)
    return file


def resizing(content: bytes) -> Project:
    """Load Image, Resize, Save Image; and a Seed that nothing uses."""
    reference = asset_reference(content, "png")
    sketch = Sketch(built_in())
    sketch.node("load", "load-image", (0, 0), file=reference)
    sketch.node("small", "resize", (1, 0), "Make Small", width=12, height=10)
    sketch.node("save", "save-image", (2, 0), name="small")
    sketch.node("seed", "seed", (0, 1))
    sketch.wire("load.image", "small.image")
    sketch.wire("small.image", "save.image")
    return Project(sketch.graph, assets={reference: content})


def saved(project: Project, folder: Path, name: str = "project.sinopia") -> Path:
    """The project as a file."""
    file = folder / name
    save_project(project, file, built_in())
    return file


def bare_graph(folder: Path, sketch: Sketch, name: str = "graph.json") -> Path:
    """The graph alone, as a file."""
    file = folder / name
    file.write_bytes(encode(sketch.graph))
    return file


def pretended_png(width: int, height: int) -> bytes:
    """A few bytes of PNG that claim to be a picture of `width` x `height`."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 100)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
