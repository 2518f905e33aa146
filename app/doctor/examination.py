"""All checks in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.doctor.display import libraries, missing_libraries, opens_under_x11
from app.doctor.findings import Finding
from app.doctor.fonts import label_font, training_font
from app.doctor.machine import disk, memory, python_version, writable
from app.doctor.packages import installed_packages, torch_findings
from app.doctor.weights import model_findings


def examine(resources: Path, outputs: Path, home: Path, temporary: Path) -> Iterator[Finding]:
    """Examine the installation; findings come as they are made, as loading torch takes a while.

    `resources` holds the models, `outputs` is where pictures will be written, `home` where the program keeps settings,
    logs and results, `temporary` where runs keep their files.
    """
    yield python_version()
    yield installed_packages()
    yield from torch_findings()
    yield memory()
    yield disk(outputs)
    yield writable("outputs", outputs)
    yield writable("settings and logs", home)
    yield writable("temporary files", temporary)
    yield label_font()
    if opens_under_x11():
        yield libraries(missing_libraries())
    yield training_font()
    yield from model_findings(resources)
