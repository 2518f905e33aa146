"""Real pictures as training data: real tar shards and folders, some of them broken, through the trainer's seam."""

from __future__ import annotations

import io
import json
import logging
import struct
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save, save_file

from engine.training.config import Dropout, Optimisation, TrainingConfig, read_config
from engine.training.degradations import RealEsrganDegradation
from engine.training.errors import TrainingConfigError, TrainingError
from engine.training.pictures.choosing import Chooser, epoch_order
from engine.training.pictures.finding import DataError, find_samples
from engine.training.pictures.reading import STORED, read_sample
from engine.training.pictures.samples import BrokenSampleError
from engine.training.pictures.scores import Head, filtered, score_samples
from engine.training.pictures.settings import FolderData, PictureData, ShardData
from engine.training.pictures.stream import PictureStream
from engine.training.sources import ConfiguredSource, chooser_of
from tests.models.small import BASE, CONTEXT, UPSCALER, random_encoders
from tests.training.toy import TOML

CPU = torch.device("cpu")


def picture(number: int, width: int = 24, height: int = 32, kind: str = "PNG") -> bytes:
    """A picture of one grey that tells its number, with a white bar at the bottom of tall ones."""
    image = Image.new("RGB", (width, height), (number * 8,) * 3)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A small PNG whose header promises 60000 x 60000 pixels."""
    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def stored(number: int) -> dict[str, np.ndarray]:
    width = CONTEXT.clip_width
    shapes = {"clip_text": (5, width), "clip_pooled": (width,), "t5": (3, width), "clip_image": (width,)}
    return {name: np.full(shape, number + 1.0, np.float16) for name, shape in shapes.items()}


def npz(values: dict[str, np.ndarray]) -> bytes:
    out = io.BytesIO()
    np.savez(out, **values)  # type: ignore[arg-type]  # numpy's stub takes every name for an option
    return out.getvalue()


def shard(file: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(file, "w") as tar:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))


def members(first: int, count: int) -> dict[str, bytes]:
    kinds = (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"))
    out: dict[str, bytes] = {}
    for number in range(first, first + count):
        kind, ending = kinds[number % 3]
        out[f"{number:04}.{ending}"] = picture(number, kind=kind)
        told = json.dumps({"caption": f"grey  {number}", "width": 24})
        out[f"{number:04}.{'json' if number % 2 else 'txt'}"] = (told if number % 2 else f"grey\n{number}").encode()
        out[f"{number:04}.npz"] = npz(stored(number))
    return out


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    for number in range(3):
        shard(tmp_path / f"part-{number}.tar", members(number * 8, 8))
    return tmp_path


def config(data: FolderData | ShardData, **changes: object) -> TrainingConfig:
    plain = TrainingConfig(
        "run", BASE, Optimisation(batch=4, rate=1e-3, steps=2), dropout=Dropout(0.0, 0.0, 0.0), data=data
    )
    return msgspec.structs.replace(plain, **changes)


def stream(of: TrainingConfig, pictures: int = 4) -> PictureStream:
    assert isinstance(of.data, PictureData)
    encoders = None if of.data.embeddings == "stored" else random_encoders()
    return PictureStream(of, chooser_of(of, of.data), pictures, CPU, encoders)


def greys(pictures: torch.Tensor) -> list[int]:
    return [round(float(v)) for v in ((pictures.mean(dim=(1, 2, 3)) + 1) * 127.5 / 8)]


def test_a_shard_gives_pictures_of_three_kinds_with_captions_of_two(shards: Path) -> None:
    samples = find_samples(ShardData(str(shards / "part-*.tar")))
    assert [sample.name for sample in samples] == [f"{n:04}" for n in range(24)]
    read = [read_sample(sample, smallest=24, stored=True) for sample in samples]
    assert [content.caption for content in read] == [f"grey {n}" for n in range(24)]
    assert greys(torch.stack([content.picture for content in read])) == list(range(24))
    assert float(read[7].stored["t5"][0, 0]) == 8.0


def test_an_epoch_has_every_picture_once_and_the_next_has_another_order(shards: Path) -> None:
    reader = stream(config(ShardData(str(shards), embeddings="stored")))
    first, second = (
        [grey for index in range(start, start + 6) for grey in greys(reader.batch(index).pictures)] for start in (0, 6)
    )
    assert sorted(first) == sorted(second) == list(range(24))
    assert first != second


def test_a_micro_batch_does_not_depend_on_who_asks_and_when(shards: Path) -> None:
    of = config(ShardData(str(shards), embeddings="stored"))
    alone, late = stream(of), stream(of)
    batches = [alone.batch(index) for index in range(4)]
    again = late.batch(3)
    assert torch.equal(again.pictures, batches[3].pictures)
    assert torch.equal(again.embeddings.t5, batches[3].embeddings.t5)
    other = stream(msgspec.structs.replace(of, seed=1)).batch(3)
    assert greys(other.pictures) != greys(again.pictures)


def test_the_shuffle_moves_pictures_by_no_more_than_asked_within_whole_shards() -> None:
    sources = [range(start, start + 100) for start in range(0, 500, 100)]
    order = epoch_order(sources, 0, seed=3, epoch=0)
    starts = order[::100]
    assert sorted(starts) == [0, 100, 200, 300, 400]
    assert np.array_equal(order, np.concatenate([np.arange(s, s + 100) for s in starts]))
    mixed = epoch_order(sources, 20, seed=3, epoch=0)
    place = {int(number): at for at, number in enumerate(order)}
    moved = [abs(place[int(number)] - at) for at, number in enumerate(mixed)]
    assert 5 < max(moved) <= 20


def test_stored_embeddings_go_with_their_pictures_and_fill_up(shards: Path) -> None:
    told = stream(config(ShardData(str(shards), embeddings="stored"))).batch(2)
    for row, grey in enumerate(greys(told.pictures)):
        assert torch.equal(told.embeddings.clip_image[row], torch.full((CONTEXT.image_width,), grey + 1.0))
        assert (told.embeddings.clip_text[row, :5] == grey + 1.0).all()
        assert (told.embeddings.clip_text[row, 5:] == 0.0).all()
    assert told.embeddings.t5.shape == (4, CONTEXT.t5_tokens, CONTEXT.t5_width)


def test_embeddings_of_other_encoders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture(1))
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    wide = {name: torch.ones(3, 99) for name in STORED}
    (tmp_path / "a.safetensors").write_bytes(save(wide))
    with pytest.raises(TrainingError, match="clip_text"):
        stream(config(FolderData(str(tmp_path), embeddings="stored")), 1).batch(0)


def test_captions_are_encoded_where_nothing_is_stored(shards: Path) -> None:
    told = stream(config(ShardData(str(shards)))).batch(0).embeddings
    assert told.clip_text.shape == (4, CONTEXT.clip_tokens, CONTEXT.clip_width)
    assert (told.clip_image != 0).all()
    assert told.micro is not None
    assert told.micro[0].tolist() == [2.0, 1.5, (21 - 16) // 2 / 16, 0.0, 1.0, 1.0]  # 32x24 to 21x16


def test_a_folder_reads_text_files_subfolders_and_the_list_of_captions(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.JPG").write_bytes(picture(1, kind="JPEG"))
    (tmp_path / "deep" / "one.txt").write_text("by its own file", encoding="utf-8")
    (tmp_path / "two.png").write_bytes(picture(2))
    line = {"file_name": "two.png", "text": "by the list", "else": 3}
    (tmp_path / "metadata.jsonl").write_text(json.dumps(line) + "\n\n", encoding="utf-8")
    samples = find_samples(FolderData(str(tmp_path)))
    captions = {sample.name: read_sample(sample, 16, stored=False).caption for sample in samples}
    assert captions == {"deep/one": "by its own file", "two": "by the list"}


@pytest.mark.parametrize("bad", [b"{", b'{"text": "no name"}', b'{"file_name": "\xff.png"}', b"[" * 100_000])
def test_a_list_of_captions_that_cannot_be_read_names_file_and_line(tmp_path: Path, bad: bytes) -> None:
    (tmp_path / "two.png").write_bytes(picture(2))
    (tmp_path / "metadata.jsonl").write_bytes(b'{"file_name": "two.png", "text": "grey"}\n\n' + bad + b"\n")
    with pytest.raises(TrainingError, match=r"metadata\.jsonl: cannot be read \(line 3: .+\); give every line"):
        find_samples(FolderData(str(tmp_path)))


def test_transparent_parts_are_white_and_turned_pictures_upright(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (20, 30), (0, 0, 0, 0))
    clear.save(tmp_path / "clear.png")
    turned = Image.new("RGB", (20, 30))
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.jpg", exif=exif)
    for name in ("clear", "turned"):
        (tmp_path / f"{name}.txt").write_text("x", encoding="utf-8")
    white, wide = (read_sample(sample, 16, stored=False).picture for sample in find_samples(FolderData(str(tmp_path))))
    assert white.min() == 1.0
    assert wide.shape == (3, 20, 30)


BREAKS: dict[str, Callable[[Path], object]] = {
    "cannot be read": lambda place: place.with_suffix(".png").write_bytes(picture(1)[:60]),
    "identify": lambda place: place.with_suffix(".png").write_bytes(b"no picture at all"),
    "exceeds limit": lambda place: place.with_suffix(".png").write_bytes(bomb()),
    "smaller than 16": lambda place: place.with_suffix(".png").write_bytes(picture(1, 9, 90)),
    "no caption": lambda place: place.with_suffix(".txt").write_text(" \n", encoding="utf-8"),
    "utf-8": lambda place: place.with_suffix(".txt").write_bytes(b"\xff\xfe\xff"),
    "embeddings cannot": lambda place: place.with_suffix(".npz").write_bytes(npz(stored(1))[:200]),
    "lack t5": lambda place: place.with_suffix(".npz").write_bytes(
        npz({name: value for name, value in stored(1).items() if name != "t5"})
    ),
    "no stored": lambda place: place.with_suffix(".npz").unlink(),
}  # fmt: skip


@pytest.mark.parametrize("words", BREAKS)
def test_what_is_broken_is_left_out_named_once_and_counted(
    tmp_path: Path, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(4):
        (tmp_path / f"{number}.png").write_bytes(picture(number))
        (tmp_path / f"{number}.txt").write_text("grey", encoding="utf-8")
        (tmp_path / f"{number}.npz").write_bytes(npz(stored(number)))
    BREAKS[words](tmp_path / "1")
    chooser = Chooser(find_samples(FolderData(str(tmp_path))), seed=0, shuffle=9, smallest=16, stored=True)
    with caplog.at_level(logging.WARNING):
        read = chooser.read(0, 24)
    assert set(greys(torch.stack([content.picture for content in read]))) == {0, 2, 3}
    assert chooser.skipped == 1
    assert len(caplog.messages) == 1
    assert words in caplog.text
    assert ": 1 is left out" in caplog.text


def test_a_folder_of_rubbish_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"rubbish")
    chooser = Chooser(find_samples(FolderData(str(tmp_path))), seed=0, shuffle=0, smallest=8)
    with pytest.raises(TrainingError, match="in a row cannot be used"):
        chooser.read(0, 1)
    with pytest.raises(BrokenSampleError, match="left out"):
        read_sample(find_samples(FolderData(str(tmp_path)))[0], 8, stored=False)


def test_of_a_cut_shard_the_whole_samples_are_used(shards: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = shards / "part-1.tar"
    file.write_bytes(file.read_bytes()[:9000])
    (shards / "part-2.tar").write_bytes(b"not a tar file at all")
    samples = find_samples(ShardData(str(shards)))
    assert 8 < len(samples) < 16
    assert "part-2.tar" in caplog.text
    chooser = Chooser(samples, seed=0, shuffle=100, smallest=16)
    assert all(content.caption.startswith("grey") for content in chooser.read(0, 40))


def test_no_pictures_at_all_is_a_sentence(tmp_path: Path) -> None:
    for data in (FolderData(str(tmp_path)), ShardData(str(tmp_path)), ShardData(str(tmp_path / "x-*.tar"))):
        with pytest.raises(DataError, match="no pictures"):
            find_samples(data)


def test_an_upscaler_of_patches_gets_cuts_of_spoilt_pictures(shards: Path) -> None:
    of = config(
        ShardData(str(shards), embeddings="stored"), network=UPSCALER, picture_size=64,
        degradation=RealEsrganDegradation(16),
    )  # fmt: skip
    with pytest.raises(TrainingError, match="in a row"):
        stream(of).batch(0)  # none has 64 pixels
    large = {f"{n}.{end}": body for n in range(3) for end, body in (("png", picture(n + 9, 80, 70)), ("txt", b"a"))}
    shard(shards / "large.tar", large)
    told = stream(msgspec.structs.replace(of, data=ShardData(str(shards / "large.tar")))).batch(0)
    assert told.pictures.shape == (4, 3, 32, 32)
    assert told.embeddings.low_resolution is not None
    assert told.embeddings.low_resolution.shape == told.pictures.shape


def test_the_filter_pass_scores_and_the_limits_sort_out(shards: Path, tmp_path: Path) -> None:
    data = ShardData(str(shards))
    samples, encoders = find_samples(data), random_encoders()
    head = tmp_path / "head.safetensors"
    save_file({"weight": torch.randn(1, CONTEXT.image_width), "bias": torch.tensor([5.0])}, head)
    scores = list(score_samples(samples, encoders, Head.load(head, CONTEXT.image_width)))
    assert [score.name for score in scores] == [sample.name for sample in samples]
    assert all(-1.0 <= score.clip <= 1.0 for score in scores)
    limit = float(np.median([score.clip for score in scores]))
    file = tmp_path / "scores.jsonl"
    file.write_bytes(b"\n".join(msgspec.json.encode(score) for score in scores))
    left = filtered(samples, msgspec.structs.replace(data, scores=str(file), clip_score=limit))
    assert {sample.name for sample in left} == {score.name for score in scores if score.clip >= limit}
    assert 0 < len(left) < len(samples)
    for limits in ({"clip_score": 2.0}, {"aesthetic": 99.0}):
        with pytest.raises(DataError, match="none of 24"):
            filtered(samples, msgspec.structs.replace(data, scores=str(file), **limits))
    with pytest.raises(TrainingError, match="width"):
        Head.load(head, CONTEXT.image_width + 1)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('kind = "folder"\npath = "here"', FolderData),
        ('kind = "shards"\npath = "here/*.tar"\nembeddings = "stored"', ShardData),
    ],
)
def test_the_configuration_chooses_the_data(tmp_path: Path, text: str, kind: type) -> None:
    file = tmp_path / "run.toml"
    file.write_text(f"{TOML}\n[data]\n{text}\n", encoding="utf-8")
    assert isinstance(read_config(file).data, kind)
    file.write_text(f"{TOML}\n[data]\n{text}\nclip_score = 0.3\n", encoding="utf-8")
    with pytest.raises(TrainingConfigError, match="filter pass"):
        read_config(file)


def test_the_source_needs_no_encoders_where_embeddings_are_stored(shards: Path, tmp_path: Path) -> None:
    source = ConfiguredSource(tmp_path / "no-encoders", CPU)
    told = source.stream(config(ShardData(str(shards), embeddings="stored")), 2).batch(0)
    assert told.pictures.shape == (2, 3, 16, 16)
