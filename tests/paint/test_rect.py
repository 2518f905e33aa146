"""Rectangles of pixels."""

from hypothesis import given
from hypothesis import strategies as st

from app.paint.rect import NOTHING, Rect, gathered, united
from tests.paint.masks import rects


def pixels(rect: Rect) -> set[tuple[int, int]]:
    return {(x, y) for x in range(rect.left, rect.right) for y in range(rect.top, rect.bottom)}


@given(rects(12), rects(12))
def test_intersecting_keeps_the_shared_pixels(one: Rect, other: Rect) -> None:
    assert pixels(one.intersected(other)) == pixels(one) & pixels(other)
    assert one.intersected(other).empty == (not pixels(one) & pixels(other))


@given(st.lists(rects(12), max_size=4))
def test_uniting_holds_every_part_and_no_more_than_needed(parts: list[Rect]) -> None:
    whole = united(parts)
    assert all(whole.contains(part) for part in parts)
    held = [part for part in parts if not part.empty]
    if held:
        assert whole.left == min(part.left for part in held)
        assert whole.bottom == max(part.bottom for part in held)
    else:
        assert whole == NOTHING


@given(st.lists(rects(40), max_size=8), st.integers(1, 40))
def test_gathering_holds_every_part_in_order_and_unites_no_further_than_told(parts: list[Rect], longest: int) -> None:
    found = gathered(parts, longest)
    assert united(found) == united(parts)
    assert all(part.empty or any(each.contains(part) for each in found) for part in parts)
    assert all(max(each.width, each.height) <= longest or each in parts for each in found)


@given(rects(40))
def test_cells_are_those_with_a_shared_pixel(rect: Rect) -> None:
    assert set(rect.cells(7)) == {(x // 7, y // 7) for x, y in pixels(rect)}


def test_around_holds_the_points_and_the_margin() -> None:
    assert Rect.around([(0.2, 5.0), (3.0, -1.5)], margin=1.0) == Rect.between(-1, -3, 4, 6)
