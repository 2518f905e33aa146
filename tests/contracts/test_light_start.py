"""What must start at once loads none of the heavy libraries, whatever the import graph looks like on paper."""

import pytest

from tests.support import run_python

HEAVY = ("torch", "diffusers", "transformers", "open_clip", "PySide6")

IMPORT_ALL_BELOW = """
import importlib, pkgutil, sys
for name in sys.argv[2:]:
    package = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(package, "__path__", []), name + "."):
        if not found.name.endswith(".__main__"):
            importlib.import_module(found.name)
print(*(name for name in sys.argv[1].split(",") if name in sys.modules))
"""


@pytest.mark.parametrize("command", [["--version"], ["nodes", "--json"]], ids=" ".join)
def test_a_light_command_loads_nothing_heavy(command: list[str]) -> None:
    result = run_python("-X", "importtime", "-m", "app", *command)
    assert result.returncode == 0, result.stderr[-2000:]
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in result.stderr.splitlines()}
    assert "app" in loaded or "argparse" in loaded  # the listing is there
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize(
    ("packages", "heavy"),
    [
        (("engine.api", "nodes.graph", "nodes.specs", "nodes.registry"), (*HEAVY, "numpy", "PIL")),
        (("app.cli", "app.client", "app.files"), HEAVY),
        (("app.tokens",), HEAVY),
        (("engine.runtime.executor", "engine.models.catalogue"), HEAVY),
    ],
    ids=("graph", "application", "tokens", "executor"),
)
def test_a_light_zone_loads_nothing_heavy(packages: tuple[str, ...], heavy: tuple[str, ...]) -> None:
    result = run_python("-c", IMPORT_ALL_BELOW, ",".join(heavy), *packages)
    assert result.returncode == 0, result.stderr[-2000:]
    assert result.stdout.split() == []
