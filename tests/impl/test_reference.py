"""Pictures from files of every kind, and style references made of them."""

import hashlib
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.api.errors import NodeError
from engine.api.plan import Asset
from engine.conditioning.brief import BriefError
from nodes.impl.picture_files import LARGEST, read_mask, read_picture
from tests.impl.workshop import Workshop


def gradient(width: int = 20, height: int = 10) -> Image.Image:
    across = np.linspace(0, 255, width, dtype=np.uint8)
    return Image.fromarray(np.broadcast_to(across[None, :, None], (height, width, 3)).copy())


def claim(width: int, height: int) -> bytes:
    """A few bytes of PNG that say they hold a picture of `width` x `height`."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def test_a_picture_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    gradient().save(tmp_path / "turned.jpg", exif=exif, quality=95)
    pixels = read_picture(tmp_path / "turned.jpg").pixels
    assert pixels.shape == (20, 10, 3)
    assert pixels[0].mean() < 20
    assert pixels[-1].mean() > 235


def test_transparency_lies_over_white_and_becomes_the_mask(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (4, 2), (200, 0, 0, 255))
    picture.putpixel((1, 0), (0, 0, 0, 0))
    picture.save(tmp_path / "holes.png")
    read = read_picture(tmp_path / "holes.png")
    assert read.pixels[0, 1].tolist() == [255, 255, 255]
    assert read.pixels[0, 0].tolist() == [200, 0, 0]
    assert read.opacity[0, 1] == 0.0
    assert read.opacity[1].tolist() == [1.0] * 4


def test_sixteen_bits_are_scaled_not_cut(tmp_path: Path) -> None:
    levels = np.array([[0, 128 * 257, 65535]], dtype=np.uint16)
    Image.fromarray(levels).save(tmp_path / "deep.png")
    assert read_picture(tmp_path / "deep.png").pixels[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_every_common_kind_of_pixel_is_read(mode: str, tmp_path: Path) -> None:
    file = tmp_path / ("picture.tif" if mode == "CMYK" else "picture.png")
    gradient().convert(mode).save(file)
    read = read_picture(file)
    assert read.pixels.shape == (10, 20, 3)
    assert read.pixels[:, 0].mean() < 30 < 225 < read.pixels[:, -1].mean()


def test_an_animation_gives_its_first_frame_and_says_so(workshop: Workshop) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(workshop.folder / "moving.gif", save_all=True, append_images=frames[1:])
    workshop.assets["moving"] = Asset(str(workshop.folder / "moving.gif"), "")
    pixels, _ = workshop.run("load-image", file="moving")
    assert pixels[0, 0].tolist() == [255, 0, 0]
    assert "animated" in workshop.record.notes[0]


@pytest.mark.parametrize("sides", [(30_000, 30_000), (10_000, 9_000), (LARGEST // 1000 + 1, 1000)])
def test_a_picture_bomb_is_refused_before_it_is_decoded(sides: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(claim(*sides))
    with pytest.raises(NodeError, match=r"bomb\.png has .* pixels"):
        read_picture(tmp_path / "bomb.png")


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "song.png").write_bytes(b"MThd and so on")
    with pytest.raises(NodeError, match=r"song\.png is not a picture"):
        read_picture(tmp_path / "song.png")


@given(share=st.floats(0.0, 0.98))
def test_a_picture_cut_anywhere_is_refused_in_words(share: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("cut") / "whole.png"
    noise = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(NodeError, match=r"whole\.png is (not a picture|damaged)"):
        read_picture(file)


def test_a_mask_is_opacity_where_there_is_some_else_brightness(tmp_path: Path) -> None:
    Image.new("RGBA", (2, 2), (255, 255, 255, 51)).save(tmp_path / "clear.png")
    Image.new("L", (2, 2), 102).save(tmp_path / "grey.png")
    assert np.allclose(read_mask(tmp_path / "clear.png"), 0.2)
    assert np.allclose(read_mask(tmp_path / "grey.png"), 0.4)


def test_loading_without_a_file_says_what_to_do(workshop: Workshop) -> None:
    with pytest.raises(NodeError, match="No picture is chosen") as caught:
        workshop.run("load-image", file="")
    assert "Choose a picture" in caught.value.advice


def test_reading_never_changes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    gradient().save(file)
    before = hashlib.sha256(file.read_bytes()).digest()
    read_picture(file)
    assert hashlib.sha256(file.read_bytes()).digest() == before


def test_pictures_without_a_weight_count_once(workshop: Workshop) -> None:
    pictures = tuple(np.full((4, 4, 3), level, dtype=np.uint8) for level in (10, 20, 30))
    style = workshop.run("style-reference", images=pictures, weights=[0.5], strength=0.8, literal=0.0)
    assert [weight for _, weight in style.images] == [0.5, 1.0, 1.0]
    assert (style.strength, style.literal) == (0.8, 0.0)


def test_more_weights_than_pictures_are_refused(workshop: Workshop) -> None:
    with pytest.raises(NodeError, match="2 weights for 1 pictures"):
        workshop.run("style-reference", images=(np.zeros((4, 4, 3), dtype=np.uint8),), weights=[1.0, 2.0])


def test_a_style_that_ends_before_it_begins_is_refused(workshop: Workshop) -> None:
    picture = np.zeros((4, 4, 3), dtype=np.uint8)
    with pytest.raises(BriefError, match="begin"):
        workshop.run("style-reference", images=(picture,), begin=0.9, finish=0.1)


def loaded(workshop: Workshop, crop: list[float]) -> tuple[int, ...]:
    gradient(20, 10).save(workshop.folder / "gradient.png")
    workshop.assets["gradient"] = Asset(str(workshop.folder / "gradient.png"), "")
    pixels, opacity = workshop.run("load-image", file="gradient", crop=crop)
    assert pixels.shape[:2] == opacity.shape
    return (*opacity.shape, int(pixels[0, 0, 0]), int(pixels[-1, -1, 0]))


def test_a_picture_is_cropped_by_shares_of_its_sides(workshop: Workshop) -> None:
    across = np.linspace(0, 255, 20, dtype=np.uint8)
    assert loaded(workshop, []) == (10, 20, across[0], across[19])
    assert loaded(workshop, [0.25, 0.5, 0.75, 1.0]) == (5, 10, across[5], across[14])
    assert loaded(workshop, [0.999, 0.0, 1.0, 0.001]) == (1, 1, across[19], across[19])


@pytest.mark.parametrize("crop", [[0.5], [0.5, 0.0, 0.5, 1.0], [0.0, 0.9, 1.0, 0.1]])
def test_a_crop_that_is_no_rectangle_is_refused(workshop: Workshop, crop: list[float]) -> None:
    with pytest.raises(NodeError, match="is no part of a picture"):
        loaded(workshop, crop)
