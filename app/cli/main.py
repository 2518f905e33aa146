"""Reads the command line, runs one verb, and turns whatever happens into an exit code and one plain sentence."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NoReturn, Protocol, cast

from app import __version__
from app.cli.errors import CommandError, Exit, UsageError
from app.cli.terminal import say
from app.doctor.display import advice_for, missing_libraries, opens_under_x11

VERBS: Mapping[str, str] = {
    "render": "run a project and write its pictures",
    "check": "list everything that is wrong with a project",
    "nodes": "list every node type with its ports and parameters",
    "info": "tell where a picture came from",
    "extract": "take the project out of a picture",
    "models": "list the models and what they know",
    "train": "train one network by a configuration",
    "eval": "measure a model",
    "bench": "measure the speed of this machine",
    "doctor": "examine this installation",
}
"""Every verb is the module of its name in this package, but for `MODULES`."""

MODULES: Mapping[str, str] = {"eval": "evaluate"}

STUDIO = "app.qt.start"
PROJECT_ENDING = ".sinopia"


class Verb(Protocol):
    """What the module of a verb offers."""

    def declare(self, parser: argparse.ArgumentParser) -> None:
        """Add the verb's own arguments."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the work and return the exit code. Raises CommandError with what the person should read."""
        ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (that of the process by default) and return its exit code."""
    told = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(told)
    except CommandError as error:
        return _report(str(error), error.exit, told)
    except KeyboardInterrupt:
        return _report("Cancelled.", Exit.CANCELLED, told)
    except BrokenPipeError:
        # Whoever read our output has heard enough; Python must not complain again when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except Exception as error:  # noqa: BLE001  the border of the process: a person gets a sentence, not a traceback
        return _report(f"Something unforeseen went wrong: {type(error).__name__}: {error}.", Exit.ENGINE, told)


def _report(sentence: str, code: Exit, told: Sequence[str]) -> int:
    if "--debug" in told:
        traceback.print_exc()
    hint = " Run it again with --debug to see where." if sentence.startswith("Something unforeseen") else ""
    say(f"sinopia: {sentence}{hint}", sys.stderr)
    return code


def _run(told: list[str]) -> int:
    if _asks_for_studio(told):
        _see_that_a_window_opens()
        return cast(int, import_module(STUDIO).main(told))
    chosen = next((word for word in told if not word.startswith("-")), None)
    if chosen is not None and chosen not in VERBS:
        raise UsageError(f"There is no command {chosen!r}.", _nearest(chosen))
    parser = _parser(chosen)
    arguments = parser.parse_args(told)
    if chosen is None:
        parser.print_help()
        return Exit.DONE
    return _verb(chosen).run(arguments)


def _asks_for_studio(told: Sequence[str]) -> bool:
    """Whether a window is wanted (no command, or just a project), and can be there."""
    named = not told or (len(told) == 1 and told[0].endswith(PROJECT_ENDING))
    return named and find_spec("PySide6") is not None and _has_display()


def _see_that_a_window_opens() -> None:
    """Without these Qt would end the process by a signal, and say what only programmers understand."""
    missing = missing_libraries() if opens_under_x11() else ()
    if missing:
        raise CommandError("No window can open: libraries of the system are missing.", advice_for(missing))


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin") or "QT_QPA_PLATFORM" in os.environ:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _nearest(word: str) -> str:
    close = get_close_matches(word, VERBS, 1)
    return f"Did you mean {close[0]!r}?" if close else f"Choose one of {', '.join(VERBS)}."


def _verb(name: str) -> Verb:
    """Only the chosen verb is imported: listing nodes need not wait for what rendering needs."""
    return cast(Verb, import_module(f"app.cli.{MODULES.get(name, name)}"))


class _Parser(argparse.ArgumentParser):
    """Complains in our words; and takes no abbreviations, which a later option could make ambiguous."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}.", f"See `{self.prog} --help`.")


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sinopia",
        description="Paint the phrases of a sentence; a local engine turns them into a picture.",
        epilog="Exit codes: 0 done; 1 the file or a value is wrong; 2 wrong usage; 3 engine failure; 130 cancelled.",
    )
    parser.add_argument("--version", action="version", version=f"Sinopia {__version__}")
    _add_debug(parser, default=False)
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    for name, text in VERBS.items():
        verb = verbs.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        _add_debug(verb, default=argparse.SUPPRESS)
        if name == chosen:
            _verb(name).declare(verb)
    return parser


def _add_debug(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument("--debug", action="store_true", default=default, help="show the traceback of an error")
