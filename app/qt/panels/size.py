"""Size of the picture, and the crop that the model should think it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSpinBox, QWidget

from app.model import edits
from app.model.home import find_home
from app.model.model_cards import Models, read_models
from app.model.picture_sizes import (
    drawn_instead,
    enlargement,
    native_side,
    offered_sizes,
    ratio,
    smaller_side,
)
from app.qt.desk import Desk
from app.qt.panels.parts import CLOSE, icon_button, panel_column, quiet
from app.qt.theme import GRID, ICON_SIZE, RESOURCES, Icons
from engine.api.sizes import Size

_LONGEST = 8192
UNKNOWN_SIDE = 256
"""Where no card tells what the model draws."""

_OUTLINE = QColor(0x8C, 0x8C, 0x8C)  # reads on the dark and on the light theme


@dataclass(frozen=True)
class _Number:
    """A field of `SizeCrop` as it is shown: what stands before it, its least value, and what it means."""

    name: str
    label: str
    least: int
    help: str


_NUMBERS = (
    _Number("width", "Size", 8, "Width of the picture in pixels"),
    _Number("height", "×", 8, "Height of the picture in pixels"),
    _Number("original_width", "Original", 1, "Width of the picture that this one seems to be cut from"),
    _Number("original_height", "×", 1, "Height of the picture that this one seems to be cut from"),
    _Number("crop_left", "Cut off", 0, "Pixels that seem to be cut off at the left"),
    _Number("crop_top", ",", 0, "Pixels that seem to be cut off above"),
)


class SizePanel(QWidget):
    """Numbers beside the rectangle that the crop tool drags on the canvas."""

    def __init__(self, desk: Desk, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._models = read_models((RESOURCES, find_home().models))
        self._offered: tuple[Size, ...] = ()
        self._smaller: tuple[Size, ...] = ()
        self._larger: edits.Enlargement | None = None
        layout = panel_column(self)
        self.reset = icon_button(icons, "restore", "The whole picture: no crop", self._whole)
        self._driven = quiet("Driven by the graph")
        layout.addWidget(self._driven)
        self.sizes = self._made_sizes()
        layout.addWidget(self.sizes)
        self._numbers = QWidget()
        self.fields = self._made_fields(self._numbers)
        layout.addWidget(self._numbers)
        desk.changed.connect(self.refresh)
        self.refresh()

    def show_models(self, models: Models) -> None:
        """Offer the sizes that the model draws, for there are other models now."""
        self._models = models
        self.refresh()

    def refresh(self) -> None:
        """Show size and crop as they are."""
        driven, told = "size" in self._desk.face.driven, self._desk.picture_size
        self._driven.setVisible(driven)
        self._numbers.setVisible(not driven)
        self.reset.setVisible(told is not None and _is_cropped(told))
        self._offer(told, driven=driven)
        if told is None:
            return
        whole = {"original_width": told.width, "original_height": told.height}
        for name, field in self.fields.items():
            value = getattr(told, name)
            field.blockSignals(True)
            field.setValue(whole[name] if value is None else value)
            field.blockSignals(False)

    def _offer(self, told: edits.SizeCrop | None, *, driven: bool) -> None:
        """Show the sizes that the model draws, and what it makes of another one."""
        document, face = self._desk.document, self._desk.face
        native = native_side(document, face, self._models)
        self._larger, smaller = enlargement(document, face, self._models), smaller_side(document, face, self._models)
        self._smaller = offered_sizes(smaller)
        larger = offered_sizes(None if self._larger is None else self._larger.side)
        offered = (*self._smaller, *offered_sizes(native), *larger)
        if offered != self._offered:
            self._offered = offered
            self._list_sizes(offered)
        self.sizes.setVisible(bool(offered) and not driven)
        size = None if told is None else (told.width, told.height)
        place = offered.index(size) if size in offered else len(offered)
        self.sizes.setCurrentIndex(place)
        drawn = None if size is None or driven else drawn_instead(native, *size)
        self.sizes.setItemText(len(offered), "Free" if drawn is None else f"Free, drawn as {drawn[0]} × {drawn[1]}")

    def _list_sizes(self, offered: Sequence[Size]) -> None:
        self.sizes.clear()
        for width, height in offered:
            self.sizes.addItem(f"{ratio(width, height)}    {width} × {height}")
            self.sizes.setItemIcon(self.sizes.count() - 1, self._shape(width, height))
        self.sizes.addItem("Free")

    def _shape(self, width: int, height: int) -> QIcon:
        """A picture's outline in its proportions."""
        longer = max(width, height)
        pixmap = QPixmap(2 * ICON_SIZE, 2 * ICON_SIZE)
        pixmap.setDevicePixelRatio(2.0)
        pixmap.fill(Qt.GlobalColor.transparent)
        across, down = (ICON_SIZE - 4.0) * width / longer, (ICON_SIZE - 4.0) * height / longer
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(_OUTLINE, 1.5))
            painter.drawRoundedRect(QRectF((ICON_SIZE - across) / 2, (ICON_SIZE - down) / 2, across, down), 1.5, 1.5)
        return QIcon(pixmap)

    def _made_sizes(self) -> QComboBox:
        sizes = QComboBox()
        told = "Sizes that the model draws just as they are asked for, and enlarges to"
        sizes.setToolTip(told)
        sizes.setAccessibleName(told)
        sizes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        sizes.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        sizes.activated.connect(self._choose)
        return sizes

    def _choose(self, place: int) -> None:
        if place >= len(self._offered):
            self.fields["width"].setFocus()
            self.fields["width"].selectAll()
            return
        width, height = self._offered[place]
        told = self._desk.picture_size or edits.SizeCrop(width, height)
        for side in ("width", "height"):
            told = _following(told, side)
        with self._desk.session.transaction("Size"):
            self._reach((width, height))
            self._resize(replace(told, width=width, height=height))

    def _reach(self, size: Size) -> None:
        """Enlarge the picture once more or once less where the size is that of another stage of the model."""
        native = native_side(self._desk.document, self._desk.face, self._models)
        last = self._desk.face.solves[-1]
        if size in offered_sizes(native):
            return
        if size in self._smaller:
            self._desk.edit("Size", edits.shrink, last)
        elif self._larger is not None:
            self._desk.edit("Size", edits.enlarge, self._desk.registry, last, self._larger)

    def _made_fields(self, parent: QWidget) -> dict[str, QSpinBox]:
        grid = QGridLayout(parent)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(CLOSE)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        made: dict[str, QSpinBox] = {}
        for index, number in enumerate(_NUMBERS):
            made[number.name] = field = self._made_field(number)
            row, place = divmod(index, 2)
            label = QLabel(number.label)
            label.setObjectName("quiet")
            grid.addWidget(label, row, 2 * place)
            grid.addWidget(field, row, 2 * place + 1)
        return made

    def _made_field(self, number: _Number) -> QSpinBox:
        field = QSpinBox()
        field.lineEdit().setTextMargins(6, 0, 6, 0)
        field.setRange(number.least, 4 * _LONGEST)
        field.setKeyboardTracking(False)
        field.setToolTip(number.help)
        field.setAccessibleName(number.help)
        field.valueChanged.connect(lambda value: self._set(number.name, value))
        return field

    def _set(self, name: str, value: int) -> None:
        side = native_side(self._desk.document, self._desk.face, self._models) or UNKNOWN_SIDE
        told = self._desk.picture_size or edits.SizeCrop(side, side)
        if name in ("width", "height"):
            self._resize(replace(_following(told, name), **{name: min(value, _LONGEST)}))
        else:
            changed = replace(told, **{name: value})
            self._desk.edit("Crop", edits.set_size, self._desk.registry, changed, self._desk.face.size)

    def _resize(self, changed: edits.SizeCrop) -> None:
        """The canvas keeps the proportions of the picture."""
        with self._desk.session.transaction("Size"):
            self._desk.edit("Size", edits.set_size, self._desk.registry, changed, self._desk.face.size)
            self._desk.edit("Size", edits.shape_canvas, changed.width, changed.height)

    def _whole(self) -> None:
        told = self._desk.picture_size
        if told is not None:
            self._desk.edit("No crop", edits.set_size, self._desk.registry, _uncropped(told), self._desk.face.size)


def _following(told: edits.SizeCrop, side: str) -> edits.SizeCrop:
    """An original that is the picture's own stays so when this side of the picture changes."""
    if side == "width":
        return replace(told, original_width=None) if told.original_width == told.width else told
    return replace(told, original_height=None) if told.original_height == told.height else told


def _is_cropped(told: edits.SizeCrop) -> bool:
    original = (told.original_width or told.width, told.original_height or told.height)
    return original != (told.width, told.height) or (told.crop_left, told.crop_top) != (0, 0)


def _uncropped(told: edits.SizeCrop) -> edits.SizeCrop:
    return replace(told, original_width=None, original_height=None, crop_left=0, crop_top=0)
