"""Programs of the engine run in a process of their own, and their tracebacks become sentences."""

import io
from pathlib import Path

import pytest

from app.cli.engine_tools import failure, relay, run_tool
from app.cli.errors import CommandError, EngineFailureError
from tests.cli.command import sinopia

Capture = pytest.CaptureFixture[str]

LINES = ("step 1\n", "Traceback (most recent call last):\n", '  File "x.py", line 1\n', "ValueError: odd\n")


def test_a_traceback_is_held_back_unless_asked_for() -> None:
    quiet, full = io.StringIO(), io.StringIO()
    assert relay(LINES, quiet, debug=False) == "ValueError: odd"
    assert relay(LINES, full, debug=True) == "ValueError: odd"
    assert quiet.getvalue() == "step 1\n"
    assert full.getvalue() == "".join(LINES)


def test_what_the_engine_refuses_is_a_wrong_file_and_all_else_a_breakdown() -> None:
    refused = failure("engine.training.errors.TrainingConfigError: base.toml: no such field", "engine.x")
    assert type(refused) is CommandError
    assert str(refused) == "base.toml: no such field."
    assert type(failure("ValueError: odd", "engine.x")) is EngineFailureError
    assert str(failure("", "engine.x")).startswith("engine.x broke down.")


def test_a_program_that_does_not_exist_is_reported(capsys: Capture) -> None:
    with pytest.raises(EngineFailureError, match=r"engine\.nowhere broke down"):
        run_tool("engine.nowhere", [], debug=False)


def test_training_without_a_configuration_names_the_file(capsys: Capture, tmp_path: Path) -> None:
    said = sinopia(capsys, "train", tmp_path / "none.toml")
    assert said.code == 1
    assert f"{tmp_path / 'none.toml'}: there is no such file." in said.complaint


def test_training_by_a_wrong_configuration_names_what_is_wrong(capfd: Capture, tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text('name = "odd"\ncolour = "red"\n', encoding="utf-8")
    said = sinopia(capfd, "train", tmp_path / "odd.toml")
    assert said.code == 1
    assert "odd.toml" in said.complaint
