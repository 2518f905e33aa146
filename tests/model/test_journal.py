"""The journal loses nothing: through every kind of edit, cut off at every byte, and when its process is killed."""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from app.model import edits
from app.model.document import Document, frozen
from app.model.journal import Journal, JournalError, read_journal
from app.model.session import Session
from app.paint.tiles import TileMask
from tests.model.artist import Artist, start, written
from tests.support import run_python


def segments(journal: Journal) -> list[Path]:
    return sorted(journal.folder.glob("*.journal"))


def after(seed: int, count: int) -> list[Document]:
    """The documents of a random life."""
    artist, documents = Artist(seed), [start()]
    for _ in range(count):
        documents.append(artist.edit(documents[-1])[1])
    return documents


@settings(max_examples=6)
@given(st.integers(0, 2**32), st.sampled_from([10_000, 2**24]))
def test_the_journal_holds_the_document_after_every_edit(
    tmp_path_factory: pytest.TempPathFactory, seed: int, smallest: int
) -> None:
    journal = Journal(tmp_path_factory.mktemp("journals"), smallest=smallest)
    for document in after(seed, 40):
        journal.record(document)
        assert written(read_journal(journal.folder).document) == written(document)
    journal.close()
    assert not journal.folder.exists()


def test_undo_is_kept_like_any_edit(tmp_path: Path) -> None:
    session, journal = Session(start()), Journal(tmp_path)
    session.finished.connect(journal.record)
    session.edit("One", edits.rename_node, "solve", "One")
    session.edit("Two", edits.rename_node, "solve", "Two")
    session.undo()
    assert read_journal(journal.folder).document.nodes["solve"].title == "One"
    journal.close()


def test_a_journal_cut_off_anywhere_tells_the_last_whole_edit(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    ends: list[tuple[int, Document]] = []
    for document in after(3, 12):
        journal.record(document)
        ends.append((segments(journal)[0].stat().st_size, document))
    data = segments(journal)[0].read_bytes()
    journal.close()
    torn = tmp_path / "torn"
    torn.mkdir()
    for length in range(0, len(data) + 1, 97):
        (torn / "00000001.journal").write_bytes(data[:length])
        whole = [document for end, document in ends if end <= length]
        if whole:
            assert read_journal(torn).document == whole[-1]
        else:
            with pytest.raises(JournalError, match="torn"):
                read_journal(torn)


def test_nothing_behind_a_damaged_record_is_believed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    documents = after(5, 6)
    ends = []
    for document in documents:
        journal.record(document)
        ends.append(segments(journal)[0].stat().st_size)
    path = segments(journal)[0]
    data = bytearray(path.read_bytes())
    data[ends[3] + 30] ^= 1
    path.write_bytes(data)
    assert read_journal(journal.folder).document == documents[3]
    journal.close()


def test_when_a_new_segment_is_cut_off_the_old_one_counts(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.record(start())
    (journal.folder / "00000002.journal").write_bytes(segments(journal)[0].read_bytes()[:40])
    assert read_journal(journal.folder).document == start()
    journal.close()


def test_segments_that_have_grown_are_replaced(tmp_path: Path) -> None:
    journal = Journal(tmp_path, smallest=30_000)
    for document in after(8, 300):
        journal.record(document)
        last = document
    journal.sync()
    assert [path.name for path in segments(journal)] != ["00000001.journal"]
    assert len(segments(journal)) == 1
    assert read_journal(journal.folder).document == last
    journal.close()


def test_saving_ends_the_danger_and_editing_brings_it_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journals")
    edited = edits.rename_node(start(), "solve", "Draw")
    journal.record(edited)
    journal.saved(edited, tmp_path / "owl.sinopia")
    found = read_journal(journal.folder)
    assert (found.saved, found.project) == (True, tmp_path / "owl.sinopia")
    journal.record(start())
    assert not read_journal(journal.folder).saved
    journal.close()


def test_a_journal_that_cannot_be_written_says_so_once_and_goes_on_when_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "journals"
    folder.write_text("in the way")
    journal = Journal(folder)
    told: list[str] = []
    journal.trouble.connect(told.append)
    journal.record(start())
    journal.record(edits.rename_node(start(), "solve", "Draw"))
    assert len(told) == 1
    assert str(folder) in told[0]
    assert "Save the project now" in told[0]
    folder.unlink()
    last = edits.rename_node(start(), "solve", "Paint")
    journal.record(last)
    assert read_journal(journal.folder).document == last
    journal.close()


def test_a_segment_whose_file_fails_is_replaced_by_a_whole_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.record(start())
    journal.sync()
    told: list[str] = []
    journal.trouble.connect(told.append)
    spare = os.open(os.devnull, os.O_RDONLY)
    # As when the disk is taken away: the file can no longer be written.
    os.dup2(spare, journal._segment.handle)  # type: ignore[union-attr]
    os.close(spare)
    last = edits.rename_node(start(), "solve", "Draw")
    journal.record(last)
    journal.sync()
    assert told == []
    assert read_journal(journal.folder).document == last
    assert len(segments(journal)) == 1
    journal.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="artists are forked, which this system cannot do")
def test_nothing_older_than_the_last_finished_edit_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    done = run_python("-m", "tests.model.killed", tmp_path, "40", "7")
    assert done.returncode == 0, done.stderr
    lives = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lives) == 40
    assert sum(life["finished"] > 20 for life in lives) > 10
    assert [life for life in lives if not life["finished"] <= life["kept"] <= life["finished"] + 1] == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="artists are forked, which this system cannot do")
