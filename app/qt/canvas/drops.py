"""Pictures dropped on the canvas: they become nodes, or go to the node they are dropped on."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF

from app.model import edits
from app.model.document import Document
from app.model.edits import PictureFile
from app.model.edits.style import BELOW, LOAD_IMAGE
from app.model.face import STYLE_REFERENCE
from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import Stage
from app.qt.pictures import dropped_pictures, local_files
from app.qt.pictures import holds_pictures as may_hold_pictures
from nodes.graph.edit import new_id
from nodes.specs.declare import Kind

ENDINGS = frozenset({"png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif"})


def holds_pictures(data: QMimeData) -> bool:
    """Whether pictures are being dragged: files, or one out of a browser. Other files are left to the window."""
    files = local_files(data)
    if files:
        return any(path.suffix.lower().lstrip(".") in ENDINGS for path in files)
    return may_hold_pictures(data)


def drop_pictures(stage: Stage, data: QMimeData, where: QPointF, hit: Hit) -> str:
    """Take pictures in where they were dropped; a sentence about those that could not be read, or nothing."""
    pictures, complaints = dropped_pictures(data)
    if pictures:
        label = "Drop a picture" if len(pictures) == 1 else f"Drop {len(pictures)} pictures"
        stage.commit(label, _dropped(stage, pictures, where, hit))
    return " ".join(complaints)


def _dropped(stage: Stage, pictures: list[PictureFile], where: QPointF, hit: Hit) -> Document:
    document = stage.document
    target = document.nodes.get(hit.node or "")
    if target is not None and target.type == STYLE_REFERENCE:
        return edits.add_style_pictures(document, stage.registry, pictures, target.id)
    if target is not None and target.type == LOAD_IMAGE:
        document, reference = edits.add_asset(document, pictures[0])
        return edits.set_parameter(document, target.id, _file_parameter(stage, target.type), reference)
    for number, picture in enumerate(pictures):
        place = (where.x(), where.y() + number * BELOW)
        document = edits.add_picture(document, stage.registry, picture, new_id(), place)
    return document


def _file_parameter(stage: Stage, type_id: str) -> str:
    spec = stage.registry.get(type_id)
    assert spec is not None
    return next(parameter.name for parameter in spec.parameters if parameter.kind is Kind.PICTURE)
