"""OpenRaster files (.ora), which Krita, GIMP and MyPaint open: a zip of PNGs and a list of layers.

Each phrase becomes a layer in its colour whose opacity is the mask and whose name is the phrase; the picture lies below
under a name of its own. What other programs do not know (strength, palette index) stands in `sinopia/layers.json`,
which they drop when they save; then the names still tell which layer is which. How translucent a layer is shown
is not part of the mask and is not read back.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from PIL import Image

from app.paint.errors import ExchangeError
from app.paint.exchange.layers import PaintedPhrase, Painting, flattened
from app.paint.exchange.png import read_pixels, write_pixels
from app.paint.exchange.stack_xml import LONGEST, Stack, StackLayer, read_stack, write_stack
from app.paint.palette import swatch
from app.paint.rect import Rect
from app.paint.tiles import LARGEST_SIDE, Pixels, TileMask

MEDIA_TYPE = "image/openraster"
PICTURE = "Picture below the paint"
MOST_LAYERS = 256

_SHOWN = 0.6  # opacity at which phrase layers are shown, so that the picture is seen below
_LARGEST_LAYER = 128 * 2**20
_LARGEST_PAINTING = 2**30
_LEGEND = "sinopia/layers.json"
_THUMBNAIL = 256
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


class _Known(msgspec.Struct, frozen=True):
    """What the list of layers cannot say of a phrase."""

    phrase: str
    colour: int = 0
    strength: float = 1.0


@dataclass(frozen=True)
class _Sheet:
    """A layer on its way into the file: its entry in the list, and its PNG."""

    entry: StackLayer
    png: bytes


def write_open_raster(painting: Painting) -> bytes:
    """The painting as an OpenRaster file; equal paintings give equal bytes."""
    sheets = tuple(_sheets(painting))
    stack = Stack(painting.width, painting.height, tuple(sheet.entry for sheet in sheets))
    whole = flattened(painting, _SHOWN)
    small = Image.fromarray(whole)
    small.thumbnail((_THUMBNAIL, _THUMBNAIL))
    known = [_Known(layer.phrase, layer.colour, layer.strength) for layer in painting.layers]
    return _archive(
        {
            "mimetype": MEDIA_TYPE.encode(),  # the first of all, so that the file is known by its first bytes
            "stack.xml": write_stack(stack),
            **{sheet.entry.source: sheet.png for sheet in sheets},
            "mergedimage.png": write_pixels(whole),
            "Thumbnails/thumbnail.png": write_pixels(np.asarray(small)),
            _LEGEND: msgspec.json.encode(known),
        }
    )


def read_open_raster(data: bytes, name: str) -> Painting:
    """The layers of an OpenRaster file of any origin, masks taken from their opacity.

    Raises:
        ExchangeError: it cannot be read, or is larger than any canvas; the message calls it `name`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Archive(archive, name).painting()
    except _DAMAGE as error:
        if isinstance(error, ExchangeError):
            raise
        raise ExchangeError(f"{name} is not an OpenRaster file, or it is damaged; save it again.") from error


def _sheets(painting: Painting) -> Iterator[_Sheet]:
    if painting.picture is not None:
        yield _Sheet(StackLayer(PICTURE, "data/picture.png", 0, 0, visible=True), write_pixels(painting.picture))
    for number, layer in enumerate(painting.layers):
        # A layer without a pixel is no PNG, so a blank one keeps its first.
        area = layer.mask.bounds() if not layer.mask.is_blank else Rect(0, 0, 1, 1)
        entry = StackLayer(
            layer.phrase, f"data/layer{number:03}.png", area.left, area.top, layer.visible, opacity=_SHOWN
        )
        yield _Sheet(entry, write_pixels(_coloured(layer, area)))


def _coloured(layer: PaintedPhrase, area: Rect) -> Pixels:
    pixels = np.empty((area.height, area.width, 4), np.uint8)
    pixels[..., :3] = swatch(layer.colour).rgb
    pixels[..., 3] = layer.mask.region(area)
    return pixels


