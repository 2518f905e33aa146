"""Pictures whose look the result takes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.model import edits
from app.model.edits.style import Shares, picture_crop, set_picture_crop
from app.qt.desk import Desk
from app.qt.panels.crop_picture import CropPicture
from app.qt.panels.number import NumberSlider, Range
from app.qt.panels.parts import CLOSE, emptied, icon_button, panel_column, quiet
from app.qt.panels.picture_reader import PictureReader, Read
from app.qt.pictures import PATTERN, holds_pictures
from app.qt.plain import plain_tip
from app.qt.theme import GRID, Icons

_SIDE = 48
_LOOKED_AT = 512  # pixels of the longer side in which a picture is kept for its crop
_WEIGHT = Range(0.0, 4.0, 1.0, curve=2.0)


@dataclass(frozen=True)
class _Slider:
    """A slider over the parameter `name` of the Style Reference; one of the parameter is `scale` on the slider."""

    name: str
    title: str
    range: Range
    help: str
    scale: float = 1.0


_STRENGTH = _Slider("strength", "Strength", Range(0.0, 2.0, 1.0), "How strongly the look acts")
_LITERAL = _Slider(
    "literal", "Literal", Range(0.0, 1.0, 1.0), "1 takes also what the pictures show, 0 only how they look"
)
_BEGIN = _Slider(
    "begin",
    "From",
    Range(0.0, 100.0, 0.0, "%", digits=0),
    "The share of the steps after which the look begins to act",
    100.0,
)
_FINISH = _Slider(
    "finish",
    "To",
    Range(0.0, 100.0, 100.0, "%", digits=0),
    "The share of the steps after which the look acts no more",
    100.0,
)
_SLIDERS = (_STRENGTH, _LITERAL, _BEGIN, _FINISH)


class StylePanel(QWidget):
    """Drop pictures here; the first Style Reference of the graph stands behind it."""

    def __init__(self, desk: Desk, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._icons = desk, icons
        self._shown: object = None
        self._weights: list[NumberSlider] = []
        self._images: dict[str, QImage | None] = {}  # by the reference of the file; None: it is being decoded
        self._reader = PictureReader(self)
        self._reader.decoded.connect(self._arrive)
        self.thumbnails: dict[str, QToolButton] = {}
        self._cropped: str | None = None
        self.setAcceptDrops(True)
        layout = panel_column(self)
        self.add = icon_button(icons, "add", "Add pictures whose look the result takes on", self.choose)
        self._drop = QLabel("Drop a picture here")
        self._drop.setObjectName("drop")
        self._drop.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._drop)
        self._waiting = quiet("Reading…")
        layout.addWidget(self._waiting)
        self._list = QVBoxLayout()
        self._list.setSpacing(CLOSE)
        layout.addLayout(self._list)
        self.crop = CropPicture()
        self.crop.dragged.connect(self._crop)
        self.crop.released.connect(desk.settle)
        layout.addWidget(self.crop)
        self._sliders = self._made_sliders(layout)
        desk.changed.connect(self.refresh)
        self.refresh()

    @property
    def node(self) -> str | None:
        """The Style Reference node behind the panel."""
        return next(iter(self._desk.face.styles), None)

    def choose(self) -> None:
        """Let the artist name picture files."""
        names, _ = QFileDialog.getOpenFileNames(self, "Add Pictures", "", PATTERN)
        self.take(map(Path, names))

    def take(self, paths: Iterable[Path]) -> None:
        """Add picture files to the style."""
        self._reader.read_files(list(paths), self._take)
        self._show_waiting()

    def take_dropped(self, data: QMimeData) -> None:
        """Add the pictures in something dropped to the style."""
        self._reader.read_dropped(data, self._take)
        self._show_waiting()

    def leave(self) -> None:
        """The window closes."""
        self._reader.leave()

    def _show_waiting(self) -> None:
        self._waiting.setVisible(self._reader.reading)
        self._drop.setVisible(not self._weights and not self._reader.reading)

    def _take(self, read: Read) -> None:
        pictures, complaints = read
        self._show_waiting()
        if pictures:
            self._desk.edit("Add a style picture", edits.add_style_pictures, self._desk.registry, pictures, self.node)
        if complaints:
            self._desk.told.emit(" ".join(complaints))

    def refresh(self) -> None:
        """Show the style as it is."""
        node, document = self.node, self._desk.document
        pictures = () if node is None else edits.style_pictures(document, node)
        files = tuple(document.nodes[each].params.get("file") for each in pictures)
        if (pictures, files) != self._shown:
            self._shown = (pictures, files)
            self._rebuild(pictures)
        if self._cropped not in pictures:
            self._cropped = None
        for each in pictures:
            self._show_thumbnail(each)
        self.crop.setVisible(self._cropped is not None)
        if self._cropped is not None:
            self.crop.show_crop(picture_crop(document, self._cropped))
        self._show_waiting()
        for slider in self._sliders.values():
            slider.setVisible(bool(pictures))
        if node is not None:
            for weight, slider in zip(edits.style_weights(document, node), self._weights, strict=False):
                slider.set_value(weight)
            held = document.nodes[node].params
            for told, slider in self._sliders.items():
                value = held.get(told.name, told.range.default / told.scale)
                if isinstance(value, (int, float)):
                    slider.set_value(float(value) * told.scale)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(holds_pictures(event.mimeData()))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setAccepted(holds_pictures(event.mimeData()))

    def dropEvent(self, event: QDropEvent) -> None:
        self.take_dropped(event.mimeData())
        event.acceptProposedAction()

    def _made_sliders(self, layout: QVBoxLayout) -> dict[_Slider, NumberSlider]:
        made = {told: NumberSlider(told.title, told.range, told.help) for told in _SLIDERS}
        for told, slider in made.items():
            slider.dragged.connect(lambda value, told=told: self._set(told, value / told.scale))
            slider.released.connect(self._desk.settle)
        for pair in ((_STRENGTH, _LITERAL), (_BEGIN, _FINISH)):
            row = QHBoxLayout()
            row.setSpacing(GRID)
            for told in pair:
                row.addWidget(made[told])
            layout.addLayout(row)
        return made

    def _set(self, told: _Slider, value: float) -> None:
        if self.node is not None:
            self._desk.drag(told.title, (told.name, self.node), edits.set_parameter, self.node, told.name, value)

    def _rebuild(self, pictures: tuple[str, ...]) -> None:
        emptied(self._list)
        self._weights = []
        wanted = {reference for node in pictures if (reference := self._reference(node)) is not None}
        self._images = {reference: image for reference, image in self._images.items() if reference in wanted}
        for reference in wanted - self._images.keys():
            self._images[reference] = None
            self._reader.decode(reference, self._desk.document.assets[reference], _LOOKED_AT)
        self.thumbnails = {node: self._thumbnail(node) for node in pictures}
        for index, node in enumerate(pictures):
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(GRID)
            line.addWidget(self.thumbnails[node])
            weight = NumberSlider("Weight", _WEIGHT, "How much this picture counts beside the others")
            weight.dragged.connect(lambda value, index=index: self._weigh(index, value))
            weight.released.connect(self._desk.settle)
            self._weights.append(weight)
            line.addWidget(weight, 1)
            told = "Take the picture out of the style"
            line.addWidget(icon_button(self._icons, "delete", told, self._removing(index)))
            self._list.addWidget(row)

    def _removing(self, index: int) -> Callable[[], None]:
        return lambda: self._remove(index)

    def _thumbnail(self, node: str) -> QToolButton:
        """The part of a picture that counts; pressed, it is shown whole, with its crop."""
        button = QToolButton()
        button.setFixedSize(_SIDE, _SIDE)
        button.setIconSize(QSize(_SIDE - 4, _SIDE - 4))
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        told = f"{self._desk.document.nodes[node].title or 'From the graph'}: choose the part whose look counts"
        button.setToolTip(plain_tip(told))
        button.setAccessibleName(told)
        button.clicked.connect(lambda checked: self._open_crop(node if checked else None))
        return button

    def _show_thumbnail(self, node: str) -> None:
        button, image = self.thumbnails[node], self._image(node)
        button.setChecked(node == self._cropped)
        button.setEnabled(image is not None and not image.isNull())
        if image is None:
            button.setText("…")
        elif image.isNull():
            button.setText("Graph")
        else:
            button.setIcon(QIcon(_thumbnail_of(image, picture_crop(self._desk.document, node))))

    def _open_crop(self, node: str | None) -> None:
        self._cropped = node
        image = None if node is None else self._image(node)
        if image is not None:
            self.crop.show_picture(image)
        self.refresh()
        if node is not None:
            QTimer.singleShot(0, self.crop.come_into_sight)  # once it has its place

    def _crop(self, shares: Shares) -> None:
        node = self._cropped
        if node is not None:
            self._desk.drag("Crop the style picture", ("crop", node), set_picture_crop, node, shares)

    def _reference(self, node: str) -> str | None:
        """The file of a picture; None for one that the graph makes."""
        reference = self._desk.document.nodes[node].params.get("file")
        return reference if isinstance(reference, str) and reference in self._desk.document.assets else None

    def _image(self, node: str) -> QImage | None:
        """The picture of a node, a null one where there is none to show; None while it is being decoded."""
        reference = self._reference(node)
        return QImage() if reference is None else self._images.get(reference)

    def _arrive(self, reference: str, image: QImage) -> None:
        if reference in self._images:
            self._images[reference] = image
            for node in self.thumbnails:
                if node in self._desk.document.nodes and self._reference(node) == reference:
                    self._show_thumbnail(node)

    def _weigh(self, index: int, value: float) -> None:
        if self.node is not None:
            self._desk.drag("Weight", ("weight", self.node, index), edits.set_style_weight, self.node, index, value)

    def _remove(self, index: int) -> None:
        if self.node is not None:
            self._desk.edit("Remove a style picture", edits.remove_style_picture, self.node, index)


def _thumbnail_of(image: QImage, shares: Shares) -> QPixmap:
    """The middle of a part of a picture, as a square."""
    left, top, right, bottom = shares
    width, height = image.width(), image.height()
    part = QRectF(left * width, top * height, (right - left) * width, (bottom - top) * height).toAlignedRect()
    side, fill = _SIDE * 2, Qt.AspectRatioMode.KeepAspectRatioByExpanding
    scaled = image.copy(part).scaled(side, side, fill, Qt.TransformationMode.SmoothTransformation)
    cut = scaled.copy((scaled.width() - side) // 2, (scaled.height() - side) // 2, side, side)
    cut.setDevicePixelRatio(2.0)
    return QPixmap.fromImage(cut)
