"""Resizing, contact sheets, showing and saving."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFont

from engine.api.errors import NodeError
from engine.runtime.items import Collected
from nodes.impl.contact_sheet import PAPER, arrangement, draw_sheet, shortened, wrapped
from nodes.specs.image import RESIZE
from tests.impl.workshop import Workshop


def plain(level: int, height: int = 40, width: int = 40) -> NDArray[np.uint8]:
    return np.full((height, width, 3), level, dtype=np.uint8)


def sheet_of(count: int, *axes: tuple[str, ...]) -> Collected:
    return Collected(tuple(plain(10 * i) for i in range(count)), {str(i): axis for i, axis in enumerate(axes)})


@pytest.mark.parametrize("method", next(p.choices for p in RESIZE.parameters if p.name == "method"))
def test_every_declared_method_gives_the_size_asked_for(method: str, workshop: Workshop) -> None:
    resized = workshop.run("resize", image=plain(77), width=13, height=29, method=method)
    assert resized.shape == (29, 13, 3)
    assert (resized == 77).all()


def test_two_lists_make_a_table() -> None:
    across, labels = arrangement(sheet_of(6, ("one", "two"), ("a", "b", "c")), 0)
    assert across == 3
    assert (labels.rows, labels.columns) == (("one", "two"), ("a", "b", "c"))


def test_three_lists_name_every_picture() -> None:
    _, labels = arrangement(sheet_of(8, ("1", "2"), ("a", "b"), ("x", "y")), 0)
    assert labels.cells[:3] == ("1 · a · x", "1 · a · y", "1 · b · x")


def test_a_single_picture_stands_alone() -> None:
    across, labels = arrangement(sheet_of(1), 0)
    assert across == 1
    assert labels.cells == ()


@given(count=st.integers(1, 12), columns=st.integers(1, 8))
def test_every_picture_is_on_the_sheet_in_order(count: int, columns: int) -> None:
    images = Collected(tuple(plain(i + 1, 8, 8) for i in range(count)), {})
    sheet = draw_sheet(images, columns, "")
    seen = [(sheet == i + 1).all(axis=2) for i in range(count)]
    assert all(mask.sum() == 64 for mask in seen)
    corners = [tuple(int(axis[0]) for axis in np.nonzero(mask)) for mask in seen]
    assert corners == sorted(corners)
    assert len({row for row, _ in corners}) == -(-count // columns)


def test_words_are_drawn_where_the_labels_are() -> None:
    bare = draw_sheet(sheet_of(4), 2, "")
    labelled = draw_sheet(sheet_of(4, ("first", "second", "third", "fourth")), 2, "A title")
    assert labelled.shape[0] > bare.shape[0]
    top = labelled[: labelled.shape[0] - bare.shape[0]]
    assert (top != np.array(PAPER, dtype=np.uint8)).any()


def test_smaller_pictures_are_centred() -> None:
    sheet = draw_sheet(Collected((plain(5, 40, 40), plain(9, 20, 10)), {}), 2, "")
    rows, columns = np.nonzero((sheet == 9).all(axis=2))
    large = np.nonzero((sheet == 5).all(axis=2))
    assert rows.mean() == large[0].mean()
    assert columns.max() - columns.min() == 9


@given(text=st.text(max_size=80), width=st.integers(30, 200))
def test_a_shortened_label_fits(text: str, width: int) -> None:
    font = ImageFont.load_default(14)
    assert font.getlength(shortened(text, width, font)) <= width


@given(text=st.text("ab \n", max_size=60), width=st.integers(30, 200))
def test_a_title_is_broken_between_words_and_loses_none(text: str, width: int) -> None:
    font = ImageFont.load_default(18)
    lines = wrapped(text, width, font)
    assert all(font.getlength(line) <= width for line in lines)
    assert "…" in "".join(lines) or " ".join(lines).split() == text.split()


def test_a_sheet_beyond_all_measure_is_refused() -> None:
    large = plain(0, 4000, 4000)
    with pytest.raises(NodeError, match="A sheet of 9 pictures would have"):
        draw_sheet(Collected((large,) * 9, {}), 3, "")


def test_the_grid_node_draws_the_sheet(workshop: Workshop) -> None:
    sheet = workshop.run("grid", images=sheet_of(4, ("1", "2", "3", "4")), title="Seeds")
    assert sheet.dtype == np.uint8
    assert sheet.shape[2] == 3


def test_a_preview_is_shown_and_passed_on(workshop: Workshop) -> None:
    picture = plain(3)
    assert workshop.run("preview", image=picture) is picture
    assert workshop.previews == [picture]


def test_a_saved_picture_is_a_file_with_its_pixels(workshop: Workshop) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (12, 10, 3), dtype=np.uint8)
    assert workshop.run("save-image", image=picture, name="castle") is picture
    (handle,) = workshop.record.pictures
    assert handle.path == str(workshop.folder / "castle.png")
    with Image.open(handle.path) as saved:
        assert np.array_equal(np.asarray(saved), picture)
