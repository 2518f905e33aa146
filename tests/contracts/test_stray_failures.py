"""The test configuration itself: a failure that no test is looking at still fails that test."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support import ROOT, run_python

CASES = {
    "thread": """
        import threading
        def test() -> None:
            worker = threading.Thread(target=lambda: 1 / 0)
            worker.start()
            worker.join()
    """,
    "finaliser": """
        class Broken:
            def __del__(self) -> None:
                raise RuntimeError("lost")
        def test() -> None:
            Broken()
    """,
    "qt_method": """
        from PySide6.QtCore import QCoreApplication, QEvent, QObject
        class Broken(QObject):
            def event(self, event: QEvent) -> bool:
                raise RuntimeError("lost")
        def test(qapp: QCoreApplication) -> None:
            qapp.sendEvent(Broken(), QEvent(QEvent.Type.User))
    """,
    "qt_warning": """
        from PySide6.QtCore import qWarning
        def test() -> None:
            qWarning("odd")
    """,
    "python_warning": """
        import warnings
        def test() -> None:
            warnings.warn("old", DeprecationWarning)
    """,
    "marker": """
        import pytest
        @pytest.mark.slwo
        def test() -> None: ...
    """,
}
SOUND = "def test() -> None: ...\n"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """PASSED, FAILED or ERROR for each case, run under this project's configuration."""
    folder = tmp_path_factory.mktemp("stray")
    for name, source in {**CASES, "sound": SOUND}.items():
        (folder / f"test_{name}.py").write_text(dedent(source), encoding="utf-8")
    options = ["-rA", "-p", "no:cacheprovider", "--continue-on-collection-errors", f"--rootdir={folder}"]
    result = run_python("-m", "pytest", "-c", ROOT / "pyproject.toml", *options, folder, cwd=folder)
    told = re.findall(r"^(PASSED|FAILED|ERROR) \S*test_(\w+)\.py", result.stdout, re.MULTILINE)
    return {name: word for word, name in told}


@pytest.mark.parametrize("case", CASES)
def test_a_stray_failure_fails_its_test(case: str, outcomes: dict[str, str]) -> None:
    assert outcomes["sound"] == "PASSED"
    assert outcomes[case] in ("FAILED", "ERROR")


def test_user_folders_are_our_own(sinopia_home: Path) -> None:
    told = run_python("-c", "import os; print(os.environ['SINOPIA_HOME'])").stdout.strip()
    assert Path(told) == sinopia_home
    assert list(sinopia_home.iterdir()) == []
