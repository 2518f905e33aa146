"""Writes the example projects: `python -m app.examples [FOLDER]`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from app.examples.projects import EXAMPLES, FOLDER
from app.files.container import pack
from app.files.pictures import small_picture
from nodes.registry import built_in

PICTURES = FOLDER.parent / "docs" / "pictures"
"""What examples drew, by their names, where that was kept."""

THUMBNAIL = 192

_DRAWN = {"prompt-switch": "switched", "seed-sheet": "seeds", "size-and-crop": "cut-off"}


def main(folder: Path) -> None:
    """Write every example below `folder`."""
    registry = built_in()
    for name, make in EXAMPLES.items():
        project, drawn = make(registry), PICTURES / f"{_DRAWN.get(name, name)}.png"
        if drawn.is_file():
            project = replace(project, thumbnail=small_picture(drawn.read_bytes(), THUMBNAIL))
        (folder / f"{name}.sinopia").write_bytes(pack(project, registry))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
