"""Words of the artist, and of whoever made a file, are shown as they are: Qt would take some of them for markup."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """A text as a tool tip that shows it letter by letter."""
    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>" if Qt.mightBeRichText(text) else text
