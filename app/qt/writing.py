"""What actions of the window mean to the text or number that is being written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_Text: TypeAlias = QLineEdit | QPlainTextEdit | QTextEdit

_DONE: Mapping[str, Callable[[_Text], None]] = {
    "canvas.cut": lambda text: text.cut(),
    "canvas.copy": lambda text: text.copy(),
    "canvas.paste": lambda text: text.paste(),
    "canvas.select-all": lambda text: text.selectAll(),
}
"""The commands of the node canvas that mean a text as well, by their ids."""


def do_in_text(widget: QWidget | None, name: str) -> bool:
    """Cut, copy, paste or select all in the text that has the focus; False where none has, or it is another command."""
    if not isinstance(widget, (QLineEdit, QPlainTextEdit, QTextEdit)) or name not in _DONE:
        return False
    _DONE[name](widget)
    return True


def take_over(widget: QWidget | None) -> None:
    """What was typed in a field counts at once, as if Enter had been struck, so that keys of the window find it."""
    if isinstance(widget, QAbstractSpinBox):
        widget.interpretText()
    elif isinstance(widget, QLineEdit) and widget.isModified() and widget.hasAcceptableInput():
        widget.setModified(False)
        widget.editingFinished.emit()
