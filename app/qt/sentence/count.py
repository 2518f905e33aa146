"""How full the encoders are: quiet while all words are read, a warning once some fall off the end."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.tokens.checking import Checked


class WordCount(QLabel):
    """A line at the edge of the sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = ""
        self.setObjectName("quiet")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def told(self) -> str:
        """What is said, in full."""
        return self._told

    def show_checked(self, checked: Checked | None) -> None:
        """Show how a text is read; nothing where that is not known, or nothing is written."""
        read = checked if checked is not None and checked.text else None
        warning, fullness = ("", "") if read is None else (read.reading.warning, read.reading.fullness)
        self._told = warning or fullness
        full = "" if read is None else f"{fullness} tokens of {read.title}'s encoders are taken."
        self.setToolTip(f"{warning}\n{full}".strip())
        self.setAccessibleName(self._told)
        self.setObjectName("warning" if warning else "quiet")
        self.style().polish(self)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._told, Qt.TextElideMode.ElideMiddle, self.width()))
