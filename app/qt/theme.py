"""Colours, fonts and icons of the window. Greys are neutral so that they do not bend the judgement of colour."""

from __future__ import annotations

import re
import weakref
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QFont, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication
from shiboken6 import isValid

from app.model.settings import Theme as Choice

Iconed: TypeAlias = QAction | QAbstractButton

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
ICON_SIZE = 20
GRID = 8
FONT_PIXELS = 13
_RATIO = 2.0  # icons are drawn for screens of twice the density, and scaled down for others


@dataclass(frozen=True)
class Theme:
    """The colours of one theme, as "#rrggbb".

    `surround` lies around the canvas, `faint` is for what is disabled, `focus` is the ring around what hears the keys.
    """

    name: str
    window: str
    panel: str
    raised: str
    hover: str
    sunken: str
    surround: str
    line: str
    text: str
    dim: str
    faint: str
    focus: str
    accent: str
    accent_hover: str
    selection: str
    warning: str
    good: str


DARK = Theme(
    name="dark",
    window="#232323",
    panel="#2b2b2b",
    raised="#3a3a3a",
    hover="#333333",
    sunken="#1f1f1f",
    surround="#1c1c1c",
    line="#3a3a3a",
    text="#dcdcdc",
    dim="#9a9a9a",
    faint="#6e6e6e",
    focus="#b8b8b8",
    accent="#c5543a",
    accent_hover="#d2644a",
    selection="#6b3a2e",
    warning="#e0a458",
    good="#7fb069",
)
LIGHT = Theme(
    name="light",
    window="#dcdcdc",
    panel="#e6e6e6",
    raised="#d0d0d0",
    hover="#dadada",
    sunken="#f4f4f4",
    surround="#c8c8c8",
    line="#bdbdbd",
    text="#242424",
    dim="#5f5f5f",
    faint="#868686",
    focus="#4a4a4a",
    accent="#c5543a",
    accent_hover="#b34a32",
    selection="#eec4b8",
    warning="#8a5a00",
    good="#3d7a2a",
)


def theme_for(choice: Choice) -> Theme:
    """The theme that the artist chose; that of the system where this was the choice."""
    if choice is Choice.SYSTEM:
        return LIGHT if QApplication.styleHints().colorScheme() is Qt.ColorScheme.Light else DARK
    return LIGHT if choice is Choice.LIGHT else DARK


def wear(application: QApplication, theme: Theme) -> None:
    """Give the whole application the colours of a theme."""
    sheet = style_sheet(theme)
    if application.styleSheet() == sheet:  # it is worn; every widget there is would be looked at again for nothing
        return
    application.setStyle("Fusion")
    font = QFont(application.font())
    font.setPixelSize(FONT_PIXELS)
    font.setFeature(QFont.Tag("tnum"), 1)
    application.setFont(font)
    application.setPalette(_palette(theme))
    application.setStyleSheet(sheet)


def style_sheet(theme: Theme) -> str:
    """The style sheet with the colours of a theme put in."""
    text = (RESOURCES / "themes" / "studio.qss").read_text(encoding="utf-8")
    colours = {**asdict(theme), "themes": (RESOURCES / "themes").as_posix()}
    return re.sub(r"@(\w+)", lambda found: str(colours[found[1]]), text)


@lru_cache(maxsize=256)
def icon(name: str, theme: Theme) -> QIcon:
    """A drawing of the project in the colours of a theme."""
    drawing = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    made = QIcon(_tinted(drawing, theme.text))
    made.addPixmap(_tinted(drawing, theme.faint), QIcon.Mode.Disabled)
    return made


def _tinted(drawing: str, colour: str) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))
    pixmap = QPixmap(round(ICON_SIZE * _RATIO), round(ICON_SIZE * _RATIO))
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(_RATIO)
    with QPainter(pixmap) as painter:
        renderer.render(painter, QRectF(0.0, 0.0, ICON_SIZE, ICON_SIZE))
    return pixmap


def _palette(theme: Theme) -> QPalette:
    palette, role = QPalette(), QPalette.ColorRole
    roles = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.sunken,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: "#ffffff",
        role.PlaceholderText: theme.dim,
        role.Link: theme.accent,
    }
    for each, colour in roles.items():
        palette.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(theme.faint))
    return palette


class Icons:
    """Gives buttons and actions their drawings, and new ones when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._given: weakref.WeakKeyDictionary[Iconed, str] = weakref.WeakKeyDictionary()

    def give(self, target: Iconed, name: str) -> None:
        """Let `target` show a drawing, in place of the one it had."""
        self._given[target] = name
        target.setIcon(icon(name, self.theme))

    def wear(self, theme: Theme) -> None:
        """Change to another theme."""
        self.theme = theme
        for target, name in list(self._given.items()):
            if isValid(target):
                target.setIcon(icon(name, theme))