def test_a_large_edit_is_kept_when_the_process_is_killed_right_after_it(tmp_path: Path) -> None:
    done = run_python("-m", "tests.model.killed_large", tmp_path)
    assert done.returncode == 0, done.stderr
    lives = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lives) == 5
    assert [life for life in lives if not life["kept"]] == []


def noise(rng: np.random.Generator) -> TileMask:
    return TileMask.from_array(rng.integers(0, 256, (2048, 2048), np.uint8))


def test_a_large_edit_is_handed_over_without_being_packed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin(Document(), saved=True)
    journal.sync()
    rng = np.random.default_rng(0)
    written, packed = [], []
    for _ in range(3):  # the quickest of three: a disk that is busy elsewhere is not the journal's doing
        masks = {f"layer {each}": noise(rng) for each in range(3)}
        large = Document(size=(2048, 2048), paint=frozen(masks))
        written.append(thread_seconds(lambda: journal.record(large)))  # noqa: B023  called at once
        assert read_journal(journal.folder).document == large
        arrays = [mask.to_array().tobytes() for mask in masks.values()]
        packed.append(thread_seconds(lambda: [zlib.compress(each, 1) for each in arrays]))  # noqa: B023
        journal.sync()
    assert min(written) < min(packed) / 2
    journal.close()


def thread_seconds(work: Callable[[], object]) -> float:
    """Processor time that this thread spends on `work`."""
    begun = time.thread_time()
    work()
    return time.thread_time() - begun


def test_what_is_huge_is_written_aside_and_what_comes_meanwhile_is_kept_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.model.journal.HUGE", 2**20)
    journal = Journal(tmp_path)
    journal.begin(Document(), saved=True)
    rng = np.random.default_rng(0)
    large = Document(size=(2048, 2048), paint=frozen({f"layer {each}": noise(rng) for each in range(3)}))
    journal.record(large)
    assert journal.behind
    journal.record(replace(large, other=frozen({"meanwhile": b"1"})))
    last = replace(large, other=frozen({"after it": b"2"}))
    journal.record(last)
    journal.sync()
    assert not journal.behind
    assert read_journal(journal.folder).document == last
    journal.close()


def test_edits_go_on_while_a_large_segment_is_replaced_by_a_packed_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path, smallest=2**20)
    soft = np.repeat(np.arange(256, dtype=np.uint8), 8)
    document = Document(size=(2048, 2048))
    journal.record(document)
    for number in range(8):
        mask = TileMask.from_array(np.roll(np.tile(soft, (2048, 1)), number, axis=1))
        document = replace(document, paint=frozen({"sky": mask}), other=frozen({"edit": str(number).encode()}))
        journal.record(document)
    journal.sync()
    assert read_journal(journal.folder).document == document
    (path,) = segments(journal)
    assert path.name != "00000001.journal"
    assert path.stat().st_size < 4 * 2048 * 2048
    assert list(journal.folder.glob("*.part")) == []
    journal.close()
