"""Words to read: about the program, and the reference of its nodes."""

from __future__ import annotations

from importlib import metadata

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QTextBrowser, QWidget

import app
from app.qt.dialogs.sheet import Sheet

_SIZE = QSize(720, 640)
_PARTS = (
    ("PySide6", "Qt for Python, LGPL 3"),
    ("torch", "BSD 3-clause"),
    ("numpy", "BSD 3-clause"),
    ("Pillow", "MIT-CMU"),
    ("msgspec", "BSD 3-clause"),
    ("safetensors", "Apache 2.0"),
    ("tokenizers", "Apache 2.0"),
    ("transformers", "Apache 2.0"),
    ("diffusers", "Apache 2.0"),
    ("open_clip_torch", "MIT"),
)


class Page(Sheet):
    """A text in Markdown."""

    def __init__(self, title: str, markdown: str, parent: QWidget | None = None) -> None:
        super().__init__(title, _SIZE, parent)
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(True)
        self.text.setMarkdown(markdown)
        self.text.setAccessibleName(title)
        self.column.addWidget(self.text)


def about() -> str:
    """What the program is, under which licence, and what it is made of."""
    lines = [
        f"# Sinopia {app.__version__}",
        "A desktop studio and local engine for painting with diffusion models.",
        "Licensed under the Apache License 2.0; the text is in the file LICENSE.",
        "## Made with",
        *(f"* **{name}** {_version(name)} ({licence})" for name, licence in _PARTS),
        "## After",
        "* *eDiff-I: Text-to-Image Diffusion Models with an Ensemble of Expert Denoisers*, Balaji et al., 2022",
        "* *SDXL: Improving Latent Diffusion Models for High-Resolution Image Synthesis*, Podell et al., 2023",
        "* *simple diffusion: End-to-end diffusion for high resolution images*, Hoogeboom et al., 2023",
    ]
    return "\n\n".join(lines)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
