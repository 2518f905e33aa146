"""Several pictures at one press, the queue, live painting and what a run would cost, in the real window.

The engine is a real process; its nodes are toys, so that no test waits for a model.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.model import edits
from app.model.job import Job, JobState
from app.model.projects import read_document
from app.model.seeds import current_seed
from app.qt.application import Studio
from app.qt.panels.strip import Part
from app.qt.pictures import encoded
from engine.api.messages import Preview
from nodes.registry import Registry
from nodes.specs import BUILT_IN
from tests.gui.studios import CTRL, LONG, NO_KEYS, SHIFT, open_studio, strike, write
from tests.model.artist import start
from tests.model.test_jobs import TOYS

ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    """A studio whose pictures are the colours of their seeds; its first seed is 7."""
    registry = Registry(
        msgspec.structs.replace(spec, run=f"tests.model.toys:{TOYS[spec.type]}") if spec.type in TOYS else spec
        for spec in BUILT_IN
    )
    with open_studio(qtbot, qapp, sinopia_home, registry=registry) as studio:
        studio.workspace.session.replace(edits.set_parameter(start(), "solve", "seed", 7))
        studio.window.page.view.setFocus()
        yield studio


def finish(studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not studio.jobs.unfinished, timeout=LONG)


def slow_job(studio: Studio, qtbot: QtBot) -> Job:
    """A job that runs until it is cancelled."""
    document = edits.set_prompt(studio.workspace.session.document, "prompt", "slow")
    job = studio.jobs.submit(edits.set_parameter(document, "solve", "steps", 1000))
    qtbot.waitUntil(lambda: studio.jobs.job(job.id).state is JobState.RUNNING, timeout=LONG)
    return job


@pytest.mark.skipif(sys.platform == "win32", reason="signals are a POSIX matter")
def test_an_engine_that_the_system_ended_is_told_of_with_one_thing_to_do(studio: Studio, qtbot: QtBot) -> None:
    window, job = studio.window, slow_job(studio, qtbot)
    process = studio.jobs.engine.process
    assert process is not None
    os.kill(process, signal.SIGKILL)
    finish(studio, qtbot)
    assert studio.jobs.job(job.id).state is JobState.LOST
    told = "The system ended the engine, most likely because memory ran out. Make the picture smaller."
    assert window.messages.text == told
    assert window.messages.action.text() == "Generate again"
    QTest.mouseClick(window.messages.action, LEFT)
    finish(studio, qtbot)
    assert studio.gallery.entries  # another engine drew it


def test_a_cancelled_run_leaves_the_seed_as_it_was(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.actions_["run.new-seed"].trigger()
    window.desk.edit("Write", edits.set_prompt, "prompt", "crawls")
    shown = window.bar.seed.text()
    strike(window, Qt.Key.Key_Return, CTRL)
    assert window.bar.seed.text() != shown
    qtbot.waitUntil(lambda: any(job.state is JobState.RUNNING for job in studio.jobs.all), timeout=LONG)
    strike(window, Qt.Key.Key_Escape)
    finish(studio, qtbot)
    assert window.bar.seed.text() == shown
    assert studio.workspace.session.done[-1].label == "Write"
    window.desk.edit("Write", edits.set_prompt, "prompt", "")


def test_each_picture_of_one_press_has_the_seed_that_is_kept_with_it(studio: Studio, qtbot: QtBot) -> None:
    window, registry = studio.window, studio.workspace.registry
    window.actions_["run.seed-next"].trigger()
    window.bar.count.setFocus()
    strike(window, Qt.Key.Key_Up, times=2)
    assert window.bar.count.text() == "× 3"
    strike(window, Qt.Key.Key_Return, CTRL)
    finish(studio, qtbot)
    entries = studio.gallery.entries
    assert sorted(entry.seed or 0 for entry in entries) == [8, 9, 10]
    assert window.bar.seed.text() == "10"
    for entry in entries:
        made_from = read_document(studio.gallery.path(entry), registry).document
        assert made_from.nodes["solve"].params["seed"] == entry.seed
    window.actions_["run.seed-fixed"].trigger()
    strike(window, Qt.Key.Key_Return, CTRL)
    finish(studio, qtbot)
    assert sorted(entry.seed or 0 for entry in studio.gallery.entries)[3:] == [10, 11, 12]
    assert window.bar.seed.text() == "10"
    window.page.view.setFocus()
    strike(window, Qt.Key.Key_Z, CTRL)
    assert current_seed(studio.workspace.session, registry) == 7


def test_a_seed_that_was_typed_is_used_once_before_others_are_drawn(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.actions_["run.new-seed"].trigger()
    window.bar.seed.setFocus()
    window.bar.seed.selectAll()
    write(window, "42")
    strike(window, Qt.Key.Key_Return, CTRL)
    strike(window, Qt.Key.Key_Return, CTRL)
    finish(studio, qtbot)
    first, second = sorted(studio.gallery.entries, key=lambda entry: entry.seed != 42)
    assert first.seed == 42
    assert second.seed != 42
    kept = window.strip.kept[-1]
    window.running.restore(kept, Part.SEED)
    strike(window, Qt.Key.Key_Return, CTRL)
    finish(studio, qtbot)
    assert window.bar.seed.text() == str(kept.seed)


def test_the_queue_is_put_in_order_by_keys_and_by_hand(studio: Studio, qtbot: QtBot) -> None:
    window, panel = studio.window, studio.window.queue
    window.actions_["run.seed-next"].trigger()
    running = slow_job(studio, qtbot)
    QTest.mouseClick(window.bar.queue, LEFT)
    assert panel.isVisible()
    window.page.view.setFocus()
    for _ in range(3):
        strike(window, Qt.Key.Key_Return, CTRL)
    strike(window, Qt.Key.Key_Return, CTRL | SHIFT)

    def seeds() -> list[int]:
        return [studio.jobs.job(row.job).seeds[0] for row in panel.rows]

    qtbot.waitUntil(lambda: seeds() == [7, 11, 8, 9, 10])
    assert window.bar.queue.text() == "5"
    panel.list.setFocus()
    panel.list.setCurrentRow(4)
    strike(window, Qt.Key.Key_Up, ALT)
    qtbot.waitUntil(lambda: seeds() == [7, 11, 8, 10, 9])
    assert panel.list.currentRow() == 3
    above = panel.list.visualItemRect(panel.list.item(1)).topLeft() + QPoint(20, 2)
    data, move = panel.list.mimeData(panel.list.selectedItems()), Qt.DropAction.MoveAction
    drop(panel.list.viewport(), above, data, move)
    qtbot.waitUntil(lambda: seeds() == [7, 10, 11, 8, 9])
    strike(window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: seeds() == [7, 11, 8, 9])
    QTest.mouseClick(panel.clear, LEFT)
    qtbot.waitUntil(lambda: seeds() == [7])
    assert studio.jobs.job(running.id).state is JobState.RUNNING
    panel.list.setCurrentRow(0)
    QTest.mouseClick(panel.list.tools.remove, LEFT)
    finish(studio, qtbot)
    assert window.bar.queue.text() == ""


def test_a_row_shows_its_paint_and_then_its_preview_and_is_moved_by_the_mouse(studio: Studio, qtbot: QtBot) -> None:
    window, panel, jobs = studio.window, studio.window.queue, studio.jobs
    window.actions_["run.seed-next"].trigger()
    running = slow_job(studio, qtbot)
    QTest.mouseClick(window.bar.queue, LEFT)
    window.page.view.setFocus()
    for _ in range(3):
        strike(window, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: len(panel.rows) == 4 and all(row.state != "Preparing" for row in panel.rows))
    assert panel.pictures.of(jobs.job(panel.rows[1].job)) is None, "nothing is painted there"
    red = QImage(8, 8, QImage.Format.Format_RGB32)
    red.fill(Qt.GlobalColor.red)
    key = jobs.job(running.id).key or ""
    jobs.hear(Preview(key, "solve", 0, 8, 8, encoded(red)))
    shown = panel.pictures.of(jobs.job(running.id))
    assert shown is not None
    assert shown.toImage().pixelColor(20, 20) == QColor(Qt.GlobalColor.red)
    waiting = [row.job for row in panel.rows[1:]]
    panel.list.scrollToItem(panel.list.item(2))
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=panel.list.visualItemRect(panel.list.item(2)).center())
    qtbot.waitUntil(panel.list.tools.up.isVisible)
    QTest.mouseClick(panel.list.tools.up, LEFT)
    qtbot.waitUntil(lambda: [row.job for row in panel.rows[1:]] == [waiting[1], waiting[0], waiting[2]])
    QTest.mouseClick(panel.list.tools.remove, LEFT)
    qtbot.waitUntil(lambda: [row.job for row in panel.rows[1:]] == [waiting[0], waiting[2]])
    panel.list.scrollToTop()
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=panel.list.visualItemRect(panel.list.item(0)).center())
    assert not panel.list.tools.up.isVisible(), "what runs keeps its place"
    jobs.cancel_all()
    finish(studio, qtbot)


def drop(target: object, at: QPoint, data: QMimeData, action: Qt.DropAction) -> None:
    QApplication.sendEvent(target, QDragEnterEvent(at, action, data, LEFT, NO_KEYS))  # type: ignore[arg-type]
    QApplication.sendEvent(target, QDropEvent(QPointF(at), action, data, LEFT, NO_KEYS))  # type: ignore[arg-type]


def test_live_painting_shows_each_finished_edit_and_keeps_nothing(studio: Studio, qtbot: QtBot) -> None:
    window, desk = studio.window, studio.window.desk
    window.actions_["run.seed-fixed"].trigger()
    strike(window, Qt.Key.Key_L)
    assert window.actions_["run.live"].isChecked()

    def shown() -> int:
        view = window.page.view
        return view.grab().toImage().pixelColor(view.width() // 2, view.height() // 2).red()

    window.page.options.picture.set_value(100.0)
    window.page.view.set_picture_opacity(1.0)
    qtbot.waitUntil(lambda: shown() == 7, timeout=LONG)
    desk.set_seed(200)
    desk.settle()
    qtbot.waitUntil(lambda: shown() == 200, timeout=LONG)
    finish(studio, qtbot)
    assert all(job.live for job in studio.jobs.all)
    assert not studio.gallery.entries
    assert [path for path in studio.home.live.rglob("*") if path.is_file()] == []
    strike(window, Qt.Key.Key_Return, CTRL)
    finish(studio, qtbot)
    assert [entry.seed for entry in studio.gallery.entries] == [200]
    strike(window, Qt.Key.Key_L)
    desk.set_seed(3)
    desk.settle()
    qtbot.wait(200)
    assert not studio.jobs.unfinished


def test_a_newer_edit_takes_the_place_of_the_live_picture_in_the_making(studio: Studio, qtbot: QtBot) -> None:
    window, session = studio.window, studio.workspace.session
    window.actions_["run.live"].trigger()
    finish(studio, qtbot)
    session.apply("Slow", edits.set_prompt(session.document, "prompt", "it crawls"))
    qtbot.waitUntil(lambda: any(job.state is JobState.RUNNING for job in studio.jobs.unfinished), timeout=LONG)
    (slow,) = studio.jobs.unfinished
    session.apply("Quick", edits.set_prompt(session.document, "prompt", "quick"))
    qtbot.waitUntil(lambda: len(studio.jobs.all) == 3, timeout=LONG)
    finish(studio, qtbot)
    assert studio.jobs.job(slow.id).state is JobState.CANCELLED
    assert studio.jobs.all[-1].state is JobState.DONE


def test_what_a_press_would_cost_is_told_before_it(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    qtbot.waitUntil(lambda: "Would run" in window.bar.generate.toolTip())
    assert window.bar.told == ""
    strike(window, Qt.Key.Key_Return, CTRL)
    finish(studio, qtbot)
    qtbot.waitUntil(lambda: window.bar.told.startswith("About"))
    assert "Denoise" in window.bar.generate.toolTip()
    assert "Prompt" not in window.bar.generate.toolTip()
    window.actions_["run.seed-fixed"].trigger()
    studio.workspace.session.apply("Move", edits.move_nodes(window.desk.document, {"solve": (9.0, 9.0)}))
    qtbot.waitUntil(lambda: "Denoise" not in window.bar.generate.toolTip())
    assert "more were kept" in window.bar.generate.toolTip()
