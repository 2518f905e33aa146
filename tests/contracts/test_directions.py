"""The import directions hold, and each contract catches a forbidden import planted in each of its zones."""

import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import ROOT, run_python

LINT = ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]

# What each contract must refuse wherever it reaches.
FORBIDDEN = {
    "directions": "import app.client",
    "packages": "import scipy.linalg",
    "messages": "import numpy",
    "mathematics": "from transformers import CLIPTextModel",
    "no-files": "from pathlib import Path",
    "models": "from PySide6.QtGui import QImage",
    "process": "import diffusers",
    "graph": "import torch",
    "node-work": "from PySide6 import QtWidgets",
    "light-app": "import torch.nn",
    "tokens": "import transformers",
    "front-door": "import numpy",
    "studio": "import torch",
}


@dataclass(frozen=True)
class Contract:
    """A contract as pyproject.toml writes it, and the packages that it guards."""

    id: str
    name: str
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Planted:
    """A copy with forbidden imports: where they stand, by contract, and what the linter said."""

    modules: dict[str, list[str]]
    report: str


def read_contracts() -> tuple[Contract, ...]:
    """All contracts of pyproject.toml; the layers below the top one count as zones, they must not look up."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    zones = [each.get("zones") or each.get("source_modules") or each["layers"][1:] for each in listed]
    return tuple(Contract(each["id"], each["name"], tuple(its)) for each, its in zip(listed, zones, strict=True))


def copy_packages(folder: Path) -> Path:
    """The Python files of the three packages, the configuration and our contract type."""
    others = shutil.ignore_patterns("__pycache__", "*.png", "*.safetensors", "*.json")
    for package in ("app", "engine", "nodes", "tests/contracts"):
        shutil.copytree(ROOT / package, folder / package, ignore=others)
    shutil.copy(ROOT / "tests" / "__init__.py", folder / "tests")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def plant(folder: Path, zone: str, contract: str) -> str:
    """Hide the forbidden import inside a function in `zone`; returns the module it stands in."""
    place = folder.joinpath(*zone.split("."))
    name = "planted_" + contract.replace("-", "_")
    module = place.with_suffix(".py")
    if not module.exists():
        place.mkdir(exist_ok=True)
        (place / "__init__.py").touch()
        module = place / f"{name}.py"
    with module.open("a", encoding="utf-8") as file:
        file.write(f"\n\ndef _planted() -> None:\n    {FORBIDDEN[contract]}\n")
    return f"{zone}.{name}" if module.stem == name else zone


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """One copy in which every contract is broken in each of its zones."""
    folder = copy_packages(tmp_path_factory.mktemp("planted"))
    modules = {each.id: [plant(folder, zone, each.id) for zone in each.zones] for each in read_contracts()}
    result = run_python(*LINT, cwd=folder, environment={"COLUMNS": "200"})
    assert result.returncode == 1, result.stdout + result.stderr
    return Planted(modules, result.stdout)


def explanation(report: str, name: str) -> str:
    """The part of the linter's report that tells why the contract called `name` is broken."""
    explained = report.partition("Broken contracts\n")[2]
    found = re.search(rf"^{re.escape(name)}\n-+\n(.*?)(?=^[^\n]+\n-{{5,}}\n|\Z)", explained, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def test_all_directions_hold() -> None:
    result = run_python(*LINT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("contract", read_contracts(), ids=lambda contract: contract.id)
def test_each_contract_catches_a_planted_import(contract: Contract, planted: Planted) -> None:
    package = FORBIDDEN[contract.id].split()[1].partition(".")[0]
    told = explanation(planted.report, contract.name)
    for module in planted.modules[contract.id]:
        assert re.search(rf"\b{re.escape(module)}\b.*\b{package}\b", told), planted.report


def test_each_contract_names_packages_that_exist() -> None:
    named = {zone for contract in read_contracts() for zone in contract.zones}
    assert {zone for zone in named if not exists(ROOT.joinpath(*zone.split(".")))} == set()


def exists(place: Path) -> bool:
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()
