"""Keys that do one thing when tapped, and let one glance at another as long as they are held."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

HELD = 350
"""Milliseconds after which a key that is still down counts as held."""

_HEARD = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
_LOST = (QEvent.Type.WindowDeactivate, QEvent.Type.Hide)


class Glance(QObject):
    """Hears the keys that some actions have now: a tap triggers its action, a longer press begins to look and ends it.

    `show` begins or ends the look. The keys are heard in `places`, as far as nothing there takes letters itself.
    """

    def __init__(self, actions: Sequence[QAction], show: Callable[[bool], None], places: Sequence[QWidget]) -> None:
        super().__init__(places[0])
        self._actions, self._show = actions, show
        self._pressed: QAction | None = None
        self._looking = False
        self._since = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(HELD)
        self._timer.timeout.connect(self._begin)
        for place in places:
            place.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys before they are shortcuts; when the window is left, what was held is let go."""
        if event.type() in _LOST:
            self._let_go()
        elif event.type() in _HEARD and isinstance(event, QKeyEvent):
            return self._heard(event)
        return super().eventFilter(watched, event)

    def _heard(self, event: QKeyEvent) -> bool:
        action = self._action_of(event)
        if action is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.isAutoRepeat():
            pass  # it is held; the timer knows for how long
        elif event.type() == QEvent.Type.KeyPress:
            self._pressed, self._since = action, event.timestamp()
            self._timer.start()
        elif self._pressed is not None:
            # A busy window hears of a quick release too late; the key's own clock does not.
            self._release(quick=0 < event.timestamp() - self._since < HELD)
        return True

    def _action_of(self, event: QKeyEvent) -> QAction | None:
        """Whose key it is; a release counts whatever else is still down by then."""
        if event.type() == QEvent.Type.KeyRelease and self._pressed is not None:
            keys = [QKeySequence(Qt.Key(event.key())), QKeySequence(event.keyCombination())]
            return self._pressed if any(key in self._pressed.shortcuts() for key in keys) else None
        key = QKeySequence(event.keyCombination())
        return next((action for action in self._actions if key in action.shortcuts()), None)

    def _begin(self) -> None:
        self._looking = True
        self._show(True)

    def _release(self, *, quick: bool) -> None:
        tapped = self._pressed if quick or not self._looking else None
        self._let_go()
        if tapped is not None:
            tapped.trigger()

    def _let_go(self) -> None:
        self._timer.stop()
        self._pressed = None
        if self._looking:
            self._looking = False
            self._show(False)
