"""Results that were kept: pictures in a folder, and beside them a list of what is known of each.

The list is a text file with one JSON value a line; a later line about a picture takes the place of an earlier one, so
that keeping a result only appends. Pictures that the list does not know (copied into the folder) are found by looking.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from app.files.atomic import write_atomically
from app.files.embedded import PARAMETERS_KEYWORD, EmbeddedError, read_texts
from app.files.pictures import PictureError, look_at, small_picture
from app.model.job import Result
from app.model.provenance import told_by
from app.model.removed import free_path
from app.model.signal import Signal
from engine.api.decoding import decode_json

LIST_NAME = "gallery.jsonl"
THUMBNAILS, REMOVED = ".thumbnails", ".removed"
THUMBNAIL_SIDE = 256

_HEAD = 2**20  # of a picture that is looked at for its size and its texts


class Entry(Struct, frozen=True, omit_defaults=True):
    """A kept picture: `name` is its path below the gallery's folder, `made` seconds since 1970; it took `seconds`."""

    name: str
    prompt: str = ""
    seed: int | None = None
    made: float = 0.0
    width: int = 0
    height: int = 0
    starred: bool = False
    gone: bool = False
    seconds: float = 0.0


class Gallery:
    """The kept pictures, latest first. `load` and `thumbnail` may run in any thread; all else belongs to one."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        self.folder = folder
        self.added: Signal[Entry] = Signal()
        self.changed: Signal[Entry] = Signal()
        self.removed: Signal[str] = Signal()
        self.pair_changed: Signal[tuple[Entry, Entry] | None] = Signal()
        self.moved: Signal[()] = Signal()
        """Another folder holds the pictures; it is yet to be read."""
        self.trouble: Signal[str] = Signal()
        """The list cannot be written, as a sentence."""
        self._entries: dict[str, Entry] = {}
        self._waiting: dict[Entry, Path] = {}  # where the pictures lie that were removed since the studio opened
        self._pair: tuple[str, str] | None = None
        self._reading = Lock()  # guards folder and entries against a folder that was read while another was chosen

    @property
    def results(self) -> Path:
        """Where jobs put their pictures so that they are kept."""
        return self.folder / time.strftime("%Y-%m")

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All pictures, latest first."""
        return tuple(sorted(self._entries.values(), key=lambda entry: -entry.made))

    @property
    def pair(self) -> tuple[Entry, Entry] | None:
        """The two pictures that are compared."""
        return None if self._pair is None else (self._entries[self._pair[0]], self._entries[self._pair[1]])

    def path(self, entry: Entry) -> Path:
        """The file of a picture."""
        return self.folder / entry.name

    def entry_at(self, path: Path) -> Entry | None:
        """What is known of a picture file; None when it is none of the gallery."""
        return self._entries.get(path.relative_to(self.folder).as_posix()) if path.is_relative_to(self.folder) else None

    def move_to(self, folder: Path) -> None:
        """Keep pictures in another folder from now on, and show those that are there once it is loaded."""
        if folder != self.folder:
            self.compare(None)
            with self._reading:
                self.folder, self._entries = folder, {}
            self.moved.emit()

    def load(self) -> None:
        """Read the list, and look for pictures that it does not know."""
        folder = self.folder
        lines = list(_lines(folder / LIST_NAME))
        known = {entry.name: entry for entry in lines}
        there = set(_pictures(folder))
        strange = (_looked_at(folder, name) for name in sorted(there - known.keys()))
        found = [entry for name, entry in known.items() if name in there and not entry.gone]
        found += [entry for entry in strange if entry is not None]
        with self._reading:
            if folder != self.folder:
                return
            if len(lines) > 2 * len(found) + 100:
                self._write("".join(map(_line, found)).encode(), anew=True)
            # What was added while another thread was reading is newer than what it read.
            self._entries = {entry.name: entry for entry in found} | self._entries

    def add(self, results: Iterable[Result]) -> tuple[Entry, ...]:
        """Keep the results of a job that lie below the gallery's folder."""
        added = []
        for result in results:
            if result.path.is_relative_to(self.folder) and result.path.is_file():
                name = result.path.relative_to(self.folder).as_posix()
                size = result.width, result.height
                made = result.path.stat().st_mtime
                entry = Entry(name, result.prompt, result.seed, made, *size, seconds=result.seconds)
                self._entries[name] = entry
                self._append(entry)
                self.added.emit(entry)
                added.append(entry)
        return tuple(added)

    def search(self, words: str = "", *, starred: bool = False) -> tuple[Entry, ...]:
        """The pictures whose prompt, name or seed has all the words (any letter case), latest first."""
        wanted = words.casefold().split()
        return tuple(
            entry
            for entry in self.entries
            if (entry.starred or not starred) and all(word in _searched(entry) for word in wanted)
        )

    def star(self, name: str, starred: bool) -> None:
        """Mark a picture as a favourite, or no longer."""
        self._change(replace(self._entries[name], starred=starred))

    def remove(self, names: Iterable[str]) -> None:
        """Take pictures out; their files are set aside in a folder of the gallery, from where they can be put back."""
        for name in names:
            entry = self._entries.pop(name)
            if self._pair is not None and name in self._pair:
                self.compare(None)
            self._append(replace(entry, gone=True))
            # Names are given anew once they are free, so an earlier picture of this name may wait there.
            self._waiting[entry] = free_path(self.folder / REMOVED / name)
            self._set_aside(self.path(entry), self._waiting[entry])
            self.removed.emit(name)

    def put_back(self, entry: Entry) -> None:
        """Take a picture in again that was just removed, under another name if its own was given away meanwhile."""
        source, goal = self._waiting.pop(entry), free_path(self.path(entry))
        if not source.is_file():
            self.trouble.emit(f"{entry.name} is no longer among the removed pictures. Look for it in the trash.")
            return
        self._set_aside(source, goal)
        entry = replace(entry, name=goal.relative_to(self.folder).as_posix())
        self._entries[entry.name] = entry
        self._append(entry)
        self.added.emit(entry)

    def compare(self, names: tuple[str, str] | None) -> None:
        """Compare two pictures, or none any more."""
        self._pair = None if names is None else (self._entries[names[0]].name, self._entries[names[1]].name)
        self.pair_changed.emit(self.pair)

    def thumbnail(self, entry: Entry) -> Path:
        """A small picture of one, made if need be. In any thread. Raises PictureError and OSError."""
        small = _thumbnail_of(self.folder, entry.name)
        if not small.is_file():
            make_thumbnail(self.path(entry), small)
        return small

    def _change(self, entry: Entry) -> None:
        self._entries[entry.name] = entry
        self._append(entry)
        self.changed.emit(entry)

    def _append(self, entry: Entry) -> None:
        self._write(_line(entry).encode(), anew=False)

    def _write(self, data: bytes, *, anew: bool) -> None:
        path = self.folder / LIST_NAME
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if anew:
                write_atomically(path, data, backups=0)
            else:
                with path.open("ab") as file:
                    file.write(data)
        except OSError as error:
            self.trouble.emit(f"{path}: The gallery cannot be written ({error.strerror}). Make room there.")

    def _set_aside(self, source: Path, goal: Path) -> None:
        try:
            goal.parent.mkdir(parents=True, exist_ok=True)
            source.replace(goal)
        except OSError as error:
            self.trouble.emit(f"{source}: The picture cannot be moved ({error.strerror}). Move it by hand.")


