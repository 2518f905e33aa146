"""The session over real documents: whatever was done can be undone, to the byte, and everyone is told."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from app.model import edits
from app.model.document import Document
from app.model.session import Session
from nodes.graph.errors import EditError
from tests.model.artist import Artist, start, written


class Ear:
    """Remembers what a session told."""

    def __init__(self, session: Session) -> None:
        self.changes: list[tuple[Document, Document]] = []
        self.finished: list[Document] = []
        self.dirty: list[bool] = []
        session.changed.connect(lambda before, after: self.changes.append((before, after)))
        session.finished.connect(self.finished.append)
        session.dirty_changed.connect(self.dirty.append)


def with_text(session: Session, text: str) -> Document:
    return edits.set_prompt(session.document, "prompt", text)


def test_a_gesture_is_told_at_every_step_and_finished_once() -> None:
    session = Session(start())
    ear = Ear(session)
    for text in ("a", "ab", "abc"):
        session.apply("Type", with_text(session, text), ("text", "prompt"))
    assert (len(ear.changes), ear.finished) == (3, [])
    session.settle()
    session.settle()
    assert ear.finished == [session.document]
    assert [entry.label for entry in session.done] == ["Type"]


def test_another_edit_finishes_the_gesture_before_it() -> None:
    session = Session(start())
    ear = Ear(session)
    session.apply("Type", with_text(session, "a"), "typing")
    typed = session.document
    session.edit("Rename", edits.rename_node, "solve", "Draw")
    assert ear.finished == [typed, session.document]


def test_undo_finishes_a_gesture_and_then_goes_back() -> None:
    session = Session(start())
    ear = Ear(session)
    session.apply("Type", with_text(session, "a"), "typing")
    typed = session.document
    assert session.undo() == "Type"
    assert ear.finished == [typed, session.document]
    assert session.undo() is None


def test_a_transaction_is_told_once_and_a_failing_one_not_at_all() -> None:
    session = Session(start())
    ear = Ear(session)
    with session.transaction("Both"):
        session.edit("One", edits.rename_node, "solve", "Draw")
        session.edit("Two", edits.rename_node, "save", "Keep")
    assert (len(ear.changes), len(ear.finished)) == (1, 1)
    before = session.document

    def fail() -> None:
        with session.transaction("Fails"):
            session.edit("One", edits.rename_node, "solve", "x")
            session.edit("None", edits.rename_node, "nobody", "x")

    with pytest.raises(EditError, match="nobody"):
        fail()
    assert session.document is before
    assert (len(ear.changes), len(ear.finished)) == (1, 1)


def test_any_line_of_the_history_can_be_gone_to_at_once() -> None:
    session = Session(start())
    for number in range(5):
        session.edit(f"Edit {number}", edits.set_note, "solve", str(number))
    ear = Ear(session)
    session.go_to(2)
    assert session.document.nodes["solve"].note == "1"
    assert [entry.label for entry in session.undone] == ["Edit 2", "Edit 3", "Edit 4"]
    session.go_to(99)
    assert session.document.nodes["solve"].note == "4"
    session.go_to(0)
    assert session.document == start()
    assert len(ear.changes) == len(ear.finished) == 3


def test_dirty_follows_the_saved_document_through_undo_and_redo() -> None:
    session = Session(start())
    ear = Ear(session)
    session.edit("One", edits.rename_node, "solve", "Draw")
    session.edit("Two", edits.rename_node, "solve", "Draw it")
    session.undo()
    session.mark_saved(session.document)
    session.undo()
    session.redo()
    session.redo()
    assert ear.dirty == [True, False, True, False, True]
    assert session.dirty


def test_another_document_begins_a_history_of_its_own() -> None:
    session = Session(start())
    session.edit("One", edits.rename_node, "solve", "Draw")
    session.replace(Document())
    assert (session.done, session.dirty, session.document) == ((), False, Document())
    session.replace(start(), saved=False)
    assert session.dirty


@settings(max_examples=4)
@given(st.integers(0, 2**32))
def test_random_edits_fully_undone_give_the_identical_document(seed: int) -> None:
    session, artist = Session(start()), Artist(seed)
    states = [written(session.document)]
    session.changed.connect(lambda _before, after: states.append(written(after)))
    for _ in range(80):
        session.apply(*artist.edit(session.document))
    done = tuple(states)  # undoing tells of changes too
    for state in reversed(done[:-1]):
        assert session.undo() is not None
        assert written(session.document) == state
    assert (session.undo(), session.document) == (None, start())
    while session.redo():
        pass
    assert written(session.document) == done[-1]


def test_ten_thousand_edits_with_detours_fully_undone_give_the_identical_document() -> None:
    session, artist = Session(start()), Artist(4)
    kinds: set[str] = set()
    for _ in range(10_000):
        match artist.dice.random():
            case roll if roll < 0.05:
                session.undo()
            case roll if roll < 0.08:
                session.redo()
            case roll:
                name, document = artist.edit(session.document)
                merge_key = name if roll > 0.9 else None
                kinds |= {name} if session.apply(name, document, merge_key) else set()
    assert kinds == set(artist.acts)
    assert len(session.done) > 5_000
    end = written(session.document)
    while session.undo():
        pass
    assert session.document == start()
    assert written(session.document) == written(start())
    while session.redo():
        pass
    assert len(session.undone) == 0
    assert end != written(start())
