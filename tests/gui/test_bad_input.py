"""Files that are damaged, foreign or hostile, at every door of the window: one sentence each, and no work is lost."""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QTextDocumentFragment
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.model import edits
from app.model.home import Home
from app.model.layer_files import Form, write_layers
from app.model.projects import read_document
from app.paint.exchange.layers import PaintedPhrase, Painting
from app.paint.tiles import TileMask
from app.qt.application import DEMO, Studio
from tests.gui.studios import CTRL, LONG, open_studio, quick_project, strike
from tests.gui.test_gallery import keep

GARBAGE = b"\x00\xff garbage \xfe {[\x80"
SEGMENT = "00000001.journal"
DEEP = b'{"paint": ' + b"[" * 100_000


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home, DEMO) as studio:
        yield studio


def is_sentence(text: str) -> bool:
    """Whether a message is short, ends like a sentence, and speaks no Python."""
    return text.endswith(".") and len(text) < 400 and not any(word in text for word in ("Error", "Traceback", "0x"))


def drop(target: QWidget, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at, action = target.rect().center(), Qt.DropAction.CopyAction
    left, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(at), action, data, left, keys))
    QApplication.sendEvent(target, QDropEvent(QPointF(at), action, data, left, keys))


def bomb(path: Path) -> Path:
    """A PNG of a few hundred bytes that would fill the memory when decoded: 60,000 x 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))
    return path


def broken_project(folder: Path, studio: Studio) -> Path:
    path = folder / "broken.sinopia"
    path.write_bytes(DEMO.read_bytes()[:-400])
    return path


def foreign_json(folder: Path, studio: Studio) -> Path:
    path = folder / "broken.json"
    path.write_bytes(DEEP)
    return path


def broken_raster(folder: Path, studio: Studio) -> Path:
    painting = Painting(64, 64, (PaintedPhrase("castle", TileMask.from_array(np.full((64, 64), 255, np.uint8))),))
    (path,) = write_layers(painting, folder / "broken", Form.OPEN_RASTER)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def foreign_map(folder: Path, studio: Studio) -> Path:
    (folder / "broken.json").write_bytes(GARBAGE)
    path = folder / "broken.png"
    Image.new("RGB", (64, 64)).save(path)
    return path


def bomb_of_style(folder: Path, studio: Studio) -> Path:
    return bomb(folder / "broken.png")


def half_a_picture(folder: Path, studio: Studio) -> Path:
    path = folder / "broken.png"
    Image.effect_noise((256, 256), 80.0).save(path)
    path.write_bytes(path.read_bytes()[:9000])
    return path


@pytest.mark.parametrize(
    "made", [broken_project, foreign_json, broken_raster, foreign_map, bomb_of_style, half_a_picture]
)
def test_what_is_dropped_and_cannot_be_used_is_told_and_changes_nothing(
    studio: Studio, qtbot: QtBot, tmp_path: Path, made: Callable[[Path, Studio], Path]
) -> None:
    window, before = studio.window, studio.workspace.session.document
    path = made(tmp_path, studio)
    content = path.read_bytes()
    drop(window, path)
    qtbot.waitUntil(lambda: window.messages.text != "")
    assert is_sentence(window.messages.text)
    assert "broken" in window.messages.text
    assert studio.workspace.session.document is before
    assert path.read_bytes() == content


def test_a_name_that_looks_like_markup_is_shown_as_it_is(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    messages, sizes = studio.window.messages, []
    for name in ("1h11h1.png", "<h1>h1.png"):
        (tmp_path / name).write_bytes(GARBAGE)
        drop(studio.window, tmp_path / name)
        qtbot.waitUntil(lambda: name in messages.text)  # noqa: B023  called at once
        sizes.append(messages.sizeHint().height())
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize("width", [960, 1440])
def test_what_is_said_lies_over_the_canvas_and_moves_nothing(studio: Studio, qtbot: QtBot, width: int) -> None:
    window, messages = studio.window, studio.window.messages
    view = window.page.view
    before = QRect(view.mapTo(window, QPoint()), view.size())
    messages.say("“Owl” was not kept. " * 12, "Keep It Elsewhere")
    qtbot.waitUntil(messages.isVisible)
    window.resize(width, 700)
    qtbot.waitUntil(lambda: messages.width() == window.page.width())
    QTest.mouseClick(messages.action, Qt.MouseButton.LeftButton)
    assert not messages.isVisible()
    window.resize(1440, 900)
    messages.say("Told.")
    qtbot.waitUntil(lambda: QRect(view.mapTo(window, QPoint()), view.size()) == before)
    over = window.childAt(messages.mapTo(window, messages.rect().center()))
    assert over is not None
    assert over is messages or messages.isAncestorOf(over)
    assert messages.height() >= messages.heightForWidth(messages.width())


def test_a_sentence_that_looks_like_markup_is_shown_as_it_is(studio: Studio, qtbot: QtBot) -> None:
    sentence = 'an <img src="file:///etc/passwd"> & <b>owl</b>'
    keep(studio, sentence, 1)
    shelf = studio.window.gallery.shelf
    qtbot.waitUntil(lambda: len(studio.window.strip.kept) == 1)
    for tip in (
        shelf.data(shelf.index(0), Qt.ItemDataRole.ToolTipRole),
        studio.window.strip.view.item(0).toolTip(),
    ):
        assert isinstance(tip, str)
        assert sentence in (QTextDocumentFragment.fromHtml(tip).toPlainText() if GuiQt.mightBeRichText(tip) else tip)


def test_a_bomb_dropped_on_a_phrase_is_told(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window, before = studio.window, studio.workspace.session.document
    drop(window.page.phrases.row(window.desk.phrases[0].id), bomb(tmp_path / "mask.png"))
    qtbot.waitUntil(lambda: window.messages.text != "")
    assert "mask.png" in window.messages.text
    assert studio.workspace.session.document is before


def test_pictures_of_the_gallery_that_are_damaged_or_foreign_are_told(
    studio: Studio, qtbot: QtBot, sinopia_home: Path
) -> None:
    window, folder, before = studio.window, studio.gallery.folder, studio.workspace.session.document
    folder.mkdir(parents=True, exist_ok=True)
    bomb(folder / "bomb.png")
    half_a_picture(folder, studio).rename(folder / "half.png")
    Image.new("RGB", (40, 30)).save(folder / "foreign.png")
    (folder / "garbage.png").write_bytes(GARBAGE)
    (folder / "gallery.jsonl").write_bytes(GARBAGE + b"\n" + DEEP + b'\n{"name": "gone.png"}\n{"name": 5}\n')
    studio.gallery.load()
    page = window.gallery
    page.refresh()
    window.show_gallery()
    page.grid.grab()
    names = {entry.name for entry in page.shelf.entries}
    assert names == {"half.png", "foreign.png"}
    qtbot.waitUntil(lambda: all(page.shelf.thumbnail(entry) is not None for entry in page.shelf.entries))
    for name in names:
        window.show_gallery()
        page.grid.choose(name)
        window.messages.dismiss()
        window.actions_["run.restore"].trigger()
        qtbot.waitUntil(lambda: window.messages.text != "")
        assert name in window.messages.text
        assert is_sentence(window.messages.text)
    window.show_gallery()
    page.grid.choose("half.png")
    window.messages.dismiss()
    window.actions_["run.look"].trigger()
    qtbot.waitUntil(lambda: "half.png cannot be read" in window.messages.text)
    page.back()
    page.grid.selectAll()
    window.messages.dismiss()
    window.actions_["run.compare"].trigger()
    qtbot.waitUntil(lambda: "half.png cannot be read" in window.messages.text)
    assert studio.workspace.session.document is before


@pytest.mark.parametrize("content", [GARBAGE, DEEP, b"", b"[]", b'{"paint": 5}'], ids=lambda content: str(content[:8]))
def test_the_studio_starts_whatever_its_own_files_hold(
    qtbot: QtBot, qapp: QApplication, sinopia_home: Path, content: bytes
) -> None:
    home = Home(sinopia_home)
    sinopia_home.mkdir(exist_ok=True)
    journal = home.journals / "0001"
    journal.mkdir(parents=True)
    (journal / SEGMENT).write_bytes(content)
    for path in (home.settings, home.layouts, home.recent):
        path.write_bytes(content)
    with open_studio(qtbot, qapp, sinopia_home, DEMO) as studio:
        assert studio.window.desk.prompt
        window = studio.window
        qtbot.waitUntil(lambda: f"Unsaved work in {journal} cannot be recovered" in window.messages.text)
        assert ("settings.toml" in window.messages.text) == bool(content)
        window.messages.dismiss()
        window.filing.offer_recovery()  # as at the next start: told once is enough
        qtbot.wait(100)
        assert window.messages.text == ""
        strike(window, Qt.Key.Key_F2)
        strike(window, Qt.Key.Key_F1)
    assert (journal / SEGMENT).read_bytes() == content


@contextmanager
def full_disk(most: int) -> Iterator[None]:
    """As if no file could grow beyond `most` bytes."""
    import resource  # which only POSIX has

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are a POSIX matter")
def test_a_full_disk_costs_no_work(qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path) -> None:
    project = quick_project(tmp_path / "mine.sinopia")
    content = project.read_bytes()
    with open_studio(qtbot, qapp, sinopia_home, project) as studio:
        window, session = studio.window, studio.workspace.session
        window.desk.edit("Write", edits.set_prompt, "prompt", "a castle")
        studio.workspace.sync()
        with full_disk(200):
            strike(window, Qt.Key.Key_S, CTRL)
            qtbot.waitUntil(lambda: window.messages.text != "")
        assert "mine.sinopia" in window.messages.text
        assert "cannot be saved (File too large)" in window.messages.text
        assert window.messages.action.text() == "Save under another name"
        assert session.dirty
        assert project.read_bytes() == content
        strike(window, Qt.Key.Key_S, CTRL)
        qtbot.waitUntil(lambda: not session.dirty)
        assert read_document(project, studio.workspace.registry).document.graph == session.document.graph


def test_results_that_cannot_be_kept_are_told(
    qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path
) -> None:
    with open_studio(qtbot, qapp, sinopia_home, quick_project(tmp_path / "mine.sinopia")) as studio:
        window = studio.window
        studio.gallery.folder.parent.mkdir(parents=True, exist_ok=True)
        studio.gallery.folder.write_text("in the way")
        window.desk.edit("Write", edits.set_prompt, "prompt", "a castle")
        strike(window, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: window.messages.text != "", timeout=LONG)
        assert str(studio.gallery.folder) in window.messages.text
        assert is_sentence(window.messages.text)
        qtbot.waitUntil(lambda: not studio.jobs.unfinished, timeout=LONG)
