"""The noise timeline in the window, by real mouse and keys: what is dragged is one edit, and undone to the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLayout, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.model import edits
from app.model.session import Session
from app.model.timeline_handles import Handle, HandleKind, handles
from app.model.timeline_values import Driven, Solve
from app.qt.application import Studio
from app.qt.desk import Desk
from app.qt.theme import DARK, LIGHT
from app.qt.timeline.band import TimelineBand
from app.qt.timeline.hits import mark, stops
from tests.gui.studios import CTRL, NO_KEYS, SHIFT, open_studio, quick_project, strike
from tests.model.test_timeline_handles import MODELS, REGISTRY, rich_document, windowed_document

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        studio.workspace.session.replace(rich_document())
        qapp.processEvents()
        yield studio


@pytest.fixture
def session() -> Session:
    return Session(rich_document())


@pytest.fixture
def band(qtbot: QtBot, session: Session) -> Iterator[TimelineBand]:
    """The band in a window of its own, which takes a fraction of the time of the whole studio."""
    desk = Desk(session, REGISTRY)
    window = QWidget()
    layout = QVBoxLayout(window)
    made = TimelineBand(desk, MODELS)
    layout.addStretch(1)
    layout.addWidget(made)
    following = QPushButton("Next")
    layout.addWidget(following)
    window.resize(1200, 500)
    layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    following.setFocus()
    yield made
    desk.leave()
    window.close()
    window.deleteLater()


def solve_of(band: TimelineBand, node: str = "base") -> Solve:
    row = next(row for row in band.rows if row.node == node)
    assert isinstance(row, Solve)
    return row


def grip(band: TimelineBand, kind: HandleKind, node: str = "base") -> Handle:
    return next(handle for handle in handles(solve_of(band, node)) if handle.kind is kind)


def where(band: TimelineBand, handle: Handle) -> QPoint:
    index = [row.node for row in band.rows].index(handle.node)
    return mark(band.layout_now, index, handle).center().toPoint()


def at(band: TimelineBand, handle: Handle, sigma: float) -> QPoint:
    return QPointF(band.layout_now.x_of(sigma), where(band, handle).y()).toPoint()


def drag(band: TimelineBand, handle: Handle, sigma: float, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    QTest.mousePress(band, LEFT, keys, where(band, handle))
    begin, end = where(band, handle).x(), at(band, handle, sigma)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(band, QPoint(round(begin + share * (end.x() - begin)), end.y()))
    QTest.mouseRelease(band, LEFT, keys, end)


def test_a_boundary_is_dragged_to_a_step_in_one_edit(studio: Studio) -> None:
    session, band = studio.workspace.session, studio.window.timeline.band
    before = session.document
    upper, lower = solve_of(band).spans[:2]
    handle = grip(band, HandleKind.BOUNDARY)
    wanted = handle.places[3]
    drag(band, handle, wanted * 1.05)
    solve = solve_of(band)
    assert solve.boundaries[0].sigma == pytest.approx(wanted, rel=1e-3)
    assert solve.boundaries[0].sigma in solve.ticks
    assert [entry.label for entry in session.done] == [f"{upper.title} hands over to {lower.title}"]
    assert sum(node.type == "sinopia.expert" for node in session.document.graph.nodes) == 2
    strike(studio.window, Qt.Key.Key_Z, CTRL)
    assert session.document is before
    assert grip(band, HandleKind.BOUNDARY) == handle
    _leads_to_the_graph(studio, band)


def _leads_to_the_graph(studio: Studio, band: TimelineBand) -> None:
    studio.window.desk.edit("Mute", edits.mute, ["ensemble"], muted=True)
    assert isinstance(band.rows[0], Driven)
    QTest.mouseClick(band, LEFT, NO_KEYS, band.layout_now.bar(0).center().toPoint())
    assert studio.window.actions_["view.graph"].isChecked()
    strike(studio.window, Qt.Key.Key_F1)
    band.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(band, Qt.Key.Key_Return)
    assert studio.window.actions_["view.graph"].isChecked()
    strike(studio.window, Qt.Key.Key_F1)
    QTest.mouseClick(band, LEFT, NO_KEYS, QPoint(24, band.layout_now.bar(2).center().toPoint().y()))
    assert studio.window.canvas.hasFocus()


def test_nothing_is_edited_before_the_hand_is_off_and_escape_gives_up(session: Session, band: TimelineBand) -> None:
    before, handle = session.document, grip(band, HandleKind.BOUNDARY)
    QTest.mousePress(band, LEFT, NO_KEYS, where(band, handle))
    QTest.mouseMove(band, at(band, handle, handle.places[1]))
    assert solve_of(band).boundaries[0].sigma == pytest.approx(handle.places[1], rel=1e-3)
    assert "after step" in band.words
    assert session.document is before
    QTest.keyClick(band, Qt.Key.Key_Escape)
    assert grip(band, HandleKind.BOUNDARY) == handle
    QTest.mouseRelease(band, LEFT, NO_KEYS, at(band, handle, handle.places[1]))
    assert session.document is before
    assert not session.done


def test_with_shift_a_boundary_stands_between_steps(band: TimelineBand) -> None:
    handle = grip(band, HandleKind.BOUNDARY)
    wanted = (handle.places[2] * handle.places[3]) ** 0.5
    QTest.mousePress(band, LEFT, SHIFT, where(band, handle))
    QTest.mouseRelease(band, LEFT, SHIFT, at(band, handle, wanted))
    moved = solve_of(band).boundaries[0].sigma
    assert moved == pytest.approx(wanted, rel=0.05)
    assert moved in solve_of(band).ticks
    assert all(moved != pytest.approx(place, rel=0.05) for place in handle.places)


def test_the_prompt_switch_the_hand_over_and_the_strength_are_dragged(session: Session, band: TimelineBand) -> None:
    before = session.document
    levels = solve_of(band).levels
    drag(band, grip(band, HandleKind.SWITCH), levels[2])
    assert session.document.nodes["switch"].params["at"] == round(2 / (len(levels) - 1), 4)
    end = grip(band, HandleKind.END)
    drag(band, end, end.places[-2])
    assert solve_of(band).sigma_to == solve_of(band, "rest").sigma_from == pytest.approx(end.places[-2], rel=1e-3)
    assert end.places[-2] < 0.1
    start = grip(band, HandleKind.START, "refined")
    drag(band, start, start.places[-1])
    assert solve_of(band, "refined").sigma_from == start.places[-1]
    assert len(session.done) == 3
    for _ in range(3):
        session.undo()
    assert session.document is before


def test_keys_reach_everything_and_move_by_a_step(session: Session, band: TimelineBand) -> None:
    before, handle = session.document, grip(band, HandleKind.BOUNDARY)
    band.setFocus(Qt.FocusReason.TabFocusReason)
    said = [band.words]
    for _ in range(len(stops(band.layout_now)) - 1):
        QTest.keyClick(band, Qt.Key.Key_Tab)
        assert band.hasFocus()
        said.append(band.words)
    assert len(set(said)) == len(said)
    QTest.keyClick(band, Qt.Key.Key_Tab)
    assert not band.hasFocus()
    band.setFocus(Qt.FocusReason.TabFocusReason)
    while "hands over" not in band.words:
        QTest.keyClick(band, Qt.Key.Key_Tab)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(band, key)
    place = handle.places.index(handle.nearest(handle.sigma)) - 1
    assert solve_of(band).boundaries[0].sigma == pytest.approx(handle.places[place], rel=1e-3)
    session.settle()
    assert len(session.done) == 1
    session.undo()
    assert session.document is before


def test_a_span_is_set_in_place(session: Session, band: TimelineBand) -> None:
    layout, solve = band.layout_now, solve_of(band)
    before = session.document
    index = band.rows.index(solve)
    low = layout.span(index, solve, solve.spans[1]).center().toPoint()
    QTest.mouseClick(band, LEFT, NO_KEYS, low)
    fields = band.fields
    for text in ("7", "8"):
        fields.guidance.setFocus()
        QTest.keyClick(fields.guidance, Qt.Key.Key_Return)
        assert fields.guidance.field is not None
        fields.guidance.field.setText(text)
        QTest.keyClick(fields.guidance.field, Qt.Key.Key_Return)
    assert [span.guidance for span in solve_of(band).spans][:2] == [None, 8.0]
    assert fields.own_sampler is not None
    _choose(fields.own_sampler, "Euler")
    _choose(fields.sampler, "Heun")
    assert [solve_of(band).sampler_of(span) for span in solve_of(band).spans][:2] == ["heun", "euler"]
    assert fields.own_sampler.itemText(0) == "Automatic: Heun"
    assert not fields.steps.isEnabled()
    band.setFocus()
    assert not fields.isVisible()
    while session.undo() is not None:
        pass
    assert session.document is before


def _choose(box: QComboBox, title: str) -> None:
    """By keys, as a hand would."""
    box.setFocus()
    QTest.keyClicks(box, title)
    box.activated.emit(box.currentIndex())


def test_where_a_phrase_begins_is_dragged_on_the_band(session: Session, band: TimelineBand) -> None:
    session.replace(windowed_document())
    QApplication.processEvents()  # the band is less high now
    before, handle = session.document, grip(band, HandleKind.BEGIN)
    QTest.mouseMove(band, where(band, handle))
    assert band.words.startswith("an owl begins to act at noise")
    drag(band, handle, handle.places[-3])
    assert solve_of(band).windows[0].sigma_from == handle.places[-3]
    assert [entry.label for entry in session.done] == ["an owl begins to act"]
    drag(band, grip(band, HandleKind.BEGIN), 1000.0)
    assert [window.layer for window in solve_of(band).windows] == [None]
    session.undo()
    session.undo()
    assert session.document is before


def test_the_pointer_tells_noise_step_and_denoiser(band: TimelineBand) -> None:
    solve = solve_of(band)
    QTest.mouseMove(band, at(band, grip(band, HandleKind.BOUNDARY), solve.ticks[1] * 0.9))
    assert "step 2 of" in band.words
    assert solve.spans[0].title in band.words
    QTest.mouseMove(band, at(band, grip(band, HandleKind.BOUNDARY), 0.01))
    assert "does not work here" in band.words
    QTest.mouseMove(band, where(band, grip(band, HandleKind.SWITCH)))
    assert band.words.startswith("The prompt changes at noise")


def test_it_folds_to_a_line_and_is_as_high_as_its_rows(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    dock, panel = window.docks["timeline"], window.timeline
    assert panel.isVisible()
    assert not panel.line.isVisible()
    tall = dock.height()
    QTest.mouseClick(dock.header.fold, LEFT)
    qtbot.waitUntil(lambda: panel.line.isVisible() and not panel.isVisible() and dock.height() < tall / 2)
    assert panel.line.width() > window.width() / 2
    assert "timeline" in window.docks.remember()[next(iter(window.docks.remember()))].folded
    QTest.mouseClick(dock.header.fold, LEFT)
    qtbot.waitUntil(lambda: panel.isVisible() and not panel.line.isVisible())
    tall = panel.height()
    window.desk.edit("Mute", edits.mute, ["refined", "rest"], muted=True)
    assert len(panel.band.rows) == 2
    assert panel.height() < tall
    for theme in (DARK, LIGHT):
        window.wear_theme(theme)
        assert panel.band.grab().toImage().pixelColor(2, 2).name() == theme.panel
    window.desk.edit("Remove", edits.remove_nodes, list(window.desk.document.nodes))
    assert len(panel.band.rows) == 0
    assert not panel.band.grab().isNull()


def test_a_run_moves_the_playhead_and_lights_who_is_at_work(
    qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path
) -> None:
    with open_studio(qtbot, qapp, sinopia_home, quick_project(tmp_path / "quick.sinopia")) as studio:
        qtbot.waitUntil(lambda: studio.window.desk.document.nodes["base"].params.get("steps") == 3)
        band, jobs = studio.window.timeline.band, studio.jobs
        studio.window.desk.edit("Write", edits.set_parameter, "prompt", "text", "an owl")
        told: list[tuple[str, int, bool]] = []

        def note(_job: object) -> None:
            told.extend((node, at.done, at.running) for node, at in band.played.items())

        jobs.changed.connect(note)
        jobs.finished.connect(note)
        steps = solve_of(band).steps  # one more than asked for where boundaries leave no node to move
        studio.window.running.generate()
        qtbot.waitUntil(lambda: ("base", steps, False) in told and ("enlarged", 1, True) in told, timeout=300_000)
        qtbot.waitUntil(lambda: not jobs.unfinished, timeout=300_000)
        assert band.played == {}


def test_a_long_name_gets_the_room_it_needs_and_a_very_long_one_no_more_than_a_third(
    band: TimelineBand, session: Session
) -> None:
    least = band.layout_now.left
    session.replace(edits.rename_node(session.document, "base", "Base, cut off below"))
    wider = band.layout_now
    words = band.fontMetrics().horizontalAdvance("Base, cut off below")
    assert least < wider.left < 1200 / 3
    assert wider.head(0).width() > words + 40  # the steps stand beside it
    drag(band, grip(band, HandleKind.BOUNDARY), grip(band, HandleKind.BOUNDARY).places[3])
    assert solve_of(band).boundaries[0].sigma in solve_of(band).ticks
    session.replace(edits.rename_node(session.document, "base", "Base " * 60))
    assert wider.left < band.layout_now.left <= 1200 / 3
