"""A crop box follows the hand as far as its limits let it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.paint.crop import SMALLEST, CropBox, Handle
from app.paint.errors import PaintError
from app.paint.rect import Rect

CANVAS = Rect(0, 0, 128, 96)
PULLS = st.integers(-300, 300)
HANDLES = st.sampled_from(Handle)


@st.composite
def boxes(draw: st.DrawFn) -> CropBox:
    left, top = draw(st.integers(0, 100)), draw(st.integers(0, 80))
    rect = Rect(left, top, draw(st.integers(SMALLEST, 128 - left)), draw(st.integers(SMALLEST, 96 - top)))
    within = draw(st.sampled_from([None, CANVAS]))
    around = draw(st.sampled_from([None, rect, Rect(left + 2, top + 3, 4, 4)]))
    return CropBox(rect, within, around)


@given(boxes(), PULLS, PULLS)
def test_moving_keeps_the_size_and_the_limits(box: CropBox, dx: int, dy: int) -> None:
    after = box.moved(dx, dy).rect  # a box outside its limits cannot be made, so making it is the proof
    assert (after.width, after.height) == (box.rect.width, box.rect.height)
    if box.within is None and box.around is None:
        assert after == box.rect.moved(dx, dy)


@given(boxes(), HANDLES, PULLS, PULLS, st.booleans())
def test_pulling_leaves_the_other_sides_alone(box: CropBox, handle: Handle, dx: int, dy: int, keep: bool) -> None:
    before, after = box.rect, box.resized(handle, dx, dy, keep_aspect=keep).rect
    x, y = handle.value
    assert after.left == before.left or x < 0
    assert after.right == before.right or x > 0
    assert after.top == before.top or y < 0
    assert after.bottom == before.bottom or y > 0


@given(boxes(), st.sampled_from([handle for handle in Handle if 0 not in handle.value]), PULLS, PULLS)
def test_corners_can_keep_the_ratio_of_the_sides(box: CropBox, handle: Handle, dx: int, dy: int) -> None:
    before, after = box.rect, box.resized(handle, dx, dy, keep_aspect=True).rect
    assert abs(after.width * before.height - after.height * before.width) <= max(before.width, before.height)


@given(boxes(), st.tuples(PULLS, PULLS), st.tuples(PULLS, PULLS))
def test_a_new_box_lies_within_its_limits(box: CropBox, one: tuple[int, int], other: tuple[int, int]) -> None:
    drawn = box.drawn(*one, *other).rect
    if box.within is None and box.around is None and min(abs(one[0] - other[0]), abs(one[1] - other[1])) >= SMALLEST:
        assert drawn == Rect.between(min(one[0], other[0]), min(one[1], other[1]), *map(max, one, other))


@pytest.mark.parametrize("handle", Handle)
def test_handles_are_found_where_they_are_drawn(handle: Handle) -> None:
    box = CropBox(Rect(20, 30, 60, 40))
    assert box.handle_at(*box.place_of(handle), reach=3.0) is handle


def test_sides_can_be_taken_anywhere_along_them() -> None:
    box = CropBox(Rect(20, 30, 60, 40))
    assert box.handle_at(21.0, 40.0, 3.0) is Handle.LEFT
    assert box.handle_at(35.0, 69.0, 3.0) is Handle.BOTTOM
    assert box.handle_at(50.0, 50.0, 3.0) is None
    assert box.handle_at(10.0, 40.0, 3.0) is None


@pytest.mark.parametrize(
    ("rect", "told"),
    [(Rect(0, 0, 4, 40), "too small"), (Rect(100, 0, 60, 40), "leaves"), (Rect(0, 0, 10, 10), "does not hold")],
)
def test_boxes_outside_their_limits_cannot_be_made(rect: Rect, told: str) -> None:
    with pytest.raises(PaintError, match=told):
        CropBox(rect, within=CANVAS, around=Rect(2, 2, 20, 20))
