"""From an exception to a problem: one plain sentence, what to do next, and the traceback apart."""

from __future__ import annotations

import errno
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
    """Whether memory ran out, of the machine or of its graphics card."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return _is_out_on_card(error) or (isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error))


def _is_out_on_card(error: BaseException) -> bool:
    """torch's allocator has an exception of its own; where the driver or a library runs out, only the words say so."""
    told = str(error)
    return type(error).__name__ == "OutOfMemoryError" or (
        isinstance(error, RuntimeError)
        and (("CUDA" in told and "out of memory" in told) or "STATUS_ALLOC_FAILED" in told)
    )


def _sentence(error: BaseException) -> str:
    text = _first_line(error) or type(error).__name__
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].strip().rstrip(".")


def _out_of_memory(error: BaseException, title: str, details: str) -> Problem:
    whose = "the graphics card's memory" if _is_out_on_card(error) else "memory"
    return Problem(ProblemCode.OUT_OF_MEMORY, f"{title} ran out of {whose}.", "Make the picture smaller.", details)


def _file_problem(error: OSError, title: str, details: str) -> Problem:
    name = f" {error.filename}" if error.filename else ""
    return Problem(
        ProblemCode.FILE,
        f"{title} could not use the file{name}: {error.strerror or _first_line(error)}.",
        "Check that it exists, that it may be read or written, and that the disk has room.",
        details,
    )
