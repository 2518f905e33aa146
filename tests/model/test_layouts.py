"""How panels lay is kept; what is damaged is as if it had never been."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from app.model.layouts import Layout, Place, load_layouts, load_window, save_layouts, shares

LAYOUTS = {
    Place.PAINT: Layout(bytes(range(256)), ("phrases", "style"), ("style",)),
    Place.GRAPH: Layout(b"\x00\xff", ("inspector",)),
}


def test_layouts_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "layouts.json"
    assert load_layouts(path) == {}
    assert load_window(path) == b""
    save_layouts(path, LAYOUTS, b"\xff where")
    assert load_layouts(path) == LAYOUTS
    assert load_window(path) == b"\xff where"


@given(st.data())
def test_a_damaged_file_gives_only_what_is_whole(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        save_layouts(Path(folder) / "layouts.json", LAYOUTS)
        damaged = bytearray((Path(folder) / "layouts.json").read_bytes())
    place = data.draw(st.integers(0, len(damaged) - 1))
    damaged[place] ^= data.draw(st.integers(1, 255))
    loaded = _loaded(bytes(damaged))
    assert all(LAYOUTS[place] == layout for place, layout in loaded.items())


@given(st.binary(max_size=200))
def test_no_content_is_too_strange(content: bytes) -> None:
    assert _loaded(content) == {}


def _loaded(content: bytes) -> dict[Place, Layout]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "layouts.json"
        path.write_bytes(content)
        return load_layouts(path)


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=6), st.integers(0, 3000))
def test_shares_fill_the_room_and_little_wishes_are_met(likes: list[int], room: int) -> None:
    given_out = shares(likes, room)
    assert sum(given_out) == room
    assert all(part >= 0 for part in given_out)
    fair = room // len(likes)
    for like, part in zip(likes, given_out, strict=True):
        assert part >= min(like, fair)
    for like, part in list(zip(likes, given_out, strict=True))[1:]:
        assert part <= like
