"""The size panel: sizes that the model draws, and free ones, by real events."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.model.projects import read_document
from app.model.session import Session
from app.qt.application import DEMO
from app.qt.desk import Desk
from app.qt.panels.size import SizePanel
from app.qt.theme import DARK, Icons
from nodes.registry import built_in


@pytest.fixture
def desk() -> Iterator[Desk]:
    registry = built_in()
    desk = Desk(Session(read_document(DEMO, registry).document), registry)
    yield desk
    desk.leave()


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk) -> Iterator[SizePanel]:
    host = QWidget()  # a window without a layout: no hints about its size are sent, which a plugin may not know
    qtbot.addWidget(host)
    host.resize(280, 300)
    panel = SizePanel(desk, Icons(DARK), host)
    panel.resize(280, 300)
    with qtbot.waitExposed(host):
        host.show()
    yield panel
    host.hide()


def test_a_size_that_the_model_draws_is_chosen(panel: SizePanel, desk: Desk) -> None:
    assert panel.sizes.currentText().endswith("128 × 128")
    panel.sizes.setFocus()
    QTest.keyClick(panel.sizes, Qt.Key.Key_Down)
    size = desk.picture_size
    assert size is not None
    assert (size.width, size.height) == (144, 112)
    assert desk.document.size == (256, 199)
    panel.fields["width"].setValue(150)
    assert panel.sizes.currentText() == "Free, drawn as 144 × 112"
    desk.session.undo()
    desk.session.undo()
    assert panel.sizes.currentText().endswith("128 × 128")
    assert desk.document.size == (256, 256)
