"""What the two commands do once the environment is ready."""

import os
import subprocess
import sys
from collections.abc import Sequence

from installer.place import WINDOWS, Place

DEMO = "resources/examples/demo.sinopia"
OUTPUTS = "outputs"
STUDIO = "app/qt/application.py"


def run_program(place: Place) -> int:
    """Open the studio where there is one and a display to show it on; otherwise render the demo project."""
    if (place.root / STUDIO).exists() and _has_display():
        return _call(place, "-m", "app")
    return _render_demo(place)


def run_tests(place: Place) -> int:
    """Lint, import directions, types and tests, all of them even when one fails; 0 only when all pass."""
    linter = place.scripts / ("lint-imports.exe" if WINDOWS else "lint-imports")
    checks: dict[str, Sequence[str]] = {
        "ruff": [str(place.python), "-m", "ruff", "check", "."],
        "import-linter": [str(linter)],
        "mypy": [str(place.python), "-m", "mypy"],
        "pytest": [str(place.python), "-m", "pytest", "-q", "-n", "2", "--dist", "loadscope"],
    }
    failed = []
    for name, command in checks.items():
        print(f"\n== {name}", flush=True)
        if subprocess.run(command, cwd=place.root).returncode:
            failed.append(name)
    print(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0


def _render_demo(place: Place) -> int:
    """Render the demo project, its progress in sight, and say where the picture is."""
    command = [str(place.python), "-m", "app", "render", DEMO, "-o", OUTPUTS]
    done = subprocess.run(command, cwd=place.root, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    for picture in done.stdout.splitlines():
        print(f"The picture is in {place.root / picture}")
    return done.returncode


def _call(place: Place, *arguments: str) -> int:
    return subprocess.run([str(place.python), *arguments], cwd=place.root).returncode


def _has_display() -> bool:
    if WINDOWS or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
