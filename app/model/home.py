"""Where the program keeps what it keeps for its user: settings, journals, results, templates."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "SINOPIA_HOME"


@dataclass(frozen=True)
class Home:
    """The folder of everything kept, and the places in it. Nothing is created by asking."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / "settings.toml"

    @property
    def layouts(self) -> Path:
        """How the panels of each workspace lie."""
        return self.root / "layouts.json"

    @property
    def recent(self) -> Path:
        """The list of projects opened lately."""
        return self.root / "recent.json"

    @property
    def journals(self) -> Path:
        """One folder for each open document: what a crash must not lose."""
        return self.root / "journals"

    @property
    def locks(self) -> Path:
        """One file for each project that is open for writing."""
        return self.root / "locks"

    @property
    def gallery(self) -> Path:
        """Results that were made, with their thumbnails."""
        return self.root / "gallery"

    @property
    def live(self) -> Path:
        """Pictures that are only looked at while one paints; each goes once it was seen."""
        return self.root / "live"

    @property
    def models(self) -> Path:
        """Models that were added, each in a folder of its name."""
        return self.root / "models"

    @property
    def templates(self) -> Path:
        """Projects to begin with, kept by the artist."""
        return self.root / "templates"

    @property
    def components(self) -> Path:
        """The personal library of graph parts."""
        return self.root / "components"


def find_home(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Home:
    """The folder named by SINOPIA_HOME; without it, the one that the system gives programs for their data."""
    named = environment.get(HOME_VARIABLE)
    return Home(Path(named).expanduser()) if named else Home(_system_folder(environment, platform))


def _system_folder(environment: Mapping[str, str], platform: str) -> Path:
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Sinopia"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Sinopia"
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "sinopia"
