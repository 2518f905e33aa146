"""Undo and redo as actions of a window, which say what they would take back."""

from __future__ import annotations

from collections.abc import Callable

from app.model.actions import Need
from app.model.document import Document
from app.model.history import Entry
from app.model.session import Session
from app.qt.actions import Actions


class Undoing:
    """Nothing is taken back in the middle of a gesture: `busy` says whether one is under way."""

    def __init__(self, session: Session, actions: Actions, busy: Callable[[], bool]) -> None:
        self._session, self._actions, self._busy = session, actions, busy
        actions.bind("edit.undo", self.undo)
        actions.bind("edit.redo", self.redo)

    def undo(self) -> None:
        """Take back the last edit."""
        if not self._busy():
            self._session.undo()

    def redo(self) -> None:
        """Make the edit again that was taken back last."""
        if not self._busy():
            self._session.redo()

    def follow(self) -> None:
        """Say what can be taken back and made again now."""
        self._name("edit.undo", "Undo", Need.UNDO, self._session.done[-1:])
        self._name("edit.redo", "Redo", Need.REDO, self._session.undone[:1])

    def _name(self, action: str, verb: str, need: Need, entry: tuple[Entry[Document], ...]) -> None:
        told = f" {entry[0].label.replace('&', '&&')}" if entry else ""
        self._actions[action].setText(f"&{verb}{told}")
        self._actions.allow(need, there=bool(entry))
