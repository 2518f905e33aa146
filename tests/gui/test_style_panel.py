"""The style panel: pictures come from files and browsers, and a part of one is chosen, by real events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.model.edits.style import WHOLE, picture_crop, style_pictures
from app.model.session import Session
from app.model.starting import starting_document
from app.qt import pictures as opened
from app.qt.desk import Desk
from app.qt.panels import picture_reader as reading
from app.qt.panels.number import NumberSlider
from app.qt.panels.style import StylePanel
from app.qt.theme import DARK, Icons
from nodes.registry import built_in
from tests.gui.studios import LONG

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def desk() -> Desk:
    registry = built_in()
    return Desk(Session(starting_document(registry)), registry)


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk) -> Iterator[StylePanel]:
    host = QWidget()  # a window without a layout: no hints about its size are sent, which a plugin may not know
    qtbot.addWidget(host)
    host.resize(280, 640)
    panel = StylePanel(desk, Icons(DARK), host)
    panel.resize(280, 640)
    with qtbot.waitExposed(host):
        host.show()
    yield panel
    panel.leave()
    desk.leave()


def picture(width: int = 200, height: int = 100) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(200, 40, 30))
    return image


def drop(panel: StylePanel, data: QMimeData) -> bool:
    """Drag something over the panel and let go; answers whether it was taken."""
    at = panel.rect().center()
    action = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(at, action, data, LEFT, NO_KEYS)
    QApplication.sendEvent(panel, enter)
    if enter.isAccepted():
        QApplication.sendEvent(panel, QDropEvent(QPointF(at), action, data, LEFT, NO_KEYS))
    return enter.isAccepted()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def pictures(panel: StylePanel, desk: Desk) -> tuple[str, ...]:
    return () if panel.node is None else style_pictures(desk.document, panel.node)


def test_several_files_are_dropped_at_once_and_undone_at_once(
    panel: StylePanel, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    for number in range(2):
        picture(100 + number).save(str(tmp_path / f"{number}.png"))
    assert drop(panel, files(tmp_path / "0.png", tmp_path / "1.png"))
    qtbot.waitUntil(lambda: len(pictures(panel, desk)) == 2)
    desk.session.undo()
    assert pictures(panel, desk) == ()


def test_a_picture_dragged_out_of_a_browser_is_taken(panel: StylePanel, desk: Desk, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/painting.png")])
    data.setImageData(picture())
    assert drop(panel, data)
    qtbot.waitUntil(lambda: bool(pictures(panel, desk)))
    (node,) = pictures(panel, desk)
    assert QImage.fromData(desk.document.assets[str(desk.document.nodes[node].params["file"])]) == picture()


def test_what_is_no_picture_is_told_in_a_sentence(panel: StylePanel, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "song.png").write_bytes(b"MThd")
    (tmp_path / "tune.png").write_bytes(b"MThd")
    told: list[str] = []
    desk.told.connect(told.append)
    drop(panel, files(tmp_path / "song.png", tmp_path / "tune.png"))
    qtbot.waitUntil(lambda: len(told) == 1)
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/painting.png")])
    drop(panel, data)
    assert len(told) == 2
    assert "song.png" in told[0]
    assert "tune.png" in told[0]
    assert "Save the picture first" in told[1]
    assert pictures(panel, desk) == ()
    text = QMimeData()
    text.setText("no picture")
    assert not drop(panel, text)


def test_a_large_picture_is_never_decoded_by_the_thread_of_the_window(
    panel: StylePanel, desk: Desk, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real decoders, on 24 million pixels: the file is looked through and made small elsewhere."""
    path, threads, seen = tmp_path / "large.jpg", dict[str, int](), threading.Event()
    Image.effect_noise((600, 400), 60).resize((6000, 4000)).convert("RGB").save(path, quality=90)

    def noting(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def noted(*told: object) -> object:
            threads[name] = threading.get_ident()
            if name == "decoded":
                seen.wait(LONG / 1000)
            return real(*told)

        return noted

    for module, name in ((reading, "decoded"), (opened, "look_through")):
        monkeypatch.setattr(module, name, noting(name, getattr(module, name)))
    assert drop(panel, files(path))
    assert pictures(panel, desk) == ()
    assert any(label.text() == "Reading…" for label in panel.findChildren(QLabel) if label.isVisible())
    qtbot.waitUntil(lambda: bool(pictures(panel, desk)))
    (button,) = panel.thumbnails.values()
    assert (button.text(), button.isEnabled()) == ("…", False), "the place of the picture, before it is there"
    seen.set()
    qtbot.waitUntil(button.isEnabled)
    assert not button.icon().isNull()
    assert threads.keys() == {"decoded", "look_through"}
    assert threading.get_ident() not in threads.values()


@pytest.fixture
def cropping(panel: StylePanel, desk: Desk, qtbot: QtBot) -> str:
    """The only picture of a style, shown with its crop."""
    data = QMimeData()
    data.setImageData(picture())
    drop(panel, data)
    qtbot.waitUntil(lambda: any(button.isEnabled() for button in panel.thumbnails.values()))
    (node,) = pictures(panel, desk)
    QTest.mouseClick(panel.thumbnails[node], LEFT)
    qtbot.waitUntil(panel.crop.isVisible)
    QTest.qWait(20)
    return node


def drag(panel: StylePanel, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag on the picture, from and to shares of its sides."""
    width, height = panel.crop.width(), panel.crop.width() // 2
    places = [QPoint(round(x * (width - 1)), round(y * (height - 1))) for x, y in (begin, end)]
    QTest.mousePress(panel.crop, LEFT, NO_KEYS, places[0])
    QTest.mouseMove(panel.crop, (places[0] + places[1]) / 2)
    QTest.mouseMove(panel.crop, places[1])
    QTest.mouseRelease(panel.crop, LEFT, NO_KEYS, places[1])


def test_the_crop_is_dragged_and_is_one_edit(panel: StylePanel, desk: Desk, cropping: str) -> None:
    drag(panel, (1.0, 1.0), (0.5, 0.75))
    assert picture_crop(desk.document, cropping) == pytest.approx((0.0, 0.0, 0.5, 0.75), abs=0.02)
    drag(panel, (0.2, 0.2), (0.9, 0.2))  # as a whole, as far as the picture goes
    assert picture_crop(desk.document, cropping) == pytest.approx((0.5, 0.0, 1.0, 0.75), abs=0.02)
    desk.session.undo()
    assert panel.crop.crop == pytest.approx((0.0, 0.0, 0.5, 0.75), abs=0.02)
    desk.session.undo()
    assert picture_crop(desk.document, cropping) == WHOLE


def test_the_crop_is_moved_by_keys_and_taken_away(panel: StylePanel, desk: Desk, cropping: str) -> None:
    panel.crop.setFocus()
    QTest.keyClick(panel.crop, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(panel.crop, Qt.Key.Key_Right)
    assert picture_crop(desk.document, cropping) == pytest.approx((0.02, 0.0, 1.0, 1.0))
    QTest.keyClick(panel.crop, Qt.Key.Key_Delete)
    assert "crop" not in desk.document.nodes[cropping].params or desk.document.nodes[cropping].params["crop"] == []


def test_the_crop_closes_with_its_picture(panel: StylePanel, desk: Desk, cropping: str) -> None:
    desk.session.undo()
    assert not panel.crop.isVisible()


def test_the_share_of_the_steps_is_typed_in_per_cent(panel: StylePanel, desk: Desk, cropping: str) -> None:
    (begin,) = (slider for slider in panel.findChildren(NumberSlider) if slider.accessibleName() == "From")
    begin.setFocus()
    QTest.keyClicks(begin, "2")
    assert begin.field is not None
    QTest.keyClicks(begin.field, "5")
    QTest.keyClick(begin.field, Qt.Key.Key_Return)
    assert panel.node is not None
    assert desk.document.nodes[panel.node].params["begin"] == 0.25
    desk.session.undo()
    assert begin.value == 0.0
    desk.session.redo()
    assert begin.value == 25.0
