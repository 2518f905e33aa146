"""Where everything of one checkout lies."""

import sys
from dataclasses import dataclass
from pathlib import Path

from installer.errors import InstallerError

WINDOWS = sys.platform == "win32"


@dataclass(frozen=True)
class Place:
    """The folders and files that an installation in `root` uses; nothing outside `root` is ever written."""

    root: Path

    @property
    def venv(self) -> Path:
        """The environment itself."""
        return self.root / ".venv"

    @property
    def scripts(self) -> Path:
        """The folder of the environment's commands."""
        return self.venv / ("Scripts" if WINDOWS else "bin")

    @property
    def python(self) -> Path:
        """The environment's Python."""
        return self.scripts / ("python.exe" if WINDOWS else "python")

    @property
    def command(self) -> Path:
        """The `sinopia` command, which installing the project makes."""
        return self.scripts / ("sinopia.exe" if WINDOWS else "sinopia")

    @property
    def site_packages(self) -> Path:
        """The folder that packages are installed in."""
        found = [self.venv / "Lib" / "site-packages"] if WINDOWS else list(self.venv.glob("lib/python*/site-packages"))
        if len(found) != 1 or not found[0].is_dir():
            raise InstallerError(f"{self.venv} is not a Python environment: delete that folder and run this again.")
        return found[0]

    @property
    def state(self) -> Path:
        """The record of what is installed, written last."""
        return self.venv / "sinopia-installer.json"

    @property
    def lock(self) -> Path:
        """Held while something is installed; outside the environment, which may be deleted under it."""
        return self.root / ".venv.lock"

    @property
    def temporary(self) -> Path:
        """Where pip unpacks: on the same disk as the environment, whatever the system's own folder holds."""
        return self.venv / "tmp"

    @property
    def requirements(self) -> Path:
        """The folder of the pinned sets."""
        return self.root / "installer" / "requirements"
