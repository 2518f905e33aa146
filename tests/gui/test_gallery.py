"""The gallery in the real window: found, starred, looked at, compared, taken out and put back, by real events."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from app.files.embedded import picture_facts
from app.model import edits
from app.model.conversion import MaskEncoder, to_project
from app.model.gallery import LIST_NAME, REMOVED, THUMBNAILS, Entry
from app.model.job import JobState, Result
from app.qt.actions import plain_text
from app.qt.application import Studio
from nodes.graph.model import End
from tests.gui.studios import CTRL, LONG, NO_KEYS, open_studio, quick_project, strike, write

LEFT = Qt.MouseButton.LeftButton
NAMES = ("a red owl", "a blue owl", "a castle")


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path) -> Iterator[Studio]:
    """A studio with three pictures, the latest first: a castle (seed 3), a blue owl, a red owl."""
    with open_studio(qtbot, qapp, sinopia_home, quick_project(tmp_path / "mine.sinopia")) as studio:
        for seed, prompt in enumerate(NAMES, start=1):
            keep(studio, prompt, seed)
        qtbot.waitUntil(lambda: len(studio.window.strip.kept) == len(NAMES))
        strike(studio.window, Qt.Key.Key_F3)
        yield studio


def keep(studio: Studio, prompt: str, seed: int, item: str = "") -> Entry:
    """Keep a plain picture that carries the project as if it had been made with this sentence and seed."""
    desk = studio.window.desk
    document = edits.set_seed(edits.set_prompt(desk.document, "prompt", prompt), desk.registry, seed)
    if item:
        spec = desk.registry.get("sinopia.seed-range")
        assert spec is not None
        document = edits.add_node(document, spec, "range", params={"first": 5, "count": 3})
        cut = [(link.source, link.target) for link in document.graph.links if link.source.node == "seed"]
        document = edits.disconnect(document, cut)
        document = edits.connect(document, desk.registry, End("range", "seeds"), End("base", "seed"))
    texts = PngInfo()
    for name, value in picture_facts(to_project(document, MaskEncoder()), desk.registry).items():
        texts.add_text(name, value)
    if item:
        texts.add_text("item", item)
    folder = studio.gallery.results
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"picture-{seed}.png"
    Image.new("RGB", (40, 30), (seed * 60 % 256, 20, 120)).save(path, pnginfo=texts)
    (entry,) = studio.gallery.add([Result(path, "saved", 40, 30, prompt, None if item else seed, 1, 2.0)])
    return entry


def click(studio: Studio, row: int, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    grid = studio.window.gallery.grid
    place = grid.visualRect(studio.window.gallery.shelf.index(row)).center()
    QTest.mouseClick(grid.viewport(), LEFT, keys, place)


def test_pictures_are_found_by_their_words_and_told_of(studio: Studio, qtbot: QtBot) -> None:
    page = studio.window.gallery
    assert page.grid.hasFocus()
    assert [entry.prompt for entry in page.shelf.entries] == list(reversed(NAMES))
    page.field.setFocus()
    write(studio.window, "owl S")
    assert [entry.seed for entry in page.shelf.entries] == []
    strike(studio.window, Qt.Key.Key_Backspace, times=2)
    assert [entry.seed for entry in page.shelf.entries] == [2, 1]
    click(studio, 1)
    qtbot.waitUntil(lambda: "Storybook" in page.details.text)
    assert page.details.text.startswith("a red owl")
    assert "40 × 30" in page.details.text


def test_favourites_are_starred_by_key_and_shown_alone(studio: Studio) -> None:
    page = studio.window.gallery
    click(studio, 0)
    click(studio, 2, CTRL)
    strike(studio.window, Qt.Key.Key_S)
    QTest.mouseClick(page.starred, LEFT)
    assert [entry.prompt for entry in page.shelf.entries] == ["a castle", "a red owl"]
    click(studio, 0)
    strike(studio.window, Qt.Key.Key_S)
    assert [entry.starred for entry in studio.gallery.entries] == [False, False, True]


def test_a_star_is_offered_to_be_taken_away_and_seen_in_the_strip(studio: Studio) -> None:
    window = studio.window
    (button,) = (each for each in window.gallery.details.findChildren(QPushButton) if "tar" in each.text())
    before = [kept.starred for kept in window.strip.kept]
    click(studio, 1)
    QTest.mouseClick(button, LEFT)
    assert [kept.starred for kept in window.strip.kept] == [False, True, False] != before
    assert (button.text(), plain_text(window.actions_["run.star"])) == ("Unstar", "Unstar")
    click(studio, 0)
    assert button.text() == "Star"
    click(studio, 1)
    QTest.mouseClick(button, LEFT)
    assert [kept.starred for kept in window.strip.kept] == before
    assert button.text() == "Star"


def test_one_is_looked_at_large_and_the_next(studio: Studio, qtbot: QtBot) -> None:
    page = studio.window.gallery
    click(studio, 0)
    strike(studio.window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.large.place.width() > 100)
    assert page.large.hasFocus()
    before = page.large.zoom
    strike(studio.window, Qt.Key.Key_Right)
    assert page.current is not None
    assert page.current.prompt == "a blue owl"
    qtbot.waitUntil(lambda: page.large.zoom == before)
    strike(studio.window, Qt.Key.Key_Escape)
    assert not page.looking
    assert page.grid.hasFocus()


def test_two_are_compared_by_a_line_that_is_dragged(studio: Studio, qtbot: QtBot) -> None:
    page = studio.window.gallery
    click(studio, 0)
    click(studio, 2, CTRL)
    strike(studio.window, Qt.Key.Key_C)
    wipe = page.wipe
    qtbot.waitUntil(lambda: wipe.place.width() > 100)

    def colour(x: float) -> tuple[int, int, int]:
        shown = wipe.grab().toImage().pixelColor(round(x), round(wipe.height() / 3))
        return shown.red(), shown.green(), shown.blue()

    quarter = wipe.place.left() + wipe.place.width() / 4
    assert colour(quarter) == (180, 20, 120)
    middle = wipe.height() // 2
    QTest.mousePress(wipe, LEFT, NO_KEYS, QPoint(round(wipe.line), middle))
    QTest.mouseMove(wipe, QPoint(round(quarter - 20), middle))
    QTest.mouseRelease(wipe, LEFT, NO_KEYS, QPoint(round(quarter - 20), middle))
    assert colour(quarter) == (60, 20, 120)
    strike(studio.window, Qt.Key.Key_Escape)
    assert studio.gallery.pair is None


def test_one_is_compared_with_the_one_made_before_it(studio: Studio) -> None:
    page, names = studio.window.gallery, [entry.name for entry in studio.gallery.entries]
    click(studio, 0)
    strike(studio.window, Qt.Key.Key_C)
    assert studio.gallery.pair is not None
    assert [entry.name for entry in studio.gallery.pair] == [names[1], names[0]]
    page.back()
    click(studio, len(names) - 1)
    strike(studio.window, Qt.Key.Key_C)
    assert studio.gallery.pair is None
    assert "two pictures" in studio.window.messages.text


def test_what_is_taken_out_can_be_put_back(studio: Studio) -> None:
    window = studio.window
    click(studio, 1)
    strike(window, Qt.Key.Key_Delete)
    assert [entry.prompt for entry in window.gallery.shelf.entries] == ["a castle", "a red owl"]
    assert len(window.strip.kept) == 2
    assert window.gallery.current is not None
    assert window.gallery.current.prompt == "a red owl", "the next one is at hand"
    assert "taken out" in window.messages.text
    QTest.mouseClick(window.messages.action, LEFT)
    assert [entry.prompt for entry in window.gallery.shelf.entries] == list(reversed(NAMES))
    assert all(studio.gallery.path(entry).is_file() for entry in studio.gallery.entries)


def test_putting_back_is_offered_only_where_something_was_taken_out(studio: Studio) -> None:
    window = studio.window
    click(studio, 1)
    strike(window, Qt.Key.Key_Delete)
    click(studio, 0)
    assert window.messages.action.text() == "Put Back", "also when another picture is looked at"
    strike(window, Qt.Key.Key_F2)
    assert window.messages.text == ""
    window.desk.told.emit("Something else.")
    strike(window, Qt.Key.Key_F3)
    assert window.messages.text == "Something else."


def test_a_picture_whose_name_was_given_away_comes_back_beside_the_new_one(studio: Studio) -> None:
    window, gallery = studio.window, studio.gallery
    first = gallery.entries[0]
    content = gallery.path(first).read_bytes()
    for _ in range(2):
        click(studio, 0)
        strike(window, Qt.Key.Key_Delete)
        back = window.messages.action
        keep(studio, "another castle", 3)
    QTest.mouseClick(back, LEFT)
    prompts = [entry.prompt for entry in gallery.entries]
    assert prompts.count("another castle") == 2
    assert len({gallery.path(entry).read_bytes() for entry in gallery.entries}) == len(gallery.entries) - 1
    assert content in [path.read_bytes() for path in (gallery.folder / REMOVED).rglob("*.png")]


def test_removed_pictures_are_counted_and_go_into_the_trash(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))  # the trash of this test alone, on the disk of its pictures
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    window, button = studio.window, studio.window.gallery.emptying
    assert not button.isVisible()
    click(studio, 0)
    strike(window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: button.text().startswith("1 removed, "))
    QTest.mouseClick(window.messages.action, LEFT)
    qtbot.waitUntil(lambda: not button.isVisible())
    click(studio, 0)
    strike(window, Qt.Key.Key_Delete)
    qtbot.waitUntil(button.isVisible)
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: not button.isVisible())
    assert not list((studio.gallery.folder / REMOVED).rglob("*"))
    qtbot.waitUntil(lambda: "trash" in window.messages.text)
    left = {studio.gallery.thumbnail(entry) for entry in studio.gallery.entries}
    assert set((studio.gallery.folder / THUMBNAILS).iterdir()) == left, "no small picture of what is gone"
    assert len(list((tmp_path / "data").rglob("*.png"))) == 1


def test_without_a_trash_one_is_asked_before_files_are_deleted(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.removed.throw = lambda _path: False
    click(studio, 0)
    strike(window, Qt.Key.Key_Delete)
    qtbot.waitUntil(window.gallery.emptying.isVisible)
    QTest.mouseClick(window.gallery.emptying, LEFT)
    qtbot.waitUntil(lambda: window.messages.action.text() == "Delete for Good")
    assert list((studio.gallery.folder / REMOVED).rglob("*.png"))
    QTest.mouseClick(window.messages.action, LEFT)
    kept = studio.gallery.folder / REMOVED
    qtbot.waitUntil(lambda: not any(folders or files for _, folders, files in os.walk(kept)))  # walks past what goes
    qtbot.waitUntil(lambda: not window.gallery.emptying.isVisible())


def test_what_the_gallery_said_goes_when_one_leaves_it_or_does_it(studio: Studio) -> None:
    window, page = studio.window, studio.window.gallery
    click(studio, len(NAMES) - 1)
    strike(window, Qt.Key.Key_C)
    assert "two pictures" in window.messages.text
    click(studio, 0, CTRL)
    assert window.messages.text == ""
    click(studio, len(NAMES) - 1)
    strike(window, Qt.Key.Key_C)
    strike(window, Qt.Key.Key_F1)
    assert window.messages.text == ""
    assert not page.isVisible()


def test_a_picture_is_taken_up_again_whole_or_in_part(studio: Studio, qtbot: QtBot) -> None:
    window, desk = studio.window, studio.window.desk
    click(studio, 1)
    window.actions_["run.restore-seed"].trigger()
    assert (desk.seed, desk.prompt) == (2, "")
    window.actions_["run.restore-prompt"].trigger()
    qtbot.waitUntil(lambda: desk.prompt == "a blue owl")
    click(studio, 0)
    window.actions_["run.restore"].trigger()
    qtbot.waitUntil(lambda: desk.seed == 3)
    assert window.page.isVisible()
    strike(window, Qt.Key.Key_Z, CTRL, times=3)
    assert (desk.seed, desk.prompt) == (1, "")


def test_a_picture_of_a_seed_range_gives_back_the_seed_it_grew_from(studio: Studio, qtbot: QtBot) -> None:
    window, desk = studio.window, studio.window.desk
    keep(studio, "a list", 9, item="Seed Range: 6")
    click(studio, 0)
    window.actions_["run.restore-seed"].trigger()
    qtbot.waitUntil(lambda: desk.seed == 6)
    click(studio, 0)
    window.actions_["run.restore"].trigger()
    qtbot.waitUntil(lambda: "range" in desk.document.nodes)
    assert desk.document.nodes["range"].params == {"first": 6, "count": 1}


@pytest.mark.qt_log_ignore("This plugin does not support")  # a menu that pops up, without a display
def test_a_picture_that_is_dropped_offers_what_can_be_taken_from_it(studio: Studio, qtbot: QtBot) -> None:
    window, desk = studio.window, studio.window.desk
    strike(window, Qt.Key.Key_F1)
    shelf = window.gallery.shelf
    data: QMimeData = shelf.mimeData([shelf.index(1)])
    assert [Path(url.toLocalFile()) for url in data.urls()] == [studio.gallery.path(shelf.entries[1])]
    copy, place = Qt.DropAction.CopyAction, QPoint(600, 400)
    QApplication.sendEvent(window, QDragEnterEvent(place, copy, data, LEFT, NO_KEYS))
    QApplication.sendEvent(window, QDropEvent(QPointF(place), copy, data, LEFT, NO_KEYS))
    menu = next(each for each in window.findChildren(QMenu) if each.isVisible())
    next(action for action in menu.actions() if action.text() == "Take Only Its Seed").trigger()
    menu.close()
    assert desk.seed == 2


def test_the_strip_shares_what_is_done_with_a_picture(
    studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = studio.window
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    strike(window, Qt.Key.Key_F1)
    QTest.mouseClick(window.strip.view.viewport(), LEFT, NO_KEYS, window.strip.place_of(2))
    window.strip.view.setFocus()
    strike(window, Qt.Key.Key_S)
    assert [entry.starred for entry in studio.gallery.entries] == [False, False, True]
    window.actions_["run.show-file"].trigger()
    assert opened == [QUrl.fromLocalFile(str(studio.gallery.results))]
    strike(window, Qt.Key.Key_Space)
    assert window.gallery.looking
    assert window.gallery.current is not None
    assert window.gallery.current.prompt == "a red owl"


def test_a_picture_is_saved_elsewhere_or_copied(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    window, chosen = studio.window, tmp_path / "hung up.png"
    window.gallery.show_entry(studio.gallery.entries[0].name)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_told: (str(chosen), ""))
    strike(window, Qt.Key.Key_E, CTRL)
    assert chosen.read_bytes() == studio.gallery.path(studio.gallery.entries[0]).read_bytes()
    assert "with all that made it" in window.messages.text
    chosen = tmp_path / "hung up.webp"
    strike(window, Qt.Key.Key_E, CTRL)
    assert QImage(str(chosen)).size() == QImage(str(tmp_path / "hung up.png")).size()
    chosen = tmp_path / "nowhere" / "x.png"
    strike(window, Qt.Key.Key_E, CTRL)
    assert "x.png cannot be written" in window.messages.text
    strike(window, Qt.Key.Key_C, CTRL)
    assert qapp.clipboard().image().size() == QImage(str(tmp_path / "hung up.png")).size()


def test_of_thousands_only_what_is_seen_is_read(studio: Studio) -> None:
    page, folder = studio.window.gallery, studio.gallery.folder
    lines = (f'{{"name": "{n}.png", "prompt": "number {n}", "made": {n + 1}}}' for n in range(5000))
    (folder / LIST_NAME).write_text("\n".join(lines))
    for n in range(5000):
        (folder / f"{n}.png").touch()
    studio.gallery.load()
    asked: set[str] = set()
    page.shelf.thumbnail = lambda entry: asked.add(entry.name)  # type: ignore[method-assign]
    page.refresh()
    page.grid.grab()
    assert len(page.shelf.entries) == 5003
    assert 0 < len(asked) < 100


def test_another_folder_for_results_counts_at_once(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window, shelf = studio.window, studio.window.gallery.shelf
    old, new = studio.gallery.folder, tmp_path / "elsewhere"
    other = new / studio.gallery.results.name / "picture-1.png"
    other.parent.mkdir(parents=True)
    Image.new("RGB", (40, 30), (0, 200, 0)).save(other)
    click(studio, 2)
    qtbot.waitUntil(lambda: shelf.thumbnail(shelf.entries[2]) is not None)  # of the picture of the same name
    choose_folder(studio, str(new))
    qtbot.waitUntil(lambda: [kept.path for kept in window.strip.kept] == [other])
    qtbot.waitUntil(lambda: [entry.name for entry in shelf.entries] == [f"{other.parent.name}/picture-1.png"])
    qtbot.waitUntil(lambda: shelf.thumbnail(shelf.entries[0]) is not None)
    small = shelf.thumbnail(shelf.entries[0])
    assert small is not None
    assert small.toImage().pixelColor(5, 5).green() == 200
    strike(window, Qt.Key.Key_F1)
    window.running.generate()
    qtbot.waitUntil(lambda: len(window.strip.kept) == 2, timeout=LONG)
    assert window.strip.kept[0].path.is_relative_to(new)
    assert len(shelf.entries) == 2
    choose_folder(studio, "")
    qtbot.waitUntil(lambda: len(shelf.entries) == len(window.strip.kept) == len(NAMES))
    assert all(kept.path.is_relative_to(old) for kept in window.strip.kept)


def test_what_was_asked_for_before_is_shown_though_it_lies_in_the_folder_before(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    window, old = studio.window, studio.gallery.folder
    window.running.generate()
    qtbot.waitUntil(lambda: any(job.state is JobState.RUNNING for job in studio.jobs.all), timeout=LONG)
    choose_folder(studio, str(tmp_path / "elsewhere"))
    qtbot.waitUntil(lambda: not studio.jobs.unfinished, timeout=LONG)
    (kept,) = window.strip.kept
    assert kept.path.is_relative_to(old)
    assert window.desk.picture is not None
    assert studio.gallery.entries == ()


def choose_folder(studio: Studio, folder: str) -> None:
    preferences = studio.window.preferences
    keeping = msgspec.structs.replace(preferences.settings.keeping, gallery_folder=folder)
    preferences.choose(msgspec.structs.replace(preferences.settings, keeping=keeping))
