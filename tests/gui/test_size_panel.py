"""The size panel: sizes that the model draws, and free ones, by real events."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.model.model_cards import Models
from app.model.projects import read_document
from app.model.session import Session
from app.qt.application import DEMO
from app.qt.desk import Desk
from app.qt.panels.size import SizePanel
from app.qt.theme import DARK, Icons
from engine.api.shipped import shipped_card
from engine.api.sizes import buckets
from nodes.registry import built_in
from tests.model.shipped import STAGES


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
    native, drawn = STAGES[1].size, buckets(STAGES[1].size)
    width, height = drawn[drawn.index((native, native)) + 1]
    assert panel.sizes.currentText().endswith(f"{native} × {native}")
    panel.sizes.setFocus()
    QTest.keyClick(panel.sizes, Qt.Key.Key_Down)
    size = desk.picture_size
    assert size is not None
    assert (size.width, size.height) == (width, height)
    assert desk.document.size == (256, round(256 * height / width))
    panel.fields["width"].setValue(width + 1)
    assert panel.sizes.currentText() == f"Free, drawn as {width} × {height}"
    desk.session.undo()
    desk.session.undo()
    assert panel.sizes.currentText().endswith(f"{native} × {native}")
    assert desk.document.size == (256, 256)


def test_a_larger_size_of_the_model_enlarges_once_more(panel: SizePanel, desk: Desk) -> None:
    card, native = shipped_card(), STAGES[1].size
    whole = STAGES[0].whole
    assert whole is not None
    larger = msgspec.structs.replace(whole, name="largest", size=4 * STAGES[-1].size)
    parts = [part for part in card.parts if part.size <= native]
    panel.show_models(Models({card.name: msgspec.structs.replace(card, parts=(*parts, larger))}))
    solves = desk.face.solves
    panel.sizes.setFocus()
    panel.sizes.setCurrentIndex(panel.sizes.count() - 3)
    QTest.keyClick(panel.sizes, Qt.Key.Key_Down)  # the widest of the largest
    assert len(desk.face.solves) == len(solves) + 1
    assert panel.sizes.currentText().endswith("{} × {}".format(*buckets(larger.size)[-1]))
    panel.sizes.setCurrentIndex(1)
    QTest.keyClick(panel.sizes, Qt.Key.Key_Up)  # the tallest of those before
    assert desk.face.solves == solves
    assert panel.sizes.currentText().endswith("{} × {}".format(*buckets(native)[0]))
    desk.session.undo()
    desk.session.undo()
    assert desk.face.solves == solves
    assert panel.sizes.currentText().endswith(f"{native} × {native}")
