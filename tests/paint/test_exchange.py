"""Layers survive the way through files, and foreign files do no harm."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from app.paint.errors import ExchangeError, PaintError
from app.paint.exchange import (
    ColourMap,
    PaintedPhrase,
    Painting,
    read_colour_map,
    read_mask,
    read_open_raster,
    write_colour_map,
    write_mask,
    write_open_raster,
)
from app.paint.exchange.stack_xml import Stack, StackLayer, read_stack, write_stack
from app.paint.rect import Rect
from app.paint.tiles import TileMask
from tests.paint.masks import boxed, masks, speckled

PHRASES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)


@st.composite
def paintings(draw: st.DrawFn) -> Painting:
    width, height = draw(st.integers(1, 150)), draw(st.integers(1, 40))
    layers = tuple(
        PaintedPhrase(
            draw(PHRASES),
            TileMask.from_array(speckled(width, height, seed, draw(st.sampled_from([0.0, 0.01, 0.5])))),
            draw(st.integers(0, 30)),
            draw(st.floats(0.0, 3.0)),
            draw(st.booleans()),
        )
        for seed in range(draw(st.integers(0, 4)))
    )
    picture = np.random.default_rng(5).integers(0, 256, (height, width, 3), np.uint8) if draw(st.booleans()) else None
    return Painting(width, height, layers, picture)


def png(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


SCENE = Painting(
    90,
    60,
    (
        PaintedPhrase("a meadow", boxed(90, 60, Rect(0, 30, 90, 30)), colour=2),
        PaintedPhrase("a <castle> & a moat", boxed(90, 60, Rect(40, 10, 20, 30), value=180), colour=0, strength=1.5),
    ),
)


@given(masks())
def test_a_mask_survives_png(mask: TileMask) -> None:
    data = write_mask(mask)
    assert read_mask(data, "castle.png") == mask
    assert write_mask(read_mask(data, "castle.png")) == data


def test_opacity_is_the_mask_where_there_is_some() -> None:
    pixels = np.full((10, 10, 4), 255, np.uint8)
    pixels[:5, :, 3] = 40
    assert read_mask(png(pixels), "x").to_array()[:5].max() == 40
    pixels[..., 3] = 255
    pixels[:5, :, :3] = 0
    assert read_mask(png(pixels), "x").to_array()[:5].max() == 0


def test_sixteen_bits_are_scaled() -> None:
    assert read_mask(png(np.full((4, 4), 257 * 100, np.uint16)), "x").to_array().max() == 100


@pytest.mark.parametrize("data", [b"", b"GIF89a", write_mask(SCENE.layers[0].mask)[:80]])
def test_what_is_no_png_is_named(data: bytes) -> None:
    with pytest.raises(ExchangeError, match=r"castle\.png"):
        read_mask(data, "castle.png")


def test_sizes_are_read_before_pixels() -> None:
    huge = bytearray(write_mask(TileMask.blank(4, 4)))
    huge[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(ExchangeError, match="60000 x 60000"):
        read_mask(bytes(huge), "huge.png")


@given(paintings())
def test_a_colour_map_holds_what_is_uppermost(painting: Painting) -> None:
    files = write_colour_map(painting)
    read = read_colour_map(files.png, files.legend, "map.png")
    shown = [layer for layer in painting.layers if layer.visible]
    assert [(layer.phrase, layer.colour, layer.strength) for layer in read.layers] == [
        (layer.phrase, layer.colour, layer.strength) for layer in shown
    ]
    uncovered = np.ones((painting.height, painting.width), bool)
    for before, after in zip(reversed(shown), reversed(read.layers), strict=True):
        covered = before.mask.to_array() >= 128
        assert np.array_equal(after.mask.to_array() == 255, covered & uncovered)
        uncovered &= ~covered


def test_smoothed_edges_go_to_the_nearest_colour() -> None:
    files = write_colour_map(SCENE)
    with Image.open(io.BytesIO(files.png)) as image:
        pixels = np.asarray(image.convert("RGB")).astype(np.int16)
    pixels += np.random.default_rng(0).integers(-20, 21, pixels.shape, np.int16)
    noisy = read_colour_map(png(pixels.clip(0, 255).astype(np.uint8)), files.legend, "map.png")
    clean = read_colour_map(files.png, files.legend, "map.png")
    assert [layer.mask for layer in noisy.layers] == [layer.mask for layer in clean.layers]


LEGEND = json.loads(write_colour_map(SCENE).legend)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "other/map"}, "other/map"),
        ({"version": 2}, "version 2"),
        ({"layers": [{"colour": "orange", "phrase": "x"}]}, "'orange'"),
        ({"layers": [{"colour": "#12345", "phrase": "x"}]}, "'#12345'"),
        ({"layers": [{"phrase": "x"}]}, "colour"),
        ({"layers": [{"colour": "#123456", "phrase": "x", "index": -3}]}, "below 0"),
    ],
)
def test_a_wrong_legend_is_explained(change: dict[str, object], told: str) -> None:
    files = ColourMap(write_colour_map(SCENE).png, json.dumps({**LEGEND, **change}).encode())
    with pytest.raises(ExchangeError, match=told):
        read_colour_map(files.png, files.legend, "map.png")


@settings(max_examples=25)
@given(paintings())
def test_a_painting_survives_open_raster(painting: Painting) -> None:
    data = write_open_raster(painting)
    read = read_open_raster(data, "scene.ora")
    assert read.layers == painting.layers
    assert (read.width, read.height) == (painting.width, painting.height)
    if painting.picture is None:
        assert read.picture is None
    else:
        assert read.picture is not None
        assert np.array_equal(read.picture, painting.picture)
    assert write_open_raster(read) == data


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def test_the_archive_is_laid_out_as_open_raster_asks() -> None:
    data = write_open_raster(SCENE)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert data[38:54] == b"image/openraster"
    files = files_of(data)
    with (
        Image.open(io.BytesIO(files["mergedimage.png"])) as merged,
        Image.open(io.BytesIO(files["Thumbnails/thumbnail.png"])) as small,
    ):
        assert merged.size == (90, 60)
        assert max(small.size) <= 256
        assert merged.getpixel((5, 50)) == (0x00, 0x9E, 0x73, 153)
    assert files["stack.xml"].index(b"castle") < files["stack.xml"].index(b"meadow")  # the uppermost comes first


def test_names_tell_phrases_when_another_program_saved() -> None:
    files = files_of(write_open_raster(SCENE))
    del files["sinopia/layers.json"], files["mergedimage.png"], files["Thumbnails/thumbnail.png"]
    read = read_open_raster(packed(files), "scene.ora")
    assert [layer.phrase for layer in read.layers] == ["a meadow", "a <castle> & a moat"]
    assert [layer.mask for layer in read.layers] == [layer.mask for layer in SCENE.layers]


def test_groups_are_dissolved_and_hide_what_they_hold() -> None:
    stack = read_stack(
        b'<image w="10" h="10"><stack><stack visibility="hidden"><layer name="b" src="b.png" x="-3.0" y="2"/></stack>'
        b'<layer name="a" src="a.png"/></stack></image>',
        "x.ora",
    )
    assert stack == Stack(
        10, 10, (StackLayer("a", "a.png", 0, 0, visible=True), StackLayer("b", "b.png", -3, 2, visible=False))
    )


def test_layers_that_leave_the_canvas_are_cut() -> None:
    files = files_of(write_open_raster(SCENE))
    stack = Stack(90, 60, (StackLayer("a", "data/layer000.png", -50, 40, visible=True),))
    read = read_open_raster(packed({**files, "stack.xml": write_stack(stack)}), "scene.ora")
    assert read.layers[0].mask.bounds() == Rect(0, 40, 40, 20)


DOOR = b'<?xml version="1.0"?><!DOCTYPE image [<!ENTITY a "aaaaaaaaaa">]><image w="1" h="1"><stack/></image>'


@pytest.mark.parametrize(
    ("stack", "told"),
    [
        (DOOR, "document type"),
        (b"<image w='1' h='1'><stack>", "damaged"),
        (b"<html/>", "no OpenRaster image"),
        (b"<image w='1'/>", "h is ''"),
        (b"<image w='9e9' h='1'/>", "far outside"),
        (b"<image w='nan' h='1'/>", "no number"),
        (b"<image w='1' h='1'>" + b"<stack>" * 40 + b"</stack>" * 40 + b"</image>", "too deep"),
        (b"<image w='1' h='1'>" + b"<stack/>" * 3000 + b"</image>", "too long"),
        (b"<image w='1' h='1'>" + b" " * 2**20 + b"</image>", "bytes long|larger than"),
        (b"<image w='0' h='1'><stack/></image>", "0 x 1"),
        (b"<image w='4' h='4'><stack><layer src='../../etc/passwd'/></stack></image>", "has no '../../etc/passwd'"),
        (b"<image w='4' h='4'><stack><layer src='mimetype'/></stack></image>", "mimetype in scene.ora is not a PNG"),
    ],
)
def test_harmful_lists_of_layers_are_refused(stack: bytes, told: str) -> None:
    files = {**files_of(write_open_raster(SCENE)), "stack.xml": stack}
    with pytest.raises(ExchangeError, match=told):
        read_open_raster(packed(files), "scene.ora")


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 255), st.booleans())
def test_damaged_files_are_refused_in_words(place: int, value: int, cut: bool) -> None:
    data = bytearray(write_open_raster(SCENE))
    place %= len(data)
    data[place] = value
    told: str | None = None
    try:
        read_open_raster(bytes(data[:place] if cut else data), "scene.ora")
    except ExchangeError as error:
        told = str(error)
    assert told is None or "scene.ora" in told


def test_layers_fill_their_canvas() -> None:
    with pytest.raises(PaintError, match="“x” is 10 x 10 pixels on a canvas of 20 x 10"):
        Painting(20, 10, (PaintedPhrase("x", TileMask.blank(10, 10)),))
