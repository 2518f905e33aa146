"""The keys of actions: those that they come with, and those that the artist gave them instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.model.actions import ACTIONS, Action, Scope

_MODIFIERS = ("ctrl", "alt", "shift", "meta")

Chosen = Mapping[str, str]
"""The key that the artist gave an action, by its id; "" for none."""


def keys_of(action: Action, chosen: Chosen) -> tuple[str, ...]:
    """The keys that an action has now."""
    key = chosen.get(action.id)
    return action.keys if key is None else tuple(filter(None, (key,)))


def plain_key(key: str) -> str:
    """A key in one way of writing: "shift+ctrl+a" and "Ctrl+Shift+A" are the same."""
    # The plus key itself stands last, after the plus that joins.
    body, last = (key[:-2], "+") if key.endswith("++") else key.rpartition("+")[::2]
    held = {part.strip().casefold() for part in body.split("+")}
    return "+".join((*(each for each in _MODIFIERS if each in held), last.strip().casefold()))


def clashes(action: Action, key: str, chosen: Chosen, actions: Iterable[Action] = ACTIONS) -> tuple[Action, ...]:
    """The other actions that are heard in the same place and have this key."""
    wanted = plain_key(key)
    return tuple(
        other
        for other in actions
        if other.id != action.id
        and (other.scope is action.scope or Scope.WINDOW in (other.scope, action.scope))
        and wanted in map(plain_key, keys_of(other, chosen))
    )


def rebound(chosen: Chosen, action: Action, key: str, actions: Iterable[Action] = ACTIONS) -> dict[str, str]:
    """The artist's keys with `key` given to an action, and taken from those that clash with it."""
    taken = {other.id: "" for other in clashes(action, key, chosen, actions)} if key else {}
    return {**chosen, **taken, action.id: key}


def reset(chosen: Chosen, action: Action) -> dict[str, str]:
    """The artist's keys without the one for an action, which gets its first keys back."""
    return {name: key for name, key in chosen.items() if name != action.id}
