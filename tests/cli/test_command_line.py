"""What holds for every command: exit codes, one plain sentence, help, no traceback."""

import json
import sys

import pytest

from app import __version__
from app.cli import main as command_line
from app.cli.errors import EngineFailureError
from app.cli.main import VERBS
from tests.cli.command import sinopia
from tests.support import run_python

Capture = pytest.CaptureFixture[str]


def test_the_front_door_tells_its_version() -> None:
    done = run_python("-m", "app", "--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"Sinopia {__version__}")


def test_without_a_command_and_a_studio_it_prints_its_help(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "STUDIO", "app.nowhere")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    said = sinopia(capsys)
    assert said.code == 0
    assert all(verb in said.out for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_has_help(verb: str, capsys: Capture) -> None:
    said = sinopia(capsys, verb, "--help")
    assert (said.code, said.err) == (0, "")
    assert f"usage: sinopia {verb}" in said.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rendr"], "Did you mean 'render'?"),
        (["knit"], "Choose one of render, check"),
        (["nodes", "--jsn"], "Unrecognized arguments: --jsn"),
        (["nodes", "--js"], "Unrecognized arguments: --js"),
        (["models"], "required: ACTION"),
        (["models", "burn"], "invalid choice: 'burn'"),
        (["eval", "taste"], "invalid choice: 'taste'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_usage_exits_2_with_one_sentence(words: list[str], told: str, capsys: Capture) -> None:
    said = sinopia(capsys, *words)
    assert said.code == 2
    assert told in said.complaint


def raising(error: BaseException) -> object:
    class Verb:
        @staticmethod
        def declare(parser: object) -> None:
            """No arguments."""

        @staticmethod
        def run(arguments: object) -> int:
            raise error

    return Verb


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (EngineFailureError("The engine is gone.", "Run it again."), 3, "The engine is gone. Run it again."),
        (KeyboardInterrupt(), 130, "Cancelled."),
        (ZeroDivisionError("division by zero"), 3, "Something unforeseen went wrong: ZeroDivisionError"),
    ],
    ids=["engine", "cancelled", "unforeseen"],
)
def test_however_a_command_ends_there_is_a_code_and_a_sentence(
    error: BaseException, code: int, told: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "app.cli.nodes", raising(error))
    said = sinopia(capsys, "nodes")
    assert said.code == code
    assert told in said.complaint


def test_a_traceback_is_shown_only_when_asked_for(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "app.cli.nodes", raising(ValueError("odd")))
    assert "Traceback" not in sinopia(capsys, "nodes").err
    assert "Traceback" in sinopia(capsys, "nodes", "--debug").err
    assert "Traceback" in sinopia(capsys, "--debug", "nodes").err


def test_a_reader_that_stops_listening_is_no_error() -> None:
    done = run_python("-c", "import subprocess, sys; "
                      "p = subprocess.Popen([sys.executable, '-m', 'app', 'nodes', '--json'], stdout=-1, stderr=-1); "
                      "p.stdout.read(10); p.stdout.close(); print(p.stderr.read()); sys.exit(p.wait())")  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.strip() == "b''"


def test_nodes_lists_every_declaration_in_full(capsys: Capture) -> None:
    said = sinopia(capsys, "nodes", "--json")
    listed = json.loads(said.out)
    denoise = next(node for node in listed if node["type"] == "sinopia.denoise")
    assert {"type", "title", "family", "help", "inputs", "outputs", "parameters"} <= set(denoise)
    assert next(port for port in denoise["inputs"] if port["name"] == "style")["many"] is True
    assert next(port for port in denoise["inputs"] if port["name"] == "prompt")["many"] is False
    steps = next(parameter for parameter in denoise["parameters"] if parameter["name"] == "steps")
    assert (steps["kind"], steps["minimum"]) == ("integer", 1)


def test_nodes_for_people_name_every_type(capsys: Capture) -> None:
    said = sinopia(capsys, "nodes")
    listed = json.loads(sinopia(capsys, "nodes", "--json").out)
    assert all(node["type"] in said.out for node in listed)


def test_every_verb_has_a_module() -> None:
    assert all(callable(command_line._verb(verb).run) for verb in VERBS)
