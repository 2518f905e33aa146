"""The two commands: make the environment ready, then run the program or its tests."""

import argparse
import errno
import sys
from collections.abc import Sequence
from pathlib import Path

from installer.accelerator import ACCELERATORS, Request
from installer.environment import make_ready
from installer.errors import InstallerError
from installer.launch import run_program, run_tests
from installer.pip import Trouble, next_step
from installer.place import Place

INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Carry out one command; returns the exit status. Whatever goes wrong is told in one sentence."""
    options = _parser().parse_args(arguments)
    place = Place(Path(__file__).resolve().parent.parent)
    test = options.command == "test"
    try:
        make_ready(place, Request(options.accelerator, options.torch_index, test))
        return run_tests(place) if test else run_program(place)
    except InstallerError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(_system_trouble(error, place))
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m installer", description=__doc__)
    parser.add_argument("command", choices=("run", "test"), help="run the program, or its tests and checks")
    parser.add_argument(
        "--accelerator",
        choices=("auto", *ACCELERATORS),
        default="auto",
        help="which build of torch; auto keeps what is installed, and on the first run goes by the driver it finds",
    )
    parser.add_argument(
        "--torch-index", metavar="URL", help="the package index to take torch from (torch only), such as a mirror"
    )
    return parser


def _fail(sentence: str) -> int:
    print(f"\n{sentence}", file=sys.stderr)
    return 1


def _system_trouble(error: OSError, place: Place) -> str:
    if error.errno == errno.ENOSPC:
        return f"Writing in {place.root} failed, {next_step(Trouble.DISK)}."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{error.filename or place.root} may not be written: "
            "put this folder where you may write, or change its permissions, and run this again."
        )
    return f"{error.filename or place.root}: {error.strerror}. Mend that and run this again."
