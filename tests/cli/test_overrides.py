"""What can be changed for one run, and how mistakes in it are told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.addresses import find_node
from app.cli.errors import CommandError, UsageError
from app.cli.overrides import free_seeds, parse_seeds, with_seed, with_settings
from app.cli.values import parse_value
from app.examples.projects import EXAMPLES
from app.files.project import Project
from engine.api.plan import Json
from nodes.graph.model import Component, End, Graph, Node
from nodes.registry import built_in
from nodes.specs.declare import Kind, Parameter
from tests.cli.projects import picture

REGISTRY = built_in()
DEMO = EXAMPLES["demo"](REGISTRY)


def after(*settings: str, project: Project = DEMO) -> dict[str, dict[str, Json]]:
    """Parameters by node after settings were carried out."""
    graph = with_settings(project, REGISTRY, settings).graph
    return {node.id: dict(node.params) for node in graph.nodes}


@pytest.mark.parametrize("name", ["Base", "base", "BASE"])
def test_a_node_is_found_by_title_or_id(name: str) -> None:
    assert after(f"{name}.steps=12")["base"]["steps"] == 12


def test_the_last_setting_wins_and_the_project_stays() -> None:
    assert after("Base.steps=12", "Base.steps=13")["base"]["steps"] == 13
    assert after()["base"]["steps"] != 13


def test_a_text_may_hold_dots_and_equals_signs() -> None:
    assert after("Prompt.text=a = b. c.d=e")["prompt"]["text"] == "a = b. c.d=e"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("Bose.steps=2", "There is no node 'Bose'. Did you mean 'Base'?"),
        ("Base.step=2", "Base has no parameter 'step'. Did you mean 'steps'?"),
        ("Base.steps=many", "Base.steps cannot be 'many': it must be a whole number. For example: 12."),
        ("Base.guidance=inf", "it must be a finite number"),
        ("Base.sampler=heum", "Did you mean 'heun'?"),
        ("Phrase Masks.isolate=maybe", "it must be true or false"),
        ("Phrase Masks.layers=all", "holds phrases, which cannot be set here"),
        ("Storybook.size=2", "Storybook has no parameter 'size'. It has none at all."),
        ("Style Picture.file=nowhere.png", "nowhere.png: It cannot be read"),
    ],
)
def test_mistakes_are_told_with_what_came_near(setting: str, told: str) -> None:
    with pytest.raises(CommandError) as caught:
        after(setting)
    assert told in str(caught.value)


@pytest.mark.parametrize("setting", ["steps=2", "Base.steps", "Base.=2", ".steps=2", ""])
def test_what_is_no_setting_is_wrong_usage(setting: str) -> None:
    with pytest.raises(UsageError, match=r"Write NODE\.PARAM=VALUE"):
        after(setting)


def test_two_nodes_of_one_title_must_be_named_by_id() -> None:
    graph = Graph((Node("a", "sinopia.seed"), Node("b", "sinopia.seed")))
    with pytest.raises(CommandError, match="Name one by its id: a, b"):
        find_node(graph, REGISTRY, "seed")
    assert find_node(graph, REGISTRY, "b").id == "b"


def test_a_picture_is_taken_into_the_project(tmp_path: Path) -> None:
    file = picture(tmp_path)
    project = with_settings(DEMO, REGISTRY, [f"Style Picture.file={file}"])
    reference = next(node.params["file"] for node in project.graph.nodes if node.id == "picture")
    assert project.files[str(reference)] == file.read_bytes()


def test_what_is_no_picture_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "song.png").write_bytes(b"la la")
    with pytest.raises(CommandError, match=r"song\.png: This file is damaged or no picture"):
        with_settings(DEMO, REGISTRY, [f"Style Picture.file={tmp_path / 'song.png'}"])


def test_a_parameter_of_a_component_is_read_by_its_inner_kind() -> None:
    inside = Component(
        "draw", "Draw", (Node("d", "sinopia.denoise"),), params={"steps": End("d", "steps"), "seed": End("d", "seed")}
    )
    project = Project(Graph((Node("i", "component:draw"),), components=(inside,)))
    assert after("Draw.steps=7", project=project)["i"] == {"steps": 7}
    assert [(node.id, name) for node, name in free_seeds(project.graph, REGISTRY)] == [("i", "seed")]
    with pytest.raises(CommandError, match="Draw has no parameter 'step'"):
        after("Draw.step=7", project=project)


READINGS: list[tuple[Kind, str, Json]] = [
    (Kind.INTEGER, " 12 ", 12),
    (Kind.SEED, "9223372036854775807", 2**63 - 1),
    (Kind.NUMBER, "1e-3", 0.001),
    (Kind.BOOLEAN, "Yes", True),
    (Kind.BOOLEAN, "off", False),
    (Kind.TEXT, "a fox", "a fox"),
    (Kind.NAME, "fox", "fox"),
    (Kind.CHOICES, "a, b", ["a", "b"]),
    (Kind.CHOICES, "", []),
    (Kind.NUMBERS, "1, 0.5", [1.0, 0.5]),
]


@pytest.mark.parametrize(("kind", "text", "value"), READINGS)
def test_values_are_read_by_kind(kind: Kind, text: str, value: Json) -> None:
    read = parse_value(Parameter("p", kind, None, "", choices=("a", "b")), text, "Node")
    assert read == value
    assert type(read) is type(value)


def test_an_optional_value_can_be_emptied() -> None:
    assert after("Base.sigma_end=none")["base"]["sigma_end"] is None


def test_seeds_are_one_number_or_a_range_with_both_ends() -> None:
    assert list(parse_seeds("7")) == [7]
    assert list(parse_seeds("3..6")) == [3, 4, 5, 6]


@pytest.mark.parametrize("text", ["x", "1..", "..3", "5..2", "-1", "1...3", "0..999999999", str(2**63)])
def test_what_is_no_seed_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError):
        parse_seeds(text)


@given(seed=st.integers(0, 2**63 - 1))
def test_a_seed_goes_wherever_no_wire_drives_one(seed: int) -> None:
    graph = with_seed(DEMO.graph, REGISTRY, seed)
    assert [node.id for node in graph.nodes if "seed" in node.params] == ["seed"]
    assert next(node.params["seed"] for node in graph.nodes if node.id == "seed") == seed


def test_a_project_without_a_seed_says_so() -> None:
    with pytest.raises(CommandError, match="no seed to set"):
        with_seed(Graph((Node("p", "sinopia.prompt"),)), REGISTRY, 1)
