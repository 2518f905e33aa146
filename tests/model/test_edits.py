"""Single edits, where the random ones do not look closely: what exactly becomes of nodes, wires, layers and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from app.files.pictures import encode_mask
from app.model import edits
from app.model.anchors import Change
from app.model.conversion import MaskEncoder, to_project
from app.model.document import Document
from app.model.edits import Box, PictureFile, SizeCrop
from app.model.edits.components import without_unused_components
from app.model.face import face_of
from app.model.layers import Layer, layers_of
from app.model.starting import starting_document
from app.paint.rect import Rect
from app.paint.tiles import TileMask
from engine.api.plan import Asset, Json, Plan
from nodes.graph.compile import compile_plan
from nodes.graph.errors import EditError
from nodes.graph.model import End, Frame, Link, Node
from nodes.graph.validate import validate
from nodes.registry import Registry, built_in
from tests.model.shipped import STAGES

REGISTRY = built_in()

SENTENCE = "a castle and a rabbit under a night sky"


@pytest.fixture
def document() -> Document:
    """A new picture with a sentence."""
    return edits.set_prompt(starting_document(REGISTRY), "prompt", SENTENCE)


@pytest.fixture
def painted(document: Document) -> Document:
    """Two painted phrases."""
    for words in ("castle", "night sky"):
        start = SENTENCE.index(words)
        document = edits.bind_phrase(document, REGISTRY, "prompt", start, start + len(words), words)
    mask = edits.paint_of(document, phrases(document)[0])
    stroke = mask.with_region(Rect(10, 10, 50, 50), np.full((50, 50), 255, np.uint8))
    return edits.commit_paint(document, masks_of(document), "castle", stroke)


def named(*names: str) -> Iterator[str]:
    return iter(names)


def masks_of(document: Document) -> str:
    masks = face_of(document, REGISTRY).masks
    assert masks is not None
    return masks


def phrases(document: Document) -> tuple[Layer, ...]:
    return layers_of(document.nodes[masks_of(document)])


def plan_of(document: Document) -> Plan:
    """The plan of what is not in files."""
    return compile_plan(document.graph, REGISTRY)


def keys(document: Document) -> set[str | None]:
    return {step.key for step in plan_of(document).steps}


# Phrases


def test_painting_a_phrase_makes_a_node_for_it_and_wires_it_to_every_solve(painted: Document) -> None:
    masks = masks_of(painted)
    wires = {(str(link.target.node), link.target.port) for link in painted.graph.links if link.source.node == masks}
    assert wires == {("base", "phrases"), ("enlarged", "phrases")}
    assert [(layer.phrase, layer.colour) for layer in phrases(painted)] == [("castle", 0), ("night sky", 1)]
    assert validate(painted.graph, REGISTRY, painted.files) == ()


def test_phrases_keep_their_words_while_the_sentence_is_edited(painted: Document) -> None:
    edited = edits.set_prompt(painted, "prompt", "an old castle and a rabbit under a starry night sky")
    assert [(layer.phrase, layer.lost) for layer in phrases(edited)] == [("castle", False), ("night sky", False)]
    lost = edits.set_parameter(edited, "prompt", "text", "an old castle and a rabbit")
    assert [layer.lost for layer in phrases(lost)] == [False, True]
    assert lost.paint.keys() == {"castle", "night sky"}
    found = edits.set_prompt(lost, "prompt", "an old castle and a rabbit, night sky")
    assert [layer.lost for layer in phrases(found)] == [False, False]


def test_the_editor_can_say_where_a_change_was(document: Document) -> None:
    document = edits.set_prompt(document, "prompt", "red red")
    document = edits.bind_phrase(document, REGISTRY, "prompt", 0, 3, "first")
    document = edits.set_prompt(document, "prompt", "red", Change(0, 4, ""))
    assert [layer.lost for layer in phrases(document)] == [True]


def test_a_lost_phrase_is_bound_anew(painted: Document) -> None:
    lost = edits.set_prompt(painted, "prompt", "two owls")
    bound = edits.rebind_layer(lost, masks_of(lost), "castle", 4, 8)
    assert [(layer.phrase, layer.lost) for layer in phrases(bound)] == [("owls", False), ("night sky", True)]
    with pytest.raises(EditError, match="Select the words"):
        edits.rebind_layer(lost, masks_of(lost), "castle", 3, 4)


def test_layers_are_ordered_renamed_copied_and_removed_with_their_paint(painted: Document) -> None:
    masks = masks_of(painted)
    moved = edits.move_layer(painted, masks, "castle", 9)
    assert [layer.id for layer in phrases(moved)] == ["night sky", "castle"]
    castle = next(layer for layer in phrases(moved) if layer.id == "castle")
    named_layer = edits.set_layer(moved, masks, replace(castle, name="Keep"))
    copied = edits.duplicate_layer(named_layer, masks, "castle", "copy")
    assert [layer.title for layer in phrases(copied)] == ["night sky", "Keep", "Keep"]
    assert copied.paint["copy"] is copied.paint["castle"]
    removed = edits.remove_layers(copied, masks, ["castle", "night sky"])
    assert (len(phrases(removed)), set(removed.paint)) == (1, {"copy"})


def test_paint_of_another_size_is_refused(painted: Document) -> None:
    with pytest.raises(EditError, match="scale it first"):
        edits.commit_paint(painted, masks_of(painted), "castle", TileMask.blank(5, 5))


def test_what_is_only_for_the_screen_changes_no_result(painted: Document) -> None:
    layer = phrases(painted)[0]
    shown = edits.set_layer(painted, masks_of(painted), replace(layer, colour=5, opacity=0.1, locked=True, name="x"))
    stronger = edits.set_layer(painted, masks_of(painted), replace(layer, strength=2.0))
    assert entries(shown) == entries(painted) != entries(stronger)


def entries(document: Document) -> object:
    """What the engine is told of the layers."""
    project = to_project(document, MaskEncoder())
    plan = compile_plan(document.graph, REGISTRY, assets={name: Asset(name, "") for name in project.files})
    return next(step.params["layers"] for step in plan.steps if step.type == "sinopia.phrase-masks")


def test_layers_that_cannot_be_read_are_kept(painted: Document) -> None:
    masks = masks_of(painted)
    strange = edits.set_parameter(painted, masks, "layers", [{"id": 5}, *list_of(painted)])
    moved = edits.move_layer(strange, masks, "castle", 1)
    assert {"id": 5} in list_of(moved)
    assert len(phrases(moved)) == 2


def list_of(document: Document) -> list[Json]:
    held = document.nodes[masks_of(document)].params["layers"]
    assert isinstance(held, list)
    return list(held)


# Nodes and wires


def test_a_wire_takes_the_place_of_the_old_one_unless_several_may_end_there(document: Document) -> None:
    spec = REGISTRY.get("sinopia.prompt")
    assert spec is not None
    document = edits.add_node(document, spec, "other")
    wired = edits.connect(document, REGISTRY, End("other", "conditioning"), End("base", "prompt"))
    assert [link.source.node for link in wired.graph.links if link.target == End("base", "prompt")] == ["other"]
    more = edits.connect(document, REGISTRY, End("storybook", "base"), End("ensemble", "experts"))
    ports = [link.source.port for link in more.graph.links if link.target == End("ensemble", "experts")]
    assert ports == [*(part.name for part in STAGES[0].experts), "base"]


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        (End("prompt", "conditioning"), End("base", "denoiser"), "takes Denoiser, not Conditioning"),
        (End("saved", "image"), End("base", "low_resolution"), "close a circle"),
        (End("prompt", "conditioning"), End("base", "encoders"), "takes no wire"),
    ],
)
def test_a_wire_that_cannot_be_says_why(document: Document, source: End, target: End, reason: str) -> None:
    told = edits.refusal(document, REGISTRY, source, target)
    assert told is not None
    assert reason in told
    with pytest.raises(EditError, match=reason):
        edits.connect(document, REGISTRY, source, target)


def test_a_wire_may_drive_a_parameter_of_its_type(document: Document) -> None:
    assert edits.refusal(document, REGISTRY, End("seed", "seed"), End("base", "steps")) is None
    assert edits.refusal(document, REGISTRY, End("seed", "seed"), End("base", "sampler")) is not None


def test_removing_a_node_can_join_what_it_stood_between(document: Document) -> None:
    spec = REGISTRY.get("sinopia.resize")
    assert spec is not None
    wire = next(link for link in document.graph.links if link.target == End("saved", "image"))
    document = edits.add_node(document, spec, "resized")
    assert edits.insertion_ports(document, REGISTRY, wire, spec) == ("image", "image")
    inserted = edits.insert_on_wire(document, REGISTRY, wire, "resized")
    assert Link(End("resized", "image"), End("saved", "image")) in inserted.graph.links
    joined = edits.remove_nodes(inserted, ["resized"], REGISTRY, reconnect=True)
    assert wire in joined.graph.links
    apart = edits.remove_nodes(inserted, ["resized"], REGISTRY)
    assert all(link.target != End("saved", "image") for link in apart.graph.links)


def test_frames_change_no_picture(document: Document) -> None:
    framed = edits.frame_nodes(document, ["base"], "frame", "Drawing", Box(0, 0, 100, 50))
    moved = edits.set_frame(framed, Frame("frame", "Drawing", 10, 20, 100, 50))
    assert moved.graph.frames == (Frame("frame", "Drawing", 10, 20, 100, 50),)
    assert keys(moved) == keys(document)
    assert edits.remove_frames(moved, ["frame"]).graph.frames == ()


def test_what_does_not_matter_to_the_picture_keeps_every_key(document: Document) -> None:
    changed = edits.move_nodes(
        edits.rename_node(edits.set_note(document, "base", "hm"), "base", "Draw"), {"base": (1, 2)}
    )
    assert keys(changed) == keys(document)
    assert keys(edits.set_parameter(document, "base", "steps", 9)) != keys(document)
    assert keys(edits.reset_parameter(document, "saved", "name")) == keys(document)


def test_values_no_file_can_hold_are_refused(document: Document) -> None:
    with pytest.raises(EditError, match="guidance"):
        edits.set_parameter(document, "base", "guidance", float("nan"))
    with pytest.raises(EditError, match="nobody"):
        edits.set_parameter(document, "nobody", "guidance", 1.0)


# Copies


def test_a_copy_has_ids_and_paint_of_its_own(painted: Document) -> None:
    fragment = edits.copy(painted, ["prompt", masks_of(painted)])
    assert fragment.paint.keys() == {"castle", "night sky"}
    pasted = edits.paste(painted, fragment, (5, 5))
    copied = pasted.document.nodes[pasted.names[masks_of(painted)]]
    assert {layer.id for layer in layers_of(copied)}.isdisjoint({"castle", "night sky"})
    assert len(pasted.document.paint) == 4
    assert edits.prompt_of(pasted.document, copied.id) == pasted.document.nodes[pasted.names["prompt"]]
    assert validate(pasted.document.graph, REGISTRY, pasted.document.files) == ()


def test_paint_pasted_onto_another_canvas_is_stretched(painted: Document) -> None:
    fragment = edits.copy(painted, [masks_of(painted)])
    pasted = edits.paste(Document(size=(64, 32)), fragment).document
    assert {(mask.width, mask.height) for mask in pasted.paint.values()} == {(64, 32)}


def test_a_duplicate_may_be_fed_like_the_original(document: Document) -> None:
    plain, fed = (edits.duplicate(document, ["base"], with_wires=wires) for wires in (False, True))
    assert not [link for link in plain.document.graph.links if link.target.node == plain.names["base"]]
    ports = [link.target.port for link in fed.document.graph.links if link.target.node == fed.names["base"]]
    assert sorted(ports) == ["denoiser", "prompt", "seed", "size"]


# Style and size


def picture(value: int) -> PictureFile:
    return PictureFile(encode_mask(np.full((4, 4), value, np.uint8)), "png", f"Grey {value}")


def test_style_pictures_come_with_their_nodes_and_go_with_them(document: Document) -> None:
    styled = edits.add_style_pictures(document, REGISTRY, [picture(1), picture(2)])
    assert _apart(styled.graph.nodes), "no node begins on another"
    (style,) = face_of(styled, REGISTRY).styles
    styled = edits.add_style_pictures(styled, REGISTRY, [picture(1)])
    assert (len(styled.assets), edits.style_weights(styled, style)) == (2, [1.0, 1.0, 1.0])
    weighed = edits.set_style_weight(styled, style, 1, 0.25)
    assert edits.style_weights(weighed, style) == [1.0, 0.25, 1.0]
    assert validate(weighed.graph, REGISTRY, weighed.files) == ()
    fewer = edits.remove_style_picture(weighed, style, 0)
    assert (len(fewer.assets), edits.style_weights(fewer, style)) == (2, [0.25, 1.0])
    for _ in range(2):
        fewer = edits.remove_style_picture(fewer, style, 0)
    assert (fewer.nodes.keys(), fewer.assets) == (document.nodes.keys(), {})


def test_size_and_crop_are_those_of_the_node(document: Document) -> None:
    wanted = SizeCrop(192, 128, 512, 512, 10, 20)
    sized = edits.set_size(document, REGISTRY, wanted)
    assert edits.size_of(sized, REGISTRY, "size") == wanted
    bare = edits.remove_nodes(document, ["size"])
    made = edits.set_size(bare, REGISTRY, wanted)
    assert face_of(made, REGISTRY).size is not None


def test_the_canvas_takes_the_proportions_of_the_picture_with_its_paint(painted: Document) -> None:
    shaped = edits.shape_canvas(painted, 192, 128)
    assert shaped.size == (1024, 683)
    assert {(mask.width, mask.height) for mask in shaped.paint.values()} == {(1024, 683)}
    with pytest.raises(EditError, match="canvas"):
        edits.set_canvas(painted, 0, 5)


# Components


def test_a_component_makes_the_same_picture_and_can_be_taken_apart(document: Document) -> None:
    ids = named("component", "instance")
    made, instance = edits.make_component(document, ["base", "enlarged", "ensemble"], "Draw", ids=lambda: next(ids))
    assert (instance, set(made.nodes)) == ("instance", {*document.nodes, "instance"} - {"base", "enlarged", "ensemble"})
    definition = edits.definition_of(made, instance)
    assert (set(definition.inputs), set(definition.outputs)) == (
        {"experts", "prompt", "seed", "size", "denoiser"},
        {"image"},
    )
    assert validate(made.graph, REGISTRY) == ()
    assert keys(made) == keys(document)
    apart, nodes = edits.take_apart(made, instance)
    assert (len(nodes), apart.graph.components) == (3, ())
    assert keys(apart) == keys(document)


def test_instances_follow_their_definition_until_made_unique(document: Document) -> None:
    made, instance = edits.make_component(document, ["base"], "Base", {"steps": End("base", "steps")})
    twice = edits.duplicate(made, [instance], with_wires=True)
    other = twice.names[instance]
    assert len(twice.document.graph.components) == 1
    unique = edits.make_unique(twice.document, other)
    assert len(unique.graph.components) == 2
    assert edits.definition_of(unique, other).id != edits.definition_of(unique, instance).id
    fewer = edits.set_parameter(unique, instance, "steps", 3)
    apart, (node,) = edits.take_apart(fewer, instance)
    assert apart.nodes[node].params["steps"] == 3
    assert len(without_unused_components(apart).graph.components) == 1


def test_a_component_is_pasted_into_another_project_with_its_definition_and_paint(painted: Document) -> None:
    made, instance = edits.make_component(painted, [masks_of(painted), "prompt"], "Words")
    pasted = edits.paste(Document(), edits.copy(made, [instance])).document
    assert (len(pasted.graph.components), set(pasted.paint)) == (1, {"castle", "night sky"})
    unique = edits.make_unique(made, instance)
    assert len(unique.paint) == 4
    assert validate(unique.graph, REGISTRY, unique.files) == ()


def test_a_component_of_nothing_is_refused(document: Document) -> None:
    with pytest.raises(EditError, match="Select those"):
        edits.make_component(document, [], "Nothing")
    with pytest.raises(EditError, match="no instance"):
        edits.take_apart(document, "base")


# The face


def test_the_face_shows_the_nodes_behind_the_controls(painted: Document) -> None:
    face = face_of(painted, REGISTRY)
    assert (face.target, face.solves, face.prompt, face.size) == ("saved", ("base", "enlarged"), "prompt", "size")
    assert (face.seed, face.driven) == (End("seed", "seed"), frozenset())


def test_what_only_the_graph_knows_is_said_to_be_driven(document: Document) -> None:
    spec = REGISTRY.get("sinopia.text-list")
    assert spec is not None
    listed = edits.add_node(document, spec, "list")
    listed = edits.connect(listed, REGISTRY, End("list", "texts"), End("prompt", "text"))
    assert face_of(listed, REGISTRY).driven == {"prompt.text"}


def test_a_registry_without_output_nodes_has_no_face(document: Document) -> None:
    assert face_of(document, Registry(())).target is None


def _apart(nodes: Sequence[Node]) -> bool:
    return all(abs(one.x - two.x) >= 240 or abs(one.y - two.y) >= 100 for one, two in combinations(nodes, 2))
