"""A negative prompt and a second prompt come with their nodes and wires, and go with them."""

import pytest

from app.model import edits
from app.model.document import Document
from app.model.face import face_of
from app.model.first_model import model_behind
from app.model.layers import layers_of
from app.model.starting import starting_document
from nodes.graph.errors import EditError
from nodes.graph.model import End, Link
from nodes.graph.validate import validate
from nodes.registry import built_in

REGISTRY = built_in()
SENTENCE = "a castle under a night sky"


@pytest.fixture
def document() -> Document:
    """A sentence with one painted phrase."""
    written = edits.set_prompt(starting_document(REGISTRY), "prompt", SENTENCE)
    return edits.bind_phrase(written, REGISTRY, "prompt", 2, 8, "castle")


def wires(document: Document) -> set[tuple[End, End]]:
    return {(link.source, link.target) for link in document.graph.links}


def problems(document: Document) -> list[str]:
    return [problem.message for problem in validate(document.graph, REGISTRY)]


def test_a_negative_prompt_is_wired_to_every_solve_and_goes_whole(document: Document) -> None:
    added = edits.add_negative(document, REGISTRY)
    negative = face_of(added, REGISTRY).negative
    assert negative is not None
    new = wires(added) - wires(document)
    assert new == {(End(negative, "conditioning"), End(solve, "negative")) for solve in ("base", "enlarged")}
    assert problems(added) == problems(document)
    assert edits.add_negative(added, REGISTRY) is added
    assert edits.remove_negative(added, REGISTRY).graph == document.graph


def test_a_negative_prompt_that_something_else_needs_stays(document: Document) -> None:
    (first,) = (link for link in document.graph.links if link.target == End("enlarged", "prompt"))
    shared = edits.change_link(document, first, Link(first.source, End("base", "negative")))
    face = face_of(shared, REGISTRY)
    assert face.negative == "prompt"
    removed = edits.remove_negative(shared, REGISTRY)
    assert face_of(removed, REGISTRY).negative is None
    assert "prompt" in removed.nodes


def test_a_negative_prompt_of_the_graph_is_left_to_it(document: Document) -> None:
    switch = REGISTRY.get("sinopia.prompt-switch")
    assert switch is not None
    with_switch = edits.add_node(document, switch, "other")
    driven = edits.connect(with_switch, REGISTRY, End("other", "conditioning"), End("base", "negative"))
    with pytest.raises(EditError, match="driven by the graph"):
        edits.add_negative(driven, REGISTRY)


def test_a_second_prompt_begins_as_the_first_and_changes_nothing(document: Document) -> None:
    added = edits.add_switch(document, REGISTRY)
    face = face_of(added, REGISTRY)
    assert face.prompt == "prompt"
    assert face.second_prompt is not None
    assert face.switch is not None
    assert added.nodes[face.second_prompt].params["text"] == SENTENCE
    assert face.masks == face_of(document, REGISTRY).masks
    for solve in ("base", "enlarged"):
        assert (End(face.switch, "conditioning"), End(solve, "prompt")) in wires(added)
    assert problems(added) == problems(document)
    assert edits.add_switch(added, REGISTRY) is added
    removed = edits.remove_switch(added, REGISTRY)
    assert wires(removed) == wires(document)
    assert removed.nodes == document.nodes


def test_the_second_prompt_is_written_by_itself_and_phrases_stay_with_the_first(document: Document) -> None:
    added = edits.add_switch(document, REGISTRY)
    second = face_of(added, REGISTRY).second_prompt
    assert second is not None
    written = edits.set_prompt(added, second, "an owl")
    masks = face_of(written, REGISTRY).masks
    assert masks is not None
    (layer,) = layers_of(written.nodes[masks])
    assert (layer.phrase, layer.lost) == ("castle", False)


def test_new_nodes_lie_on_no_other(document: Document) -> None:
    added = edits.add_negative(edits.add_switch(document, REGISTRY), REGISTRY)
    places = [(node.x, node.y) for node in added.graph.nodes]
    assert len(set(places)) == len(places)


def test_the_first_model_that_draws_is_the_one_that_reads(document: Document) -> None:
    assert model_behind(document, "base") == "storybook"
    assert model_behind(edits.remove_nodes(document, ("storybook",)), "base") is None
    assert model_behind(document, None) is None
