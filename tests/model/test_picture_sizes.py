"""Which sizes a model draws, and what it makes of others."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as replace_struct

from app.model.edits.enlarging import Enlargement, enlarge, shrink
from app.model.face import face_of
from app.model.model_cards import Models
from app.model.picture_sizes import drawn_instead, enlargement, native_side, offered_sizes, ratio, smaller_side
from app.model.starting import starting_document
from engine.api.cards import ModelCard, PartCard
from engine.api.sizes import WIDEST, buckets, drawn_size
from nodes.graph.errors import EditError
from nodes.graph.model import End
from nodes.impl.solving import Part, frame_of
from nodes.registry import built_in

NATIVE = st.sampled_from((32, 64, 128, 1024))


def models() -> Models:
    def part(name: str, size: int) -> PartCard:
        return PartCard(name, name.title(), f"parts/{name}.safetensors", "", size, 0.002, 80.0, 1, "")

    parts = (part("high", 32), part("low", 32), part("upscaler", 128))
    return Models({"storybook": ModelCard("storybook", "Storybook", "", "", "", 1.0, parts)})


@given(NATIVE)
def test_what_is_offered_is_drawn_as_it_is(native: int) -> None:
    sizes = buckets(native)
    assert (native, native) in sizes
    assert {(height, width) for width, height in sizes} == set(sizes)
    for width, height in sizes:
        assert drawn_size(native, width, height) == (width, height)
        assert max(width, height) <= WIDEST * min(width, height)
        assert width * height == pytest.approx(native**2, rel=0.12)


@given(NATIVE, st.integers(8, 4000), st.floats(1.0 / WIDEST, WIDEST))
def test_a_size_is_drawn_with_about_its_proportions(native: int, width: int, shape: float) -> None:
    drawn = drawn_size(native, width, max(round(width / shape), 1))
    assert drawn[0] * drawn[1] == pytest.approx(native**2, rel=0.2)
    part = cast(Part, SimpleNamespace(native_size=native, channels=3, space="pixels"))
    assert frame_of(part, (drawn[1], drawn[0]), "cpu").shape[1:] in {
        (drawn[1], drawn[0]),
        drawn_size(native, *drawn)[::-1],
    }


def test_the_last_solve_decides_the_size() -> None:
    document = starting_document(built_in())
    face = face_of(document, built_in())
    assert native_side(document, face, models()) == 128
    assert native_side(document, replace(face, solves=face.solves[:1]), models()) == 32  # through the ensemble
    assert native_side(document, face, Models({})) is None


def test_another_size_is_told() -> None:
    assert drawn_instead(128, 160, 96) is None
    assert drawn_instead(128, 512, 512) == (128, 128)
    assert drawn_instead(128, 640, 360) == (176, 96)
    assert drawn_instead(None, 640, 360) is None
    assert offered_sizes(None) == ()
    assert ratio(160, 96) == "5:3"


def test_a_picture_is_enlarged_to_the_next_size_of_its_model_and_back() -> None:
    registry, known = built_in(), models()
    card = known.cards["storybook"]
    enlarger = replace_struct(card.parts[0], name="enlarger", size=512)
    known = Models({"storybook": replace_struct(card, parts=(*card.parts, enlarger))})
    document = starting_document(registry)
    face = face_of(document, registry)
    found = enlargement(document, face, known)
    assert found == Enlargement(512, "storybook", ("enlarger",))
    assert smaller_side(document, face, known) is None  # no picture is drawn without the first enlargement
    larger = enlarge(document, registry, face.solves[-1], found, lambda: "larger")
    grown = face_of(larger, registry)
    assert grown.solves == (*face.solves, "larger")
    assert (native_side(larger, grown, known), smaller_side(larger, grown, known)) == (512, 128)
    assert enlargement(larger, grown, known) is None
    wired = {link.target.port: link.source for link in larger.graph.links if link.target.node == "larger"}
    assert wired == {
        "denoiser": End("storybook", "enlarger"), "prompt": End("prompt", "conditioning"), "seed": End("seed", "seed"),
        "low_resolution": End("enlarged", "image"),
    }  # fmt: skip
    assert larger.nodes["larger"].title == "Upscaler to 512"
    assert larger.nodes["saved"].x > larger.nodes["larger"].x > larger.nodes["enlarged"].x
    back = shrink(larger, "larger")
    assert set(back.nodes) == set(document.nodes)
    assert back.graph.links == document.graph.links


def test_a_stage_of_several_experts_comes_and_goes_with_their_ensemble() -> None:
    registry, document = built_in(), starting_document(built_in())
    ids = iter(("larger", "experts"))
    larger = enlarge(document, registry, "enlarged", Enlargement(512, "storybook", ("high", "low")), lambda: next(ids))
    assert {link.source.port for link in larger.graph.links if link.target == End("experts", "experts")} == {
        "high", "low",
    }  # fmt: skip
    assert set(shrink(larger, "larger").nodes) == set(document.nodes)
    with pytest.raises(EditError, match="not enlarged"):
        shrink(document, "base")
