"""Painted layers to and from other paint programs, as OpenRaster files."""

from __future__ import annotations

from pathlib import Path

from app.files.atomic import write_atomically
from app.model import edits
from app.paint.exchange.layers import PaintedPhrase, Painting
from app.paint.exchange.open_raster import read_open_raster, write_open_raster
from app.paint.operations import fitted
from app.qt.desk import Desk

ENDING = ".ora"
PATTERN = f"OpenRaster (*{ENDING})"


def painting_of(desk: Desk) -> Painting:
    """The layers of a desk as other programs take them."""
    layers = tuple(
        PaintedPhrase(layer.phrase, desk.mask(layer.id), layer.colour, layer.strength, layer.visible)
        for layer in desk.phrases
    )
    return Painting(*desk.size, layers)


def write_layers(painting: Painting, path: Path) -> None:
    """Write layers into a file. Raises OSError."""
    write_atomically(path if path.suffix == ENDING else path.with_name(path.name + ENDING), write_open_raster(painting))


def read_layers(path: Path) -> Painting:
    """The layers of a file. Raises ExchangeError, and OSError."""
    return read_open_raster(path.read_bytes(), path.name)


def take_layers(desk: Desk, painting: Painting) -> tuple[str, ...]:
    """Paint as `painting` does wherever the sentence has its phrases; the phrases that it has not."""
    missing = []
    with desk.session.transaction("Import layers"):
        for given in painting.layers:
            layer = _layer_for(desk, given.phrase)
            masks = desk.face.masks
            if layer is None or masks is None:
                missing.append(given.phrase)
            else:
                desk.edit("Import layers", edits.commit_paint, masks, layer, fitted(given.mask, *desk.size))
    return tuple(missing)


def _layer_for(desk: Desk, phrase: str) -> str | None:
    """The layer of a phrase, made if the sentence has the words; None if it has not."""
    held = next((layer.id for layer in desk.phrases if layer.phrase == phrase), None)
    if held is not None:
        return held
    start = desk.prompt.find(phrase) if phrase else -1
    if start < 0 or not desk.paint_phrase(start, start + len(phrase)):
        return None
    return desk.active
