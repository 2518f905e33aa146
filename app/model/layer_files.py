"""Painted layers in files of other programs: OpenRaster, a colour map with its legend, or one PNG for each phrase."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path

from app.files.atomic import write_atomically
from app.paint.errors import ExchangeError
from app.paint.exchange.colour_map import read_colour_map, write_colour_map
from app.paint.exchange.layers import PaintedPhrase, Painting
from app.paint.exchange.open_raster import read_open_raster, write_open_raster
from app.paint.exchange.png import read_mask, write_mask

OPEN_RASTER, PNG, LEGEND = ".ora", ".png", ".json"

_NUMBER = re.compile(r"^.* \d{2} (?=.)")  # what stands before the phrase in a name of ours

LARGEST = 512 * 2**20
"""Bytes of a file that is read at most."""


class Form(Enum):
    """How layers are written; the value is its name in a dialog."""

    OPEN_RASTER = "OpenRaster, for Krita and GIMP (*.ora)"
    COLOUR_MAP = "Colour map with its legend (*.png)"
    MASKS = "One PNG for each phrase (*.png)"


READABLE = f"Painted layers (*{OPEN_RASTER} *{PNG})"


def write_layers(painting: Painting, path: Path, form: Form) -> tuple[Path, ...]:
    """Write layers beside `path`, whose ending the form decides; the files that were written. Raises OSError."""
    files = _files(painting, path, form)
    for file, content in files:
        write_atomically(file, content)
    return tuple(file for file, _content in files)


def holds_layers(paths: Sequence[Path]) -> bool:
    """Whether files are layers beyond doubt: OpenRaster, or a picture with a legend beside it."""
    return bool(paths) and all(
        path.suffix.lower() == OPEN_RASTER or _legend_of(path) is not None or _picture_of(path) in paths
        for path in paths
    )


def read_layers(paths: Sequence[Path]) -> tuple[Painting, ...]:
    """The layers of files, one painting for each; a PNG without a legend is a mask, named like its file.

    Raises:
        ExchangeError: a file is none of these, damaged or too large; the message names it.
        OSError: a file cannot be read.
    """
    pictures = [path for path in paths if path.suffix.lower() != LEGEND]
    if not pictures:
        raise ExchangeError(f"{paths[0].name} is only a legend. Choose the picture that was saved with it.")
    return tuple(map(_read, pictures))


def named_phrase(name: str, phrases: Iterable[str]) -> str | None:
    """The longest of some phrases that a file's name ends with; None for none."""
    plain = f" {_plain(name)}"
    return max((each for each in phrases if _plain(each) and plain.endswith(f" {_plain(each)}")), key=len, default=None)


def _read(path: Path) -> Painting:
    content, ending = _content(path), path.suffix.lower()
    if ending == OPEN_RASTER:
        return read_open_raster(content, path.name)
    if ending != PNG:
        raise ExchangeError(f"{path.name} holds no layers. Choose an OpenRaster file (.ora) or PNGs.")
    legend = _legend_of(path)
    if legend is not None:
        return read_colour_map(content, _content(legend), path.name)
    mask = read_mask(content, path.name)
    return Painting(mask.width, mask.height, (PaintedPhrase(_NUMBER.sub("", path.stem), mask),))


def _content(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise ExchangeError(f"{path.name} is larger than {LARGEST // 2**20} MB. Scale it down first.")
    return path.read_bytes()


def _files(painting: Painting, path: Path, form: Form) -> list[tuple[Path, bytes]]:
    match form:
        case Form.OPEN_RASTER:
            return [(_with_ending(path, OPEN_RASTER), write_open_raster(painting))]
        case Form.COLOUR_MAP:
            made, picture = write_colour_map(painting), _with_ending(path, PNG)
            return [(picture.with_suffix(LEGEND), made.legend), (picture, made.png)]
        case Form.MASKS:
            stem = _with_ending(path, PNG).stem
            return [
                (path.with_name(f"{stem} {number:02} {_safe(layer.phrase)}{PNG}"), write_mask(layer.mask))
                for number, layer in enumerate(painting.layers, start=1)
            ]


def _with_ending(path: Path, ending: str) -> Path:
    return path if path.suffix.lower() == ending else path.with_name(path.name + ending)


def _legend_of(path: Path) -> Path | None:
    """The legend beside a picture."""
    legend = path.with_suffix(LEGEND)
    return legend if path.suffix.lower() == PNG and legend.is_file() else None


def _picture_of(path: Path) -> Path | None:
    """The picture beside a legend."""
    return path.with_suffix(PNG) if path.suffix.lower() == LEGEND else None


def _safe(phrase: str) -> str:
    """A phrase as a part of a file's name."""
    return _plain(phrase)[:60].strip()


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))
