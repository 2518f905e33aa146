"""One engine process and the connection to it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from pathlib import Path

from app.client.errors import RefusedError, StartError
from app.client.logs import new_log, tail
from app.client.settings import ROOT, EngineSettings
from engine.api.errors import Problem, ProblemCode, ProtocolError
from engine.api.messages import (
    LONGEST_FRAME,
    PROTOCOL_VERSION,
    AnyEvent,
    AnyRequest,
    Hello,
    Refused,
    Shutdown,
    Welcome,
    decode_events,
    encode_request,
)

KEY_BYTES = 32

KILLED = 9
"""The signal by which a system ends who takes the memory of all; nobody else ends an engine by it but we."""

# How often a starting engine is looked for, in seconds.
GLANCE = 0.005

# How long an engine may take to leave when asked, and to write where it hangs before it is killed, in seconds.
FAREWELL = 2.5
CONFESSION = 0.3

# Unix sockets have short names; a longer temporary folder than this would not fit.
LONGEST_FOLDER = 70


class EngineProcess:
    """A running engine that has said Welcome. Not thread-safe: one thread owns it."""

    def __init__(self, process: subprocess.Popen[bytes], connection: Connection, log: Path, patience: float) -> None:
        self.connection = connection
        self.log = log
        self._process = process
        self._patience = patience
        self._ended_by_us = threading.Event()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, request: AnyRequest) -> None:
        """Send a request; OSError when the engine has gone. An engine that does not even read is killed."""
        frame = encode_request(request)
        with _killed_after(self._process, self._patience, self._ended_by_us):
            self.connection.send_bytes(frame)

    def receive(self) -> tuple[AnyEvent, ...]:
        """The next events; waits for them. OSError, EOFError or ProtocolError when the engine has lost its way."""
        return decode_events(self.connection.recv_bytes(LONGEST_FRAME))

    def stop(self) -> None:
        """Ask the engine to leave, and see to it that it does."""
        with contextlib.suppress(OSError):
            self.send(Shutdown())
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(FAREWELL)
        self.kill()

    def kill(self) -> None:
        """End the process at once if it still runs."""
        self.connection.close()
        self._process.kill()
        self._process.wait()

    def describe_death(self) -> tuple[str, str]:
        """Why the engine hung up, in a sentence, and what to do next. Its process is gone then."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(FAREWELL)  # who hangs up is about to end, but may not have ended yet
        hung_up = self._process.poll()
        self.kill()
        if self._ended_by_us.is_set():
            return (
                f"The engine was ended, because it heard nothing for {self._patience:g} seconds.",
                f"Its log is {self.log}.",
            )
        if hung_up == -KILLED:
            return "The system ended the engine, most likely because memory ran out.", "Make the picture smaller."
        ending = "it hung up" if hung_up is None else describe_exit(hung_up)
        return f"The engine has died ({ending}).", f"Its log is {self.log}."

    def confess(self) -> None:
        """Let a hung engine write into its log where each of its threads is."""
        if hasattr(signal, "SIGUSR1"):
            self._process.send_signal(signal.SIGUSR1)
            time.sleep(CONFESSION)


def start_engine(settings: EngineSettings, client: str) -> EngineProcess:
    """Start an engine and wait for its Welcome. Raises StartError or RefusedError."""
    log = _new_log(settings.logs)
    key = secrets.token_bytes(KEY_BYTES)
    with _address() as address:
        process = _spawn(settings, address, key, log)
        try:
            with _killed_after(process, settings.start_patience):
                connection = _connect(process, address, key, log)
                _introduce(connection, client)
        except (OSError, EOFError) as error:
            raise _not_started(process, log) from error
        except BaseException:
            process.kill()
            process.wait()
            raise
    return EngineProcess(process, connection, log, settings.patience)


def _new_log(folder: Path) -> Path:
    try:
        return new_log(folder)
    except OSError as error:
        sentence = f"The engine's log cannot be written to {folder}: {error.strerror}."
        raise StartError(Problem(ProblemCode.ENGINE_START, sentence, "Make the folder writable.")) from error


@contextlib.contextmanager
def _address() -> Iterator[str]:
    """Where client and engine meet: a pipe on Windows, a socket in a folder of our own elsewhere."""
    if sys.platform == "win32":
        yield rf"\\.\pipe\sinopia-{os.getpid()}-{secrets.token_hex(8)}"
        return
    roomy = len(tempfile.gettempdir()) < LONGEST_FOLDER
    folder = tempfile.mkdtemp(prefix="sinopia-", dir=None if roomy else "/tmp")
    try:
        yield str(Path(folder) / "engine")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _spawn(settings: EngineSettings, address: str, key: bytes, log: Path) -> subprocess.Popen[bytes]:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **settings.environment}
    try:
        with log.open("ab") as output:
            process = subprocess.Popen(
                settings.command(address),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=environment,
                # Away from our terminal's Ctrl-C: a cancelled job is no dead engine.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
    except OSError as error:
        sentence = f"The engine cannot be started with {settings.python}: {error.strerror}."
        raise StartError(Problem(ProblemCode.ENGINE_START, sentence, "Install the program again.")) from error
    _hand_over(key, process)
    return process


def _hand_over(key: bytes, process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError), process.stdin as pipe:  # a dead engine is reported by whoever waits for it
            pipe.write(key.hex().encode() + b"\n")


def _connect(process: subprocess.Popen[bytes], address: str, key: bytes, log: Path) -> Connection:
    while process.poll() is None:
        try:
            return Client(address, authkey=key)
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(GLANCE)  # it is not listening yet
        except (AuthenticationError, OSError, EOFError) as error:
            raise _not_started(process, log) from error
    raise _not_started(process, log)


def _not_started(process: subprocess.Popen[bytes], log: Path) -> StartError:
    process.kill()
    sentence = f"The engine did not come up ({describe_exit(process.wait())})."
    advice = "Run `sinopia doctor` to see what is missing."
    return StartError(Problem(ProblemCode.ENGINE_START, sentence, advice, tail(log)))


def _introduce(connection: Connection, client: str) -> None:
    connection.send_bytes(encode_request(Hello(PROTOCOL_VERSION, client)))
    try:
        (answer,) = decode_events(connection.recv_bytes(LONGEST_FRAME))
    except (ProtocolError, ValueError) as error:
        sentence = "The engine's first words could not be understood."
        advice = "Install the program again: its parts are of different versions."
        raise RefusedError(Problem(ProblemCode.PROTOCOL, sentence, advice, repr(error))) from error
    if isinstance(answer, Refused):
        raise RefusedError(answer.problem)
    if not isinstance(answer, Welcome):
        sentence = f"The engine began with {type(answer).__name__} where Welcome belongs."
        raise RefusedError(Problem(ProblemCode.PROTOCOL, sentence, "Install the program again."))


def describe_exit(status: int) -> str:
    """An exit status in words."""
    if status >= 0:
        return f"exit code {status}"
    try:
        return f"ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"ended by signal {-status}"


@contextlib.contextmanager
def _killed_after(
    process: subprocess.Popen[bytes], seconds: float, killed: threading.Event | None = None
) -> Iterator[None]:
    """Nothing inside can block for longer, since what it waits for is gone then; `killed` tells if it came to that."""

    def kill() -> None:
        if killed is not None:
            killed.set()
        process.kill()

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
