"""`sinopia info`: where a picture came from, without rendering anything."""

from __future__ import annotations

import argparse
import io
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from PIL import Image

from app.cli.addresses import title_of
from app.cli.errors import CommandError, Exit
from app.cli.json_text import json_text
from app.cli.projects import open_with_warnings
from app.cli.terminal import say
from app.files.embedded import PARAMETERS_KEYWORD, SIGNATURE, EmbeddedError, embedded_project, read_texts
from app.files.errors import ProjectFileError
from app.files.parameters import parameters_text
from app.files.pictures import PictureError, look_at
from app.files.project import Project
from nodes.registry import Registry, installed

ITEM = "item"
NOT_OURS = "Open the picture as it was saved; programs that edit or send pictures often drop such texts."


class NodeInfo(Struct, frozen=True):
    """One node of the project, with what was set on it (defaults are left out)."""

    id: str
    type: str
    title: str
    params: dict[str, object]


class Info(Struct, frozen=True):
    """Where a file came from. Sizes in pixels, None for a project file; `parameters` is the widely read text.

    `item` says which item of the project's lists a picture is ("Seed Range: 3"); empty where there is only one.
    """

    file: str
    format: str
    width: int | None
    height: int | None
    project: bool
    parameters: str
    item: str
    phrases: tuple[str, ...]
    nodes: tuple[NodeInfo, ...]


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `info`."""
    parser.add_argument("picture", metavar="PICTURE", type=Path, help="a picture, or a project")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print what the file tells of itself."""
    found = examine(arguments.picture, installed())
    say(json_text(found) if arguments.json else described(found))
    return Exit.DONE


def examine(path: Path, registry: Registry) -> Info:
    """What a picture or a project tells of itself.

    Raises:
        CommandError: it cannot be read, or it is a picture that tells nothing.
    """
    try:
        with path.open("rb") as file:
            is_png = file.read(len(SIGNATURE)) == SIGNATURE
    except OSError as error:
        raise CommandError(
            f"{path}: It cannot be read ({error.strerror}).", "Check the name and the folder."
        ) from error
    if is_png:
        return _of_picture(path, registry)
    project = open_with_warnings(path, registry)
    texts = {PARAMETERS_KEYWORD: parameters_text(project.graph, registry)}
    return _info(path, ("project", None, None), project, texts, registry)


def _of_picture(path: Path, registry: Registry) -> Info:
    data = path.read_bytes()
    try:
        facts = look_at(data)
        texts = {**_short_texts(data), **read_texts(data)}
        opened = embedded_project(texts, path.name, registry)
    except PictureError as error:
        raise CommandError(f"{path}: This picture {error}.", "Open another copy of it.") from error
    except EmbeddedError as error:
        raise CommandError(f"{path}: {error}", NOT_OURS) from error
    except ProjectFileError as error:
        raise CommandError(str(error)) from error
    if opened is None and PARAMETERS_KEYWORD not in texts:
        raise CommandError(f"{path}: This picture does not tell where it came from.", NOT_OURS)
    project = None if opened is None else opened.project
    return _info(path, (facts.format, facts.width, facts.height), project, texts, registry)


def _short_texts(data: bytes) -> dict[str, str]:
    """The texts in front of a picture's pixels; what is too long or damaged is left out."""
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        return {str(name): text for name, text in image.info.items() if isinstance(text, str)}


def _info(
    path: Path,
    shape: tuple[str, int | None, int | None],
    project: Project | None,
    texts: Mapping[str, str],
    registry: Registry,
) -> Info:
    graph = None if project is None else project.graph
    nodes = () if graph is None else graph.nodes
    entries = [layer for node in nodes for layer in _list(node.params.get("layers"))]
    return Info(
        str(path),
        *shape,
        project=project is not None,
        parameters=texts.get(PARAMETERS_KEYWORD, ""),
        item=texts.get(ITEM, ""),
        phrases=tuple(str(layer["phrase"]) for layer in entries if isinstance(layer, dict) and "phrase" in layer),
        nodes=tuple(
            NodeInfo(node.id, node.type, title_of(node, graph, registry), dict(node.params))
            for node in nodes
            if graph is not None
        ),
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def described(info: Info) -> str:
    """The same for people."""
    size = f", {info.width} x {info.height} pixels" if info.width else ""
    lines = [f"{info.file}: {info.format}{size}"]
    lines += [info.parameters] if info.parameters else []
    lines += [f"Item of its lists: {info.item}"] if info.item else []
    lines += [f"Painted phrases: {', '.join(info.phrases)}"] if info.phrases else []
    if info.project:
        lines.append(f"Nodes: {', '.join(node.title for node in info.nodes)}")
    return "\n".join(lines)