def make_thumbnail(source: Path, goal: Path) -> None:
    """Write a small PNG of a picture. Raises PictureError for anything else, OSError when it cannot be written."""
    small = small_picture(source.read_bytes(), THUMBNAIL_SIDE)
    goal.parent.mkdir(parents=True, exist_ok=True)
    part = goal.with_name(f".{goal.stem}.{os.getpid()}.png")
    part.write_bytes(small)
    part.replace(goal)


def sweep_thumbnails(folder: Path) -> None:
    """Take away the small pictures of those that a gallery's folder holds no more. In any thread."""
    # Listed before the pictures are, so that none of a picture that has just come is taken for an old one.
    smalls = [path for path in (folder / THUMBNAILS).glob("*.png") if not path.name.startswith(".")]
    kept = set()
    for name in _pictures(folder):
        with suppress(OSError):  # it has just gone
            kept.add(_thumbnail_of(folder, name))
    for small in smalls:
        if small not in kept:
            with suppress(OSError):
                small.unlink()


def _thumbnail_of(folder: Path, name: str) -> Path:
    facts = (folder / name).stat()
    key = blake2b(f"{name}|{facts.st_mtime_ns}|{facts.st_size}".encode(), digest_size=12).hexdigest()
    return folder / THUMBNAILS / f"{key}.png"


def _pictures(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        return
    for path in folder.rglob("*.png"):
        name = path.relative_to(folder)
        if not any(part.startswith(".") for part in name.parts):
            yield name.as_posix()


def _looked_at(folder: Path, name: str) -> Entry | None:
    path = folder / name
    try:
        with path.open("rb") as file:
            facts = look_at(file.read(_HEAD))
            file.seek(0)
            texts = read_texts(file)
        made = path.stat().st_mtime
    except (OSError, PictureError, EmbeddedError):
        return None
    told = told_by(texts.get(PARAMETERS_KEYWORD, ""))
    return Entry(name, told.prompt, told.seed, made, facts.width, facts.height)


def _lines(path: Path) -> Iterator[Entry]:
    """The entries of a list; a line that cannot be read (the last one, after a crash) is passed over."""
    try:
        lines: Sequence[bytes] = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield decode_json(line, Entry)
        except msgspec.DecodeError:
            continue


def _line(entry: Entry) -> str:
    return msgspec.json.encode(entry).decode() + "\n"


def _searched(entry: Entry) -> str:
    return f"{entry.prompt} {entry.name} {'' if entry.seed is None else entry.seed}".casefold()
