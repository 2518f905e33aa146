"""The two fonts: the one on contact sheets, and the one that training draws its pictures with."""

from __future__ import annotations

from pathlib import Path

from PIL import features

from app.doctor.findings import Finding, ok, warn
from app.doctor.machine import REINSTALL

EMOJI = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")


def label_font() -> Finding:
    """Pillow brings the font for labels along, but draws it only with FreeType."""
    if not features.check("freetype2"):
        return warn("label font", "this Pillow has no FreeType, so contact sheets are labelled coarsely", REINSTALL)
    return ok("label font", "comes with Pillow")


def training_font(file: Path = EMOJI) -> Finding:
    """Without it models are used as ever, but none can be trained or evaluated."""
    if file.is_file():
        return ok("training font", str(file))
    return ok("training font", "Noto Color Emoji is not installed; it is needed only to train or evaluate a model")
