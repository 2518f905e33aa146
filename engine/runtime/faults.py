"""From an exception to a problem: one plain sentence, what to do next, and the traceback apart."""

from __future__ import annotations

import traceback

from engine.api.errors import EngineError, Problem, ProblemCode

# Exceptions of these packages are written for the artist; others speak to programmers.
OUR_PACKAGES = ("engine.", "nodes.")


def problem_of(error: BaseException, title: str) -> Problem:
    """What to tell about `error`, raised while the node called `title` ran."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, EngineError):
        return Problem(error.code, _sentence(error), error.advice, details)
    if is_out_of_memory(error):
        return _out_of_memory(error, title, details)
    if type(error).__module__.startswith(OUR_PACKAGES):
        return Problem(ProblemCode.NODE, _sentence(error), "", details)
    if isinstance(error, OSError):
        return _file_problem(error, title, details)
    return Problem(
        ProblemCode.UNEXPECTED,
        f"{title} stopped with {type(error).__name__}: {_first_line(error) or 'no further words'}.",
        "Check what is wired into it; run again with --debug to see where it happened.",
        details,
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out; torch says so in three ways."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error)


def _sentence(error: BaseException) -> str:
    text = _first_line(error) or type(error).__name__
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].strip().rstrip(".")


def _out_of_memory(error: BaseException, title: str, details: str) -> Problem:
    return Problem(
        ProblemCode.OUT_OF_MEMORY,
        f"{title} ran out of memory, even with all kept results let go ({_first_line(error) or 'no figures'}).",
        "Make the picture smaller, or close other programs that use the memory.",
        details,
    )


def _file_problem(error: OSError, title: str, details: str) -> Problem:
    name = f" {error.filename}" if error.filename else ""
    return Problem(
        ProblemCode.FILE,
        f"{title} could not use the file{name}: {error.strerror or _first_line(error)}.",
        "Check that it exists, that it may be read or written, and that the disk has room.",
        details,
    )
