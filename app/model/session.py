"""The open document with its history; every change to it goes through here, and everyone hears of it.

A gesture (dragging a slider, typing) applies many documents with one merge key and becomes one entry of the history;
`settle` says that the gesture is over. An edit without a merge key is finished at once. Whatever must not be lost in a
crash is kept when an edit is finished.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec

from app.model.document import Document, cost
from app.model.history import DEFAULT_BUDGET, Entry, History
from app.model.signal import Signal

Arguments = ParamSpec("Arguments")


class Session:
    """One document being worked on. Belongs to the thread of the window."""

    def __init__(self, document: Document, budget: int = DEFAULT_BUDGET) -> None:
        self._history = History(document, cost, budget)
        self._saved: Document | None = document
        self._told_dirty = False
        self._unfinished = False
        self._told = document
        self._in_transaction = False
        self.changed: Signal[Document, Document] = Signal()
        """The document changed: before, after."""
        self.finished: Signal[Document] = Signal()
        """An edit (also an undo or redo) is finished, with the document that it left."""
        self.dirty_changed: Signal[bool] = Signal()
        """Whether there is something to save, when that has changed."""

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self._history.value

    @property
    def dirty(self) -> bool:
        """Whether the document differs from the one last saved or opened."""
        return self._saved is None or self._history.value != self._saved

    @property
    def done(self) -> tuple[Entry[Document], ...]:
        """What can be undone, oldest first."""
        return self._history.done

    @property
    def undone(self) -> tuple[Entry[Document], ...]:
        """What can be redone, next first."""
        return self._history.undone

    def set_budget(self, budget: int) -> None:
        """Let the history hold so many bytes."""
        self._history.set_budget(budget)

    def apply(self, label: str, document: Document, merge_key: Hashable | None = None) -> bool:
        """Make `document` the current one; False when it equals the current one.

        `label` names the edit in the history ("Paint", "Move 3 nodes"). Edits with one `merge_key` join each other.
        """
        if self._unfinished and not self._joins_last(merge_key):
            self.settle()
        if not self._history.push(document, label, merge_key):
            return False
        self._unfinished = merge_key is not None
        self._tell(finished=merge_key is None)
        return True

    def edit(
        self,
        label: str,
        change: Callable[Concatenate[Document, Arguments], Document],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> bool:
        """Apply `change(document, ...)`; for an edit that is finished at once."""
        return self.apply(label, change(self.document, *arguments, **named))

    def settle(self, *, seal: bool = True) -> None:
        """The gesture is over: its edit is finished, and (unless `seal` is False) the next one stands by itself."""
        if seal:
            self._history.seal()
        if self._unfinished and not self._in_transaction:
            self._unfinished = False
            self.finished.emit(self.document)

    def undo(self) -> str | None:
        """Go back one edit and give its label; None when there is none."""
        return self._stepped(self._history.undo)

    def redo(self) -> str | None:
        """Take back one `undo` and give the edit's label; None when there is none."""
        return self._stepped(self._history.redo)

    def go_to(self, count: int) -> None:
        """Undo or redo, told once, until `count` edits are done: to any line of a list of the history."""
        self.settle()
        while len(self._history.done) > count and self._history.undo() is not None:
            pass
        while len(self._history.done) < count and self._history.redo() is not None:
            pass
        self._tell(finished=True)

    @contextmanager
    def transaction(self, label: str) -> Iterator[None]:
        """Make everything applied inside one entry, told once. An exception inside undoes all of it."""
        if self._in_transaction:
            yield
            return
        self.settle()
        self._in_transaction = True
        try:
            with self._history.transaction(label):
                yield
        finally:
            self._in_transaction = False
            self._unfinished = False
        self._tell(finished=True)

    def mark_saved(self, document: Document | None) -> None:
        """Note that `document`, a snapshot taken earlier, is what a file holds now; None: no file holds this one."""
        self._saved = document
        self._tell_dirty()

    def replace(self, document: Document, saved: bool = True) -> None:
        """Work on another document; the history begins anew."""
        self._history.clear(document)
        self._saved = document if saved else None
        self._unfinished = False
        self._tell(finished=True)

    def _joins_last(self, merge_key: Hashable | None) -> bool:
        return merge_key is not None and bool(self.done) and self.done[-1].merge_key == merge_key

    def _stepped(self, step: Callable[[], str | None]) -> str | None:
        self.settle()
        label = step()
        if label is not None:
            self._tell(finished=True)
        return label

    def _tell(self, *, finished: bool) -> None:
        if self._in_transaction:
            return
        before, self._told = self._told, self.document
        if before is not self._told:
            self.changed.emit(before, self._told)
            self._tell_dirty()
            if finished:
                self.finished.emit(self._told)

    def _tell_dirty(self) -> None:
        dirty = self.dirty
        if dirty != self._told_dirty:
            self._told_dirty = dirty
            self.dirty_changed.emit(dirty)
