"""The engine process: `python -m engine --address ADDRESS`, started and spoken to by the client alone.

The key that both sides prove to know comes in as one line of standard input. Standard error is the log.
"""

import argparse
import contextlib
import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from pathlib import Path

from engine.api.model_folders import ModelWatch
from engine.models.catalogue import RESOURCES, Catalogue
from engine.runtime.host import LOG, Host, HostSettings, greet
from engine.runtime.machine import cache_budget, model_budget

# How long an engine waits for its client, in seconds.
PATIENCE = 30.0
NO_CLIENT = 4
BROKEN = 5


def main() -> int:
    """Wait for the client, serve it, and leave."""
    begun = time.monotonic()
    arguments = _parser().parse_args()
    _prepare_process()
    connection = _meet_client(arguments.address, bytes.fromhex(sys.stdin.readline()))
    if connection is not None:
        Host(connection, _settings(arguments, begun)).serve()
    return 0


class InstalledModels:
    """The models of the program and those that were added."""

    def __init__(self, added: Path | None) -> None:
        folders = (RESOURCES, *([added] if added else []))
        self._catalogue, self._watch = Catalogue(*folders), ModelWatch(folders)

    def load(self, model: str, part: str, device: str) -> object:
        """Load one denoiser onto a device."""
        return self._catalogue.load_part(model, part, device)

    def changed(self) -> bool:
        """Whether models came, went or were replaced since this was asked before."""
        return self._watch.changed()


def _settings(arguments: argparse.Namespace, begun: float) -> HostSettings:
    models, installed = arguments.model_bytes, InstalledModels(arguments.models)
    return HostSettings(
        installed.load,
        installed.changed,
        tuple(filter(None, arguments.warm.split(","))),
        arguments.cache_bytes or cache_budget(),
        (lambda _device: int(models)) if models else model_budget,
        arguments.longest_silence,
        begun,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    parser.add_argument(
        "--address", required=True, help="where to listen: a socket's path, or a pipe's name on Windows"
    )
    parser.add_argument("--warm", default="torch", help="modules to import ahead of the first job, with commas between")
    parser.add_argument("--models", type=Path, help="folder of the models that were added to those of the program")
    parser.add_argument("--cache-bytes", type=int, help="most bytes of results to keep (default: an eighth of memory)")
    parser.add_argument("--model-bytes", type=int, help="most bytes of models to keep (default: by the device)")
    parser.add_argument(
        "--longest-silence",
        type=float,
        default=120.0,
        help="seconds in which no thread could run before it ends itself",
    )
    return parser


def _prepare_process() -> None:
    # Before any library can read them: the engine never asks the network for anything, nor runs code out of a model.
    os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", DIFFUSERS_DISABLE_REMOTE_CODE="1")
    # By default idle threads of torch spin. Where another program wants the same cores, all then wait for a thread that
    # cannot run: on two busy cores, a render of seconds took minutes.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    faulthandler.enable()
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR1, all_threads=True)  # the client asks a hung engine where it is
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the client, which then cancels
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, stream=sys.stderr)
    threading.excepthook = _end_with_thread
    # Where memory runs out, the system shall end the engine and not the studio.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def _end_with_thread(problem: threading.ExceptHookArgs) -> None:
    """An engine that has lost one of its threads would only look alive; the client starts another."""
    LOG.critical("a thread broke", exc_info=problem.exc_value)
    os._exit(BROKEN)


def _meet_client(address: str, key: bytes) -> Connection | None:
    lonely = threading.Timer(PATIENCE, os._exit, [NO_CLIENT])
    lonely.daemon = True
    lonely.start()
    connection = _accept(address, key)
    try:
        welcome = greet(connection)
    except (OSError, EOFError) as error:
        LOG.warning("the client went before it said Hello: %r", error)
        welcome = False
    lonely.cancel()
    return connection if welcome else None


def _accept(address: str, key: bytes) -> Connection:
    """The first connection that proves to know the key; others are turned away."""
    with Listener(address, authkey=key) as listener:
        while True:
            try:
                return listener.accept()
            except (AuthenticationError, OSError, EOFError) as error:
                LOG.warning("turned a connection away: %r", error)


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    # Threads may still be inside torch, which an orderly end of the interpreter would pull from under them.
    os._exit(code)