def _archive(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in files.items():
            # A ZipInfo of its own carries no time of day: equal paintings give equal files.
            archive.writestr(zipfile.ZipInfo(path), content)
    return buffer.getvalue()


class _Archive:
    """An OpenRaster file being read."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name

    def painting(self) -> Painting:
        stack = read_stack(self._content("stack.xml", LONGEST), self._name)
        if not (0 < stack.width <= LARGEST_SIDE and 0 < stack.height <= LARGEST_SIDE):
            raise ExchangeError(
                f"{self._name} is {stack.width} x {stack.height}; up to {LARGEST_SIDE} a side are read."
            )
        if len(stack.layers) > MOST_LAYERS:
            raise ExchangeError(f"{self._name} has {len(stack.layers)} layers; up to {MOST_LAYERS} are read.")
        entries = list(stack.layers)
        picture = None
        if entries and entries[0].name == PICTURE:
            picture = self._picture(entries.pop(0), stack)
        return Painting(stack.width, stack.height, self._within_budget(self._phrases(entries, stack)), picture)

    def _within_budget(self, phrases: Iterator[PaintedPhrase]) -> tuple[PaintedPhrase, ...]:
        """Many large layers, each harmless alone, must not fill the memory together."""
        kept: list[PaintedPhrase] = []
        for phrase in phrases:
            kept.append(phrase)
            if sum(each.mask.cost for each in kept) > _LARGEST_PAINTING:
                raise ExchangeError(f"{self._name} holds more paint than fits in memory; scale it down first.")
        return tuple(kept)

    def _phrases(self, entries: list[StackLayer], stack: Stack) -> Iterator[PaintedPhrase]:
        known = list(self._known())
        for number, entry in enumerate(entries):
            match = next((each for each in known if each.phrase == entry.name), None)
            if match is None:
                yield PaintedPhrase(entry.name, self._mask(entry, stack), number, visible=entry.visible)
                continue
            known.remove(match)  # a phrase that is there twice was written twice
            yield PaintedPhrase(entry.name, self._mask(entry, stack), match.colour, match.strength, entry.visible)

    def _known(self) -> tuple[_Known, ...]:
        if _LEGEND not in self._archive.namelist():
            return ()
        try:
            known = msgspec.json.decode(self._content(_LEGEND, LONGEST), type=tuple[_Known, ...])
        except msgspec.MsgspecError as error:
            raise ExchangeError(f"{self._name}: {_LEGEND} is damaged ({error}); save the file again.") from error
        if any(each.colour < 0 for each in known):
            raise ExchangeError(f"{self._name}: {_LEGEND} has a colour below 0; save the file again.")
        return known

    def _mask(self, entry: StackLayer, stack: Stack) -> TileMask:
        opacity = self._layer(entry)[..., 3]
        area = Rect(entry.left, entry.top, opacity.shape[1], opacity.shape[0])
        return TileMask.blank(stack.width, stack.height).with_region(area, opacity)

    def _picture(self, entry: StackLayer, stack: Stack) -> Pixels:
        """The picture on its canvas, white where it leaves the canvas bare."""
        corners = (-entry.left, -entry.top, stack.width - entry.left, stack.height - entry.top)
        cut = Image.fromarray(self._layer(entry)).crop(corners)
        paper = Image.new("RGBA", cut.size, "white")
        return np.asarray(Image.alpha_composite(paper, cut).convert("RGB"))

    def _layer(self, entry: StackLayer) -> Pixels:
        return read_pixels(self._content(entry.source, _LARGEST_LAYER), f"{entry.source} in {self._name}", "RGBA")

    def _content(self, path: str, most: int) -> bytes:
        """A file of the archive. It is the bytes that come out that are counted, not those the archive promises."""
        try:
            with self._archive.open(path) as file:
                content = file.read(most + 1)
        except KeyError as error:
            raise ExchangeError(f"{self._name} has no {path!r}; save it as OpenRaster (.ora) again.") from error
        if len(content) > most:
            raise ExchangeError(f"{self._name}: {path} is larger than {most // 2**20} MiB; scale the picture down.")
        return content
