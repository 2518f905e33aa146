"""Picture files: whole, exact, never in place of another, and with their facts."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.api.errors import NodeError
from engine.runtime.pictures import PREVIEW_SIDE, file_name, preview_png, save_png

NOISE = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)


def test_the_pixels_come_back(tmp_path: Path) -> None:
    path = save_png(NOISE, tmp_path / "new" / "folder", "noise", {})
    with Image.open(path) as picture:
        assert np.array_equal(np.asarray(picture), NOISE)


def test_facts_come_back_whatever_they_say(tmp_path: Path) -> None:
    facts = {"parameters": "steps 4, seed 1", "sinopia": '{"title": "Sinòpia 顔"}' * 3000}
    with Image.open(save_png(NOISE, tmp_path, "noise", facts)) as picture:
        picture.load()
        assert {key: picture.info[key] for key in facts} == facts


def test_no_file_is_ever_replaced_and_none_is_left_over(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"precious")
    names = [save_png(NOISE, tmp_path, "a", {}).name for _ in range(3)]
    assert names == ["a-2.png", "a-3.png", "a-4.png"]
    assert (tmp_path / "a.png").read_bytes() == b"precious"
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("name", ["", "..", "a/b", "../up", "a\\b", "C:x", "a\0b", "x" * 300, " "])
def test_names_that_are_no_plain_file_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NodeError, match="picture name"):
        save_png(NOISE, tmp_path, name, {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [np.zeros((4, 4, 3)), np.zeros((4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8)])
def test_arrays_that_are_no_pictures_are_refused(tmp_path: Path, wrong: np.ndarray) -> None:
    with pytest.raises(NodeError, match="uint8"):
        save_png(wrong, tmp_path, "wrong", {})


@settings(max_examples=15)
@given(st.text(max_size=300))
def test_every_title_makes_a_name_that_can_be_saved(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    assert save_png(NOISE, tmp_path_factory.mktemp("names"), file_name(title), {}).is_file()


def test_previews_are_small_and_keep_their_shape() -> None:
    width, height, png = preview_png(np.repeat(np.repeat(NOISE, 100, 0), 100, 1))
    assert max(width, height) == PREVIEW_SIDE
    assert width / height == pytest.approx(7 / 9, rel=0.02)
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.size == (width, height)
