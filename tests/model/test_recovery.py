"""What a crash left behind is found however damaged it is; what cannot be read is told once, and kept."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from app.model.document import Document
from app.model.journal import Journal, forget
from app.model.recovery import TOLD_NAME, find_recoverable
from tests.model.artist import Artist, start, written

SEGMENT = "00000001.journal"
Damage = Callable[[bytes], bytes]
Life = tuple[bytes, list[tuple[bytes, ...]]]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A segment that was left behind, and the document after each edit in it."""
    artist, documents = Artist(11), [start()]
    journal = Journal(tmp_path_factory.mktemp("journals"))
    for _ in range(8):
        journal.record(documents[-1])
        documents.append(artist.edit(documents[-1])[1])
    journal.sync()
    data = next(journal.folder.glob("*.journal")).read_bytes()
    journal.close()
    return data, [written(document) for document in documents]


def left(root: Path, data: bytes, name: str = "left") -> Path:
    shutil.rmtree(root, ignore_errors=True)
    (root / name).mkdir(parents=True)
    (root / name / SEGMENT).write_bytes(data)
    return root / name


def framed(payload: bytes) -> bytes:
    return struct.pack("<II", len(payload), zlib.crc32(payload)) + payload


cut = st.integers(0, 2**32).map(lambda at: lambda data: data[: at % (len(data) + 1)])
overwritten = st.tuples(st.integers(0, 2**32), st.binary(min_size=1, max_size=40)).map(
    lambda told: lambda data: _overwritten(data, *told)
)
garbage = st.binary(max_size=200).map(lambda content: lambda _data: content)
VALUES = (b"C{}", b'C{"size": [1, 2]}', b'C{"paint": {"x": [-8, 3, [[0, 0, "00"]]]}}', b'C{"nodes": [0, 0, [5]]}',
          b"C" + b"[" * 5000, b'C{"assets": {"a": "zz"}}', b"B" + b"x" * 30, b"H{", b'S{"project": 5}', b"?",
          b"C\xff")  # fmt: skip
records = st.lists(st.sampled_from(VALUES) | st.binary(min_size=1, max_size=60), max_size=6)
made_up = records.map(lambda found: lambda _data: b"".join(map(framed, found)))
appended = records.map(lambda found: lambda data: data + b"".join(map(framed, found)))


def _overwritten(data: bytes, at: int, content: bytes) -> bytes:
    at %= len(data)
    return (data[:at] + content + data[at + len(content) :])[: len(data)]


@settings(max_examples=150)
@given(cut | overwritten | garbage | made_up | appended)
@example(lambda data: data)
@example(lambda _data: b"")
def test_whatever_its_bytes_a_journal_is_recovered_or_told_once_and_kept(
    tmp_path_factory: pytest.TempPathFactory, life: Life, damage: Damage
) -> None:
    root = tmp_path_factory.getbasetemp() / "damaged"
    data = damage(life[0])
    folder = left(root, data)
    told: list[str] = []
    found = find_recoverable(root, told.append)
    assert len(found) + len(told) == 1
    if found:
        assert isinstance(found[0].document, Document)
    else:
        assert str(folder) in told[0]
        assert told[0].count(".") >= 1
        assert (folder / SEGMENT).read_bytes() == data
        assert find_recoverable(root, told.append) == ()
        assert len(told) == 1  # not again at the next start


def test_a_damaged_journal_hides_no_other(tmp_path: Path, life: Life) -> None:
    data, documents = life
    left(tmp_path / "journals", b"garbage", "damaged")
    for name, content in (("whole", data), ("torn", data[:-5])):
        (tmp_path / "journals" / name).mkdir()
        (tmp_path / "journals" / name / SEGMENT).write_bytes(content)
    told: list[str] = []
    found = {each.folder.name: written(each.document) for each in find_recoverable(tmp_path / "journals", told.append)}
    assert found == {"whole": documents[-2], "torn": documents[-3]}
    assert len(told) == 1
    assert (tmp_path / "journals" / "damaged" / TOLD_NAME).is_file()


def test_an_older_segment_counts_where_the_newest_cannot_be_read(tmp_path: Path, life: Life) -> None:
    data, documents = life
    folder = left(tmp_path / "journals", data)
    (folder / "00000002.journal").write_bytes(framed(b"C[5]"))
    (found,) = find_recoverable(tmp_path / "journals")
    assert written(found.document) == documents[-2]


def test_a_journal_that_was_never_begun_is_nothing_to_tell_of(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a file").write_text("no journal")
    told: list[str] = []
    assert find_recoverable(tmp_path, told.append) == ()
    assert told == []


def test_only_unsaved_documents_of_dead_processes_are_offered(tmp_path: Path) -> None:
    project = tmp_path / "owl.sinopia"
    for name, saved in (("unsaved", False), ("saved", True)):
        journal = Journal(tmp_path / "journals", project)
        journal.begin(start(), saved=saved)
        journal.sync()
        abandoned = tmp_path / "journals" / name
        shutil.copytree(journal.folder, abandoned)
        journal.close()
    living = Journal(tmp_path / "journals")
    living.record(start())
    (found,) = find_recoverable(tmp_path / "journals")
    assert (found.folder.name, found.project, found.saved, found.document) == ("unsaved", project, False, start())
    assert not (tmp_path / "journals" / "saved").exists()
    forget(found)
    assert find_recoverable(tmp_path / "journals") == ()
    living.close()
