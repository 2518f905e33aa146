"""Changes to a project for one run: `--set NODE.PARAM=VALUE` and `--seed`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from app.cli.addresses import component_of, find_node, find_parameter, title_of
from app.cli.errors import CommandError, UsageError
from app.cli.values import parse_value
from app.files.pictures import PictureError, look_at
from app.files.project import Project, asset_reference
from nodes.graph.edit import set_params
from nodes.graph.model import Graph, Node
from nodes.registry import Registry
from nodes.specs.declare import LARGEST_SEED, Kind

MOST_SEEDS = 10_000


def with_settings(project: Project, registry: Registry, settings: Iterable[str]) -> Project:
    """The project with every `NODE.PARAM=VALUE` carried out, the last one winning; a picture is named by its file.

    Raises:
        UsageError: a setting is not written so.
        CommandError: it names no node, parameter or picture, or gives a value that the parameter cannot hold.
    """
    for setting in settings:
        address, equals, value = setting.partition("=")
        name, dot, parameter = address.rpartition(".")
        if not (equals and dot and name and parameter):
            raise UsageError(f"{setting!r} is no setting.", "Write NODE.PARAM=VALUE, for example 'Denoise.steps=12'.")
        project = _with_setting(project, registry, (name.strip(), parameter.strip()), value)
    return project


def _with_setting(project: Project, registry: Registry, address: tuple[str, str], value: str) -> Project:
    graph, (name, parameter) = project.graph, address
    node = find_node(graph, registry, name)
    declared = find_parameter(graph, registry, node, parameter)
    if declared.kind is not Kind.PICTURE:
        read = parse_value(declared, value, title_of(node, graph, registry))
        return replace(project, graph=set_params(graph, node.id, {parameter: read}))
    reference, content = _picture(Path(value))
    changed = set_params(graph, node.id, {parameter: reference})
    return replace(project, graph=changed, assets={**project.assets, reference: content})


def _picture(file: Path) -> tuple[str, bytes]:
    """A picture file as an asset of a project."""
    try:
        content = file.read_bytes()
        return asset_reference(content, look_at(content).ending), content
    except OSError as error:
        raise CommandError(
            f"{file}: It cannot be read ({error.strerror}).", "Check the name and the folder."
        ) from error
    except PictureError as error:
        raise CommandError(f"{file}: This file {error}.", "Choose another picture.") from error


def parse_seeds(text: str) -> range:
    """The seeds of `N` or `A..B` (both ends included).

    Raises:
        UsageError: it is neither, or more than `MOST_SEEDS`.
    """
    first, dots, last = text.partition("..")
    try:
        begin, end = int(first), int(last if dots else first)
    except ValueError:
        raise UsageError(f"{text!r} is no seed.", "Write a whole number, or two with dots between: 1..8.") from None
    if not 0 <= begin <= end <= LARGEST_SEED:
        raise UsageError(f"The seeds {text} are out of order or out of range.", f"Write A..B, 0 to {LARGEST_SEED}.")
    if end - begin >= MOST_SEEDS:
        raise UsageError(f"{end - begin + 1} seeds are too many for one run.", f"Ask for up to {MOST_SEEDS}.")
    return range(begin, end + 1)


def with_seed(graph: Graph, registry: Registry, seed: int) -> Graph:
    """The graph with every seed that no wire drives set to `seed`.

    Raises:
        CommandError: the graph has no such seed, so that every picture would be the same.
    """
    places = list(free_seeds(graph, registry))
    if not places:
        raise CommandError("This project has no seed to set.", "Run it without --seed.")
    for node, parameter in places:
        graph = set_params(graph, node.id, {parameter: seed})
    return graph


def free_seeds(graph: Graph, registry: Registry) -> Iterator[tuple[Node, str]]:
    """Every seed that is a number on a node rather than a wire."""
    driven = {(link.target.node, link.target.port) for link in graph.links}
    for node in graph.nodes:
        for parameter in _seed_parameters(graph, registry, node):
            if (node.id, parameter) not in driven:
                yield node, parameter


def _seed_parameters(graph: Graph, registry: Registry, node: Node) -> list[str]:
    component = component_of(node, graph)
    if component is not None:
        return [name for name in component.params if find_parameter(graph, registry, node, name).kind is Kind.SEED]
    spec = registry.get(node.type)
    return [] if spec is None else [each.name for each in spec.parameters if each.kind is Kind.SEED]
