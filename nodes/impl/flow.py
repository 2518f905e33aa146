"""Nodes that direct what runs."""

from __future__ import annotations

from engine.runtime.context import Context


def switch(context: Context, *, first: object, second: object, choice: str) -> object:
    """The chosen one of two values; the other was never computed."""
    return first if choice == "first" else second
