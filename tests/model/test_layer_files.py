"""Layers in files of other programs, and what becomes of them in a document."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model import edits
from app.model.document import Document
from app.model.edits.importing import import_layers, import_mask
from app.model.face import face_of
from app.model.layer_files import Form, holds_layers, named_phrase, read_layers, write_layers
from app.model.layers import Layer, layers_of
from app.model.starting import starting_document
from app.paint.errors import ExchangeError
from app.paint.exchange.layers import PaintedPhrase, Painting
from app.paint.exchange.png import write_mask
from app.paint.rect import Rect
from app.paint.tiles import TileMask
from nodes.registry import built_in

REGISTRY = built_in()
SENTENCE = "a red castle by a castle under a night sky"


def boxed(box: Rect, size: tuple[int, int] = (64, 48)) -> TileMask:
    return TileMask.blank(*size).with_region(box, np.full((box.height, box.width), 255, np.uint8))


SKY, CASTLE = boxed(Rect(0, 0, 64, 16)), boxed(Rect(8, 20, 20, 20))
PAINTING = Painting(64, 48, (PaintedPhrase("night sky", SKY, 1), PaintedPhrase("red castle", CASTLE, 0, 1.5)))


@pytest.fixture
def document() -> Document:
    """A sentence of which nothing is painted yet, on a canvas as large as the painting."""
    written = edits.set_prompt(starting_document(REGISTRY), "prompt", SENTENCE)
    return edits.set_canvas(written, 64, 48)


def painted(document: Document) -> dict[str, TileMask]:
    return {layer.phrase: edits.paint_of(document, layer) for layer in phrases(document)}


def phrases(document: Document) -> tuple[Layer, ...]:
    masks = face_of(document, REGISTRY).masks
    return () if masks is None else layers_of(document.nodes[masks])


@pytest.mark.parametrize("form", Form)
def test_layers_come_back_as_they_were_written(form: Form, document: Document, tmp_path: Path) -> None:
    files = write_layers(PAINTING, tmp_path / "mine", form)
    assert all(file.is_file() and file.parent == tmp_path for file in files)
    imported = import_layers(document, REGISTRY, read_layers(files))
    assert painted(imported.document) == {"night sky": SKY, "red castle": CASTLE}
    assert (imported.taken, imported.missing, imported.fitted) == (2, (), ())
    again = import_layers(imported.document, REGISTRY, read_layers(files))
    assert painted(again.document) == painted(imported.document)
    assert len(phrases(again.document)) == 2


def test_what_is_surely_layers_is_told_from_pictures(tmp_path: Path) -> None:
    (raster,) = write_layers(PAINTING, tmp_path / "a", Form.OPEN_RASTER)
    legend, coloured = write_layers(PAINTING, tmp_path / "b", Form.COLOUR_MAP)
    masks = write_layers(PAINTING, tmp_path / "c", Form.MASKS)
    assert holds_layers([raster])
    assert holds_layers([coloured])
    assert holds_layers([legend, coloured])
    assert not holds_layers(masks)
    assert not holds_layers([legend])
    assert not holds_layers([])


def test_layers_of_another_size_are_fitted_and_told(document: Document, tmp_path: Path) -> None:
    files = write_layers(PAINTING, tmp_path / "small", Form.OPEN_RASTER)
    larger = edits.set_canvas(document, 128, 96)
    imported = import_layers(larger, REGISTRY, read_layers(files))
    assert painted(imported.document)["night sky"].bounds() == Rect(0, 0, 128, 33)
    assert imported.sentence == (
        "2 layers taken over. The paint of 64 × 48 pixels was fitted to the canvas of 128 × 96."
    )


def test_phrases_that_the_sentence_has_not_are_told(document: Document) -> None:
    stranger = Painting(64, 48, (PaintedPhrase("Layer 1", SKY), PaintedPhrase("night sky", SKY)))
    imported = import_layers(document, REGISTRY, (stranger,))
    assert imported.missing == ("Layer 1",)
    assert "The sentence has no words “Layer 1”." in imported.sentence
    assert set(painted(imported.document)) == {"night sky"}


def test_two_layers_of_one_name_go_to_two_layers(document: Document) -> None:
    for start in (6, 18):
        document = edits.bind_phrase(document, REGISTRY, "prompt", start, start + 6, f"castle at {start}")
    assert [layer.phrase for layer in phrases(document)] == ["castle", "castle"]
    twice = Painting(64, 48, (PaintedPhrase("castle", SKY), PaintedPhrase("castle", CASTLE)))
    imported = import_layers(document, REGISTRY, (twice,))
    assert [edits.paint_of(imported.document, layer) for layer in phrases(imported.document)] == [SKY, CASTLE]


def test_a_png_paints_the_layer_it_is_given_to(document: Document, tmp_path: Path) -> None:
    document = edits.bind_phrase(document, REGISTRY, "prompt", 2, 12, "castle")
    masks = face_of(document, REGISTRY).masks
    assert masks is not None
    (tmp_path / "whatever.png").write_bytes(write_mask(SKY))
    (read,) = read_layers([tmp_path / "whatever.png"])
    imported = import_mask(document, masks, "castle", read)
    assert painted(imported.document) == {"red castle": SKY}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.ora", b"no zip", "x.ora is not an OpenRaster file"),
        ("x.png", b"no png", "x.png is not a PNG"),
        ("x.txt", b"words", "x.txt holds no layers"),
        ("x.json", b"{}", "x.json is only a legend"),
    ],
)
def test_wrong_files_are_named_in_one_sentence(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ExchangeError, match=reason):
        read_layers([tmp_path / name])


def test_a_damaged_legend_is_named(tmp_path: Path) -> None:
    legend, coloured = write_layers(PAINTING, tmp_path / "map", Form.COLOUR_MAP)
    legend.write_text("{")
    with pytest.raises(ExchangeError, match=r"legend of map\.png"):
        read_layers([coloured])


@given(st.lists(st.sampled_from(["castle", "red castle", "night sky"]), unique=True))
def test_a_file_is_named_after_the_longest_phrase_that_ends_it(known: Sequence[str]) -> None:
    found = named_phrase("mine 02 red castle", known)
    assert found == next((each for each in ("red castle", "castle") if each in known), None)
