"""Writes the example projects: `python -m app.examples [FOLDER]`."""

from __future__ import annotations

import sys
from pathlib import Path

from app.examples.projects import EXAMPLES, FOLDER
from app.files.container import pack
from nodes.registry import built_in


def main(folder: Path) -> None:
    """Write every example below `folder`."""
    registry = built_in()
    for name, make in EXAMPLES.items():
        (folder / f"{name}.sinopia").write_bytes(pack(make(registry), registry))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
