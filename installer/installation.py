"""Brings the environment to what is pinned, from whatever is found: nothing, half of it, or all of it."""

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from installer.accelerator import FREE_GIGABYTES, Attempt, Request, attempts
from installer.errors import InstallerError
from installer.pins import PROJECT, Pin, PinnedSet, canonical, project_digest, read_set, torch_index
from installer.pip import Pip, PipError, Trouble
from installer.place import Place
from installer.soundness import clear_leftovers, discard, dist_infos, is_sound, top_level
from installer.state import State, python_version, save_state


@dataclass(frozen=True)
class Installation:
    """One run of the installer in `place`. It may be cut off at any point: `previous` is what the last one recorded."""

    place: Place
    request: Request
    pip: Pip
    previous: State | None

    def carry_out(self) -> None:
        """Install what is missing, mend what is damaged, drop what is no longer pinned; record it last."""
        ways = attempts(self.request, self.previous, self.place.requirements)
        self._check_space(ways[0])
        self._make_venv()
        self._record(ways[0], self._old_sets(), self._old_distributions(), complete=False)
        self._clean()
        chosen = self._install_torch(ways)
        sets = [read_set(self.place.requirements, name) for name in (chosen.accelerator, *self._shared_sets())]
        self._install_others(sets)
        self._remove_unpinned(sets)
        self._install_project()
        distributions = self._verified(sets)
        digests = {pinned.name: pinned.digest for pinned in sets} | {PROJECT: project_digest(self.place.root)}
        shutil.rmtree(self.place.temporary, ignore_errors=True)
        self._record(chosen, digests, distributions, complete=True)

    def _old_sets(self) -> dict[str, str]:
        return self.previous.sets if self.previous else {}

    def _old_distributions(self) -> dict[str, tuple[str, ...]]:
        return self.previous.distributions if self.previous else {}

    def _shared_sets(self) -> tuple[str, ...]:
        """The sets to install; the test set stays once it is there."""
        stays = "test" in self._old_sets() and not self.request.test
        return (*self.request.shared_sets, "test") if stays else self.request.shared_sets

    def _check_space(self, way: Attempt) -> None:
        needed = FREE_GIGABYTES[way.accelerator]
        free = shutil.disk_usage(self.place.root).free / 1e9
        if free < needed and not any(self.place.venv.glob("**/site-packages/torch-*.dist-info")):
            raise InstallerError(
                f"The {way.accelerator} set needs {needed} GB of free disk at {self.place.root}, and {free:.1f} GB are "
                "left: free some space and run this again."
            )

    def _make_venv(self) -> None:
        if self._venv_is_usable():
            return
        if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
            raise InstallerError(
                "This Python cannot make environments (its venv module is missing): install it, on Debian and Ubuntu "
                "with `sudo apt install python3-venv`, and run this again."
            )
        _remove_aside(self.place.venv)
        # Not sys.executable: that may be the Python of the very environment that is being replaced.
        python = getattr(sys, "_base_executable", sys.executable)
        made = subprocess.run([python, "-m", "venv", self.place.venv], capture_output=True, text=True)
        if made.returncode:
            last = (made.stdout + made.stderr).strip().splitlines()[-1:]
            raise InstallerError(
                f"Making {self.place.venv} failed ({' '.join(last)}): delete that folder and run this again."
            )

    def _venv_is_usable(self) -> bool:
        version = python_version(self.place.python)
        if version is None or (self.previous and (self.previous.root, self.previous.python) != self._identity(version)):
            return False
        return any(is_sound(info) for info in self.place.site_packages.glob("pip-*.dist-info"))

    def _identity(self, version: str) -> tuple[str, str]:
        return str(self.place.root), version

    def _clean(self) -> None:
        """Remove what an installation that was cut off may have left, and every package that is not whole."""
        shutil.rmtree(self.place.temporary, ignore_errors=True)
        clear_leftovers(self.place.site_packages)
        for info in dist_infos(self.place.site_packages):
            if not is_sound(info):
                print(f"{info.name.removesuffix('.dist-info')} is damaged and will be installed again.", flush=True)
                discard(info, self.place.venv)

    def _install_torch(self, ways: tuple[Attempt, ...]) -> Attempt:
        """Try one way after the other; the next only when an index has no such build, or is ours and not there."""
        for way in ways[:-1]:
            try:
                return self._install_torch_from(way)
            except PipError as error:
                unreachable = error.trouble is Trouble.NETWORK and way.torch_index is not None
                if error.trouble is not Trouble.MISSING and not unreachable:
                    raise
        return self._install_torch_from(ways[-1])

    def _install_torch_from(self, way: Attempt) -> Attempt:
        pins = [pin for pin in read_set(self.place.requirements, way.accelerator).pins if pin.name == "torch"]
        print(f"torch, {way.accelerator} build, from {way.torch_index or 'the usual package index'}:", flush=True)
        self.pip.install("Installing torch", *self._index_options(way), *self._torch_lines(way, pins))
        return way

    def _index_options(self, way: Attempt) -> list[str]:
        if way.torch_index is None:
            return []
        # The same version from another index is another build, but pip would call it already satisfied.
        other = self.previous is not None and self.previous.torch_index != way.torch_index
        return ["--index-url", way.torch_index, *(["--force-reinstall"] if other else [])]

    def _torch_lines(self, way: Attempt, pins: list[Pin]) -> list[str]:
        if way.torch_index in (None, torch_index(self.place.requirements, way.accelerator)):
            return [pin.line for pin in pins]
        return [f"torch=={_public(pins[0].version)}"]  # an index of the user's own names its builds as it likes

    def _install_others(self, sets: list[PinnedSet]) -> None:
        others = self.place.temporary / "pins.txt"
        self.place.temporary.mkdir(exist_ok=True)
        lines = [pin.line for pinned in sets for pin in pinned.pins if pin.name != "torch"]
        others.write_text("\n".join(lines), encoding="utf-8")
        self.pip.install("Installing the other packages", "--requirement", str(others))

    def _install_project(self) -> None:
        """Make the `sinopia` command and the project's metadata; the code itself stays where it is."""
        unchanged = self._old_sets().get(PROJECT) == project_digest(self.place.root)
        there = any(self.place.site_packages.glob(f"{PROJECT}-*.dist-info")) and self.place.command.exists()
        if not (unchanged and there):
            options = ("--no-index", "--no-build-isolation", "--editable", str(self.place.root))
            self.pip.install("Installing Sinopia itself", *options)

    def _remove_unpinned(self, sets: list[PinnedSet]) -> None:
        """Remove what an earlier version of the pins installed; packages that the user added are left alone."""
        pinned = {pin.name for each in sets for pin in each.pins} | {PROJECT}
        present = {info.name for info in dist_infos(self.place.site_packages)}
        names = {_name(folder) for folder in present & self._old_distributions().keys()} - pinned
        if names:
            self.pip.uninstall(sorted(names))

    def _verified(self, sets: list[PinnedSet]) -> dict[str, tuple[str, ...]]:
        """Every pinned package with its top-level names, after making sure that all are there and torch loads."""
        found = {_name(info.name): info for info in dist_infos(self.place.site_packages)}
        pins = [pin for pinned in sets for pin in pinned.pins]
        wrong = sorted({pin.name for pin in pins if not _is_met(pin, pins, found)})
        if wrong or PROJECT not in found:
            raise InstallerError(f"pip left out {', '.join(wrong) or PROJECT}: delete {self.place.venv} and run again.")
        self._load_torch()
        ours = {pin.name for pin in pins} | {PROJECT}
        return {info.name: top_level(info) for name, info in found.items() if name in ours}

    def _load_torch(self) -> None:
        tried = subprocess.run([self.place.python, "-I", "-c", "import torch"], capture_output=True, text=True)
        if tried.returncode:
            said = (tried.stderr.strip() or f"exit {tried.returncode}").splitlines()[-1]
            raise InstallerError(
                f"torch is installed but does not load ({said}): try another build with --accelerator cpu or "
                "--torch-index URL."
            )

    def _record(
        self, way: Attempt, sets: dict[str, str], distributions: dict[str, tuple[str, ...]], *, complete: bool
    ) -> None:
        version = python_version(self.place.python)
        if version is None:
            raise InstallerError(f"{self.place.python} does not run: delete {self.place.venv} and run this again.")
        save_state(
            self.place,
            State(str(self.place.root), version, way.accelerator, way.torch_index, sets, distributions, complete),
        )


def _is_met(pin: Pin, pins: list[Pin], found: dict[str, Path]) -> bool:
    """Whether a pin is installed as it says; pins for some systems only may be absent, pip has judged their markers."""
    alike = [other for other in pins if other.name == pin.name]
    if pin.name not in found:
        return all(other.marker for other in alike)
    version = found[pin.name].name.removesuffix(".dist-info").partition("-")[2]
    return _public(version) in {_public(other.version) for other in alike}


def _name(dist_info: str) -> str:
    """The package of a metadata folder: torch-2.13.0+cpu.dist-info -> torch."""
    return canonical(dist_info.partition("-")[0])


def _public(version: str) -> str:
    """A version without the label of its build: 2.13.0+cpu -> 2.13.0."""
    return version.partition("+")[0]


def _remove_aside(folder: Path) -> None:
    """Delete a folder under another name, so that a deletion that is cut off leaves nothing that looks like it."""
    aside = folder.with_name(folder.name + ".old")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        print(f"Making {folder} anew.", flush=True)
        folder.rename(aside)
        shutil.rmtree(aside)
