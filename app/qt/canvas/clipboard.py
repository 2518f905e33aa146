"""Parts of a graph as text, so that they can be pasted into any window, sent in a message, or kept in a file.

The text is a graph file. Paint and pictures that its nodes use stand in it as base64, under "files" by reference.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from msgspec.structs import replace

from app.files.project import ASSETS, PAINT, Project, asset_reference, paint_reference
from app.model.conversion import MaskEncoder, from_project, to_project
from app.model.document import Document
from engine.api.plan import Json
from nodes.graph.codec import decode, encode
from nodes.graph.errors import GraphFileError
from nodes.graph.model import Graph
from nodes.registry import Registry

FILES = "files"
_NAME = "The clipboard"


def to_text(fragment: Document) -> str:
    """Write a fragment. Raises GraphFileError when a parameter holds what no file can."""
    project = to_project(fragment, MaskEncoder())
    graph = project.graph
    if project.files:
        files: dict[str, Json] = {name: base64.b64encode(data).decode() for name, data in project.files.items()}
        graph = replace(graph, extra={**graph.extra, FILES: files})
    return encode(graph).decode()


def from_text(text: str, registry: Registry) -> Document:
    """Read a fragment. Raises GraphFileError when the text is no graph, or is damaged."""
    graph = decode(text.encode(), _NAME, registry)
    files = _files(graph)
    graph = replace(graph, extra={name: value for name, value in graph.extra.items() if name != FILES})
    paint = {name.removeprefix(PAINT).removesuffix(".png"): data for name, data in files.items() if _is_paint(name)}
    assets = {name: data for name, data in files.items() if _is_asset(name, data)}
    return from_project(Project(graph, paint, assets)).document


def looks_like_graph(text: str) -> bool:
    """Whether it is worth trying to read a text."""
    return text.lstrip()[:1] == "{" and '"sinopia/graph"' in text[:200]


def _files(graph: Graph) -> Mapping[str, bytes]:
    held = graph.extra.get(FILES, {})
    entries = held.items() if isinstance(held, dict) else ()
    try:
        return {name: base64.b64decode(data, validate=True) for name, data in entries if isinstance(data, str)}
    except binascii.Error as error:
        raise GraphFileError(_NAME, FILES, f"a file in it is damaged ({error}). Copy again.") from error


def _is_paint(name: str) -> bool:
    layer = name.removeprefix(PAINT).removesuffix(".png")
    return name == paint_reference(layer) and "/" not in layer


def _is_asset(name: str, data: bytes) -> bool:
    """An asset is named by its content: under another name it could take the place of a different picture."""
    return name.startswith(ASSETS) and name == asset_reference(data, name.rpartition(".")[2])
