"""Pictures that carry their project, and the text that other programs read."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files import embedded
from app.files.container import pack
from app.files.embedded import EmbeddedError, embedded_project, picture_facts, read_texts
from app.files.errors import UnreadableError
from app.files.opening import open_project
from app.files.parameters import parameters_text
from app.files.project import Project
from nodes.graph.model import Graph
from tests.files.projects import picture, png_with, project
from tests.nodes.graphs import REGISTRY, codes, extended, node, simple

CHUNKS = st.lists(st.tuples(st.from_regex(rb"[a-zA-Z]{4}", fullmatch=True), st.binary(max_size=40)), max_size=5)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """The picture with chunks behind its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def carried() -> Project:
    return replace(project(), thumbnail=None, other={})


def test_a_picture_gives_its_project_back(tmp_path: Path) -> None:
    path = tmp_path / "picture-0001.png"
    path.write_bytes(png_with(picture_facts(project(), REGISTRY)))
    assert open_project(path, REGISTRY).project == carried()


def test_the_text_for_other_programs_says_what_was_used() -> None:
    more = extended(
        simple(steps=12),
        [node("no", "negative-prompt", text="rain"), node("s", "seed", seed=5), node("z", "size-crop", width=256)],
        "no.conditioning > solve.negative", "s.seed > solve.seed", "z.size > solve.size",
    )  # fmt: skip
    assert parameters_text(more, REGISTRY).splitlines() == [
        "a fox by a castle",
        "Negative prompt: rain",
        "Steps: 12, Sampler: deis_3kutta, CFG scale: 3.0, Seed: 5, Size: 256x128, Model: Storybook, Version: Sinopia",
    ]
    assert parameters_text(Graph(), REGISTRY) == ""


def test_a_seed_that_only_running_tells_is_left_out_and_circles_end() -> None:
    listed = extended(simple(), [node("r", "seed-range")], "r.seeds > solve.seed")
    assert "Seed" not in parameters_text(listed, REGISTRY)
    circle = extended(
        simple(), [node("a", "seed"), node("b", "seed")], "a.seed > b.seed", "b.seed > a.seed", "a.seed > solve.seed"
    )
    assert "cycle" in [code for _, _, code in codes(circle)]
    assert "Steps: 20" in parameters_text(circle, REGISTRY)


@given(CHUNKS, st.sampled_from([b"tEXt", b"iTXt", b"zTXt"]))
def test_other_chunks_are_passed_over(chunks: list[tuple[bytes, bytes]], kind: bytes) -> None:
    text = picture_facts(Project(simple()), REGISTRY)["sinopia"].encode()
    bodies = {
        b"tEXt": b"sinopia\0" + text,
        b"iTXt": b"sinopia\0\1\0en\0\0" + zlib.compress(text),
        b"zTXt": b"sinopia\0\0" + zlib.compress(text),
    }
    junk = [chunk(name, body) for name, body in chunks if name != b"IEND"]
    found = embedded_project(read_texts(with_chunks(picture(), *junk, chunk(kind, bodies[kind]))), "p.png", REGISTRY)
    assert found is not None
    assert found.project == Project(simple())


def test_a_picture_without_a_project_has_none() -> None:
    assert read_texts(picture()) == {}
    assert embedded_project({}, "p.png", REGISTRY) is None
    with pytest.raises(EmbeddedError, match="no PNG"):
        read_texts(picture(kind="JPEG"))


@pytest.mark.parametrize(
    "text", ["not base64!", base64.b64encode(b"no zip").decode(), base64.b64encode(b"PK\5\6").decode()]
)
def test_a_damaged_project_in_a_picture_is_told(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"p\.png: .+\. .+\."):
        embedded_project(read_texts(png_with({"sinopia": text})), "p.png", REGISTRY)


def test_texts_that_unpack_without_end_or_claim_huge_sizes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LARGEST_TEXT", 2**20)
    bomb = chunk(b"zTXt", b"sinopia\0\0" + zlib.compress(bytes(embedded.LARGEST_TEXT + 1), 9))
    with pytest.raises(EmbeddedError, match="unpacks to more"):
        read_texts(with_chunks(picture(), bomb))
    claimed = struct.pack(">I", 2**31 - 1) + b"tEXtsinopia\0x"
    with pytest.raises(EmbeddedError, match="MB are read"):
        read_texts(picture()[:33] + claimed)


def test_a_text_that_was_cut_or_changed_is_told() -> None:
    whole = png_with({"sinopia": "x" * 100})
    place = whole.find(b"x" * 100)
    with pytest.raises(EmbeddedError, match="damaged"):
        read_texts(whole[: place + 50])
    with pytest.raises(EmbeddedError, match="damaged"):
        read_texts(whole[:place] + b"y" + whole[place + 1 :])


def test_every_cut_of_a_picture_ends_well() -> None:
    whole = png_with(picture_facts(Project(simple()), REGISTRY))
    told = 0
    for length in range(0, len(whole), 9):
        try:
            read_texts(whole[:length])
        except EmbeddedError:
            told += 1
    assert told > 20


def test_a_very_large_project_travels_without_its_reference_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LARGEST_EMBEDDED", len(pack(carried(), REGISTRY)) - 1)
    found = embedded_project(picture_facts(project(), REGISTRY), "p.png", REGISTRY)
    assert found is not None
    assert found.project == replace(carried(), assets={})
