"""A typed observer: listeners are plain callables, called in the order in which they were connected."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Generic, TypeAlias, TypeVarTuple

Values = TypeVarTuple("Values")

Disconnect: TypeAlias = Callable[[], None]
"""Ends one connection; calling it again does nothing."""


class Signal(Generic[*Values]):
    """Something that happened, with values. Belongs to one thread: `emit` calls the listeners where it is called."""

    def __init__(self) -> None:
        self._listeners: dict[object, Callable[[*Values], object]] = {}

    def connect(self, listener: Callable[[*Values], object]) -> Disconnect:
        """Call `listener` at every `emit` from now on; the answer ends that."""
        connection = object()
        self._listeners[connection] = listener

        def disconnect() -> None:
            self._listeners.pop(connection, None)

        return disconnect

    def emit(self, *values: *Values) -> None:
        """Tell every listener. One that raises keeps no other from hearing; its error is raised when all were told."""
        with ExitStack() as told:
            for connection in reversed(self._listeners):
                told.callback(self._tell, connection, *values)

    def _tell(self, connection: object, *values: *Values) -> None:
        # Looked up only now: a listener that was disconnected by an earlier one is not called any more.
        listener = self._listeners.get(connection)
        if listener is not None:
            listener(*values)
