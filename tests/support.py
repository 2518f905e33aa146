"""The one way in which tests start another Python."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run_python(
    *arguments: str | Path,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    python: str | Path = sys.executable,
    timeout: float = 120.0,
) -> subprocess.CompletedProcess[str]:
    """Run `python` with `arguments` in `cwd` and wait; `environment` is added to ours. The caller judges the exit."""
    return subprocess.run(
        [str(python), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )
