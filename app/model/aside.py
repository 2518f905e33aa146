"""Work that is done aside, so that a window goes on answering: another thread works, ours hears what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

Found = TypeVar("Found")


class Aside(Protocol):
    """Does `work` in another thread, pieces in the order in which they came; then calls one of the others in ours."""

    def __call__(
        self, work: Callable[[], Found], done: Callable[[Found], object], failed: Callable[[Exception], object]
    ) -> None:
        """Begin, and return at once."""
        ...


def at_once(work: Callable[[], Found], done: Callable[[Found], object], failed: Callable[[Exception], object]) -> None:
    """Do the work here and now, where there is no window to keep alive."""
    try:
        found = work()
    except Exception as error:  # noqa: BLE001  as at the border of a thread: whoever asked hears of it
        failed(error)
    else:
        done(found)
