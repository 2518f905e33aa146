"""The actions on kept pictures: the same ones in the gallery and in the strip below the canvas."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.model.actions import Need
from app.qt.actions import Actions
from app.qt.gallery.page import GalleryPage
from app.qt.keeping import Keeping
from app.qt.panels.strip import Part, ResultsStrip

HANDLING: dict[str, Callable[[Keeping], None]] = {
    "run.look": Keeping.look,
    "run.star": Keeping.star,
    "run.compare": Keeping.compare,
    "run.remove": Keeping.remove,
    "run.save-copy": Keeping.save_copy,
    "run.copy": Keeping.copy,
    "run.show-file": Keeping.show_file,
}
RESTORING = {
    "run.restore": Part.ALL,
    "run.restore-seed": Part.SEED,
    "run.restore-prompt": Part.PROMPT,
    "run.restore-paint": Part.PAINT,
}


def bind_pictures(actions: Actions, keeping: Callable[[], Keeping]) -> None:
    """Make the actions; `keeping` is asked for once one of them is used."""
    for name, part in RESTORING.items():
        actions.bind(name, partial(_restore, keeping, part))
    for name, handle in HANDLING.items():
        actions.bind(name, partial(_handle, keeping, handle))


def hand_pictures(actions: Actions, gallery: GalleryPage, strip: ResultsStrip) -> None:
    """Let their keys be heard in both places, and fill the menu of the strip."""
    handling = [actions[name] for name in HANDLING]
    for place in (gallery, strip):
        place.addActions([*handling, *(actions[name] for name in RESTORING)])
    strip.more = handling
    strip.gallery_button.setDefaultAction(actions["view.gallery"])


def follow_pictures(actions: Actions, keeping: Keeping) -> None:
    """Another picture is chosen, or none, or it was marked."""
    actions.allow(Need.RESULT, there=keeping.there)
    actions.retitle("run.star", "Unstar" if keeping.chosen and keeping.starred else "Star")


def _restore(keeping: Callable[[], Keeping], part: Part) -> None:
    keeping().restore(part)


def _handle(keeping: Callable[[], Keeping], handle: Callable[[Keeping], None]) -> None:
    handle(keeping())
