"""Painted layers from and for other programs: PNG, a colour map with its legend, OpenRaster (Krita, GIMP)."""

from app.paint.exchange.colour_map import ColourMap, read_colour_map, write_colour_map
from app.paint.exchange.layers import PaintedPhrase, Painting
from app.paint.exchange.open_raster import read_open_raster, write_open_raster
from app.paint.exchange.png import read_mask, write_mask

__all__ = [
    "ColourMap",
    "PaintedPhrase",
    "Painting",
    "read_colour_map",
    "read_mask",
    "read_open_raster",
    "write_colour_map",
    "write_mask",
    "write_open_raster",
]
