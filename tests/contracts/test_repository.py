"""What is kept under version control stays small, and stands on its own."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from installer.accelerator import ACCELERATORS
from installer.pins import read_set
from tests.support import ROOT

MEBIBYTE = 2**20
LARGEST_FILE = 16 * MEBIBYTE
LARGEST_TOTAL = 48 * MEBIBYTE
LONGEST_MODULE = 500  # lines: beyond that a module has more than one subject

# Names under which pinned distributions of the test set are imported.
TEST_PACKAGES = {"grimp", "hypothesis", "importlinter", "pytest", "pytestqt"}


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every file under version control that is there."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_the_repository_stays_small(tracked: list[Path]) -> None:
    sizes = {path: path.stat().st_size for path in tracked}
    assert [str(path) for path, size in sizes.items() if size > LARGEST_FILE] == []
    assert sum(sizes.values()) <= LARGEST_TOTAL


def test_modules_have_one_subject(tracked: list[Path]) -> None:
    modules = [path for path in tracked if path.suffix == ".py"]
    assert len(modules) > 10
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert {path: length for path, length in lengths.items() if length >= LONGEST_MODULE} == {}


def test_the_installer_needs_only_the_standard_library() -> None:
    foreign = imported_below(ROOT / "installer") - set(sys.stdlib_module_names)
    assert foreign == {"installer"}


def test_tests_import_only_what_is_pinned() -> None:
    ours = {"app", "engine", "installer", "nodes", "tests"}
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    packages = next(set(each["outside"]) for each in contracts if each["id"] == "packages")
    assert imported_below(ROOT / "tests") <= ours | packages | TEST_PACKAGES | set(sys.stdlib_module_names)


def test_every_pin_is_pinned_once() -> None:
    folder = ROOT / "installer" / "requirements"
    assert {path.stem for path in folder.glob("*.txt")} == {*ACCELERATORS, "runtime", "test"}
    for accelerator in ACCELERATORS:
        pins = [pin for name in (accelerator, "runtime", "test") for pin in read_set(folder, name).pins]
        others = [pin.name for pin in pins if pin.name != "torch"]
        assert sorted(others) == sorted(set(others))
        assert pins[0].name == "torch"


def imported_below(folder: Path) -> set[str]:
    """The top-level names of everything that the modules below `folder` import."""
    return {name for path in folder.rglob("*.py") for name in imported_by(ast.parse(path.read_text(encoding="utf-8")))}


def imported_by(tree: ast.Module) -> set[str]:
    """The top-level names that one module imports, at its head or inside functions."""
    names = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names
