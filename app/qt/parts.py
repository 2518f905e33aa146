"""What a window is made over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.model.aside import Aside
from app.model.gallery import Gallery
from app.model.jobs import Jobs
from app.model.projects import Workspace
from app.model.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What a window is made over; the window owns none of it. `painting`: as `aside`, but it never waits for a file."""

    workspace: Workspace
    jobs: Jobs
    gallery: Gallery
    aside: Aside
    painting: Aside
    settings: Settings
    keep_settings: Callable[[Settings], object]
