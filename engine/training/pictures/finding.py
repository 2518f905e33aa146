"""Finding the samples of folders and WebDataset shards without reading the pictures."""

from __future__ import annotations

import logging
import tarfile
from pathlib import Path

import msgspec

from engine.api.decoding import decode_lines
from engine.training.errors import TrainingError
from engine.training.pictures.samples import Part, Sample, gathered
from engine.training.pictures.settings import FolderData, PictureData

log = logging.getLogger(__name__)
METADATA = "metadata.jsonl"


class DataError(TrainingError):
    """A data set cannot be used at all."""


class Line(msgspec.Struct):
    """One line of metadata.jsonl; `text` and `caption` are the two usual names."""

    file_name: str
    text: str | None = None
    caption: str | None = None


def find_samples(data: PictureData) -> list[Sample]:
    """Return all samples in the order of their names.

    Raises:
        DataError: there is nothing.
    """
    folder = Path(data.path)
    found = in_folder(folder) if isinstance(data, FolderData) else in_shards(shards_of(data.path))
    if not found:
        raise DataError(f"{data.path}: no pictures are there; [data] path wants pictures or .tar shards with them.")
    return found


def in_folder(folder: Path) -> list[Sample]:
    """Samples of a folder and its subfolders; raises DataError where its metadata.jsonl cannot be read."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            name = file.relative_to(folder).with_suffix("").as_posix()
            found.append((name, file.suffix[1:].lower(), Part(file)))
    return gathered(found, folder, listed_captions(folder / METADATA))


def listed_captions(file: Path) -> dict[str, str]:
    """Captions by file name (with the ending in lower case); empty without the file."""
    if not file.is_file():
        return {}
    try:
        lines = decode_lines(file.read_bytes(), Line)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{file}: cannot be read ({error}); give every line a file_name and a text.") from error
    return {_lower_ending(line.file_name): line.text or line.caption or "" for line in lines}


def _lower_ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"{stem}{dot}{ending.lower()}"


def shards_of(path: str) -> list[Path]:
    """The .tar files that a folder holds or a pattern names."""
    place = Path(path)
    if place.is_dir():
        return sorted(place.glob("*.tar"))
    return [place] if place.is_file() else sorted(place.parent.glob(place.name))


def in_shards(files: list[Path]) -> list[Sample]:
    """Samples of the shards; what cannot be read of a shard is left out and told."""
    return [sample for file in files for sample in gathered(_members(file), file, {})]


def _members(file: Path) -> list[tuple[str, str, Part]]:
    """(name, ending, place) of the shard's files, as far as it is whole; names end at the first dot (WebDataset)."""
    found = []
    end = file.stat().st_size
    try:
        with tarfile.open(file, mode="r:", errorlevel=1) as shard:
            for member in shard:
                if member.isreg() and member.offset_data + member.size <= end:
                    folder, slash, base = member.name.rpartition("/")
                    name, _, ending = base.partition(".")
                    part = Part(file, member.offset_data, member.size)
                    found.append((folder + slash + name, ending.lower(), part))
    except (tarfile.TarError, OSError) as error:
        log.warning("%s: the shard is damaged (%s); %d of its files are used.", file, error, len(found))
    return found
