"""Phrases bound to characters of a text, and how the binding survives the editing of that text.

Positions are Python's: they count characters. `from_utf16` and `to_utf16` translate those of editors that count
UTF-16 units, in which a character beyond the first plane (an emoji) takes two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Anchor:
    """Characters [start, end) of a text, which were `phrase`. `lost`: they are no longer there."""

    start: int
    end: int
    phrase: str
    lost: bool = False


@dataclass(frozen=True)
class Change:
    """At `at`, `removed` characters made room for the text `inserted`."""

    at: int
    removed: int
    inserted: str

    @property
    def shift(self) -> int:
        """How far everything behind moves."""
        return len(self.inserted) - self.removed


def change_between(before: str, after: str) -> Change:
    """The shortest single change that makes `after` of `before`; of several equal ones, the rightmost."""
    shorter = min(len(before), len(after))
    start = 0
    while start < shorter and before[start] == after[start]:
        start += 1
    tail = 0
    while tail < shorter - start and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return Change(start, len(before) - start - tail, after[start : len(after) - tail])


def anchor(text: str, start: int, end: int) -> Anchor | None:
    """Bind to characters [start, end) of `text` without the blanks around them; None when nothing else is there."""
    start, end = max(start, 0), min(end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Anchor(start, end, text[start:end]) if start < end else None


def reanchor(anchors: Sequence[Anchor], before: str, after: str, change: Change | None = None) -> tuple[Anchor, ...]:
    """Where each phrase of `before` is in `after`; `change` tells which of several equal changes it was.

    Text typed inside a phrase, and letters typed onto either end of its words, become part of it. A phrase whose
    characters are all gone is lost. A lost phrase is found again when its words are written anew, just once; words
    that stood there all along are not taken for it.
    """
    change = change or change_between(before, after)
    moved = [each if each.lost else _moved(each, before, after, change) for each in anchors]
    taken = [(each.start, each.end) for each in moved if not each.lost]
    return tuple(_found_again(each, after, change, taken) if each.lost else each for each in moved)


def from_utf16(text: str, position: int) -> int:
    """The place in `text` of a position that counts UTF-16 units."""
    units = 0
    for index, character in enumerate(text):
        if units >= position:
            return index
        units += 1 + (ord(character) > 0xFFFF)
    return len(text)


def to_utf16(text: str, position: int) -> int:
    """The number of UTF-16 units before the place `position` in `text`."""
    return position + sum(ord(character) > 0xFFFF for character in text[:position])


def _moved(old: Anchor, before: str, after: str, change: Change) -> Anchor:
    edge = change.at + change.removed
    if edge <= old.start:
        start, end = old.start + change.shift, old.end + change.shift
        if edge == old.start:
            start -= _grown_left(before, old, change)
    elif change.at >= old.end:
        start, end = old.start, old.end
        if change.at == old.end:
            end += _grown_right(before, old, change)
    else:
        start = old.start if change.at >= old.start else change.at + len(change.inserted)
        end = old.end + change.shift if edge <= old.end else change.at
        start, end = _without_overhang(start, end, old, change)
    return anchor(after, start, end) or replace(old, lost=True)


def _without_overhang(start: int, end: int, old: Anchor, change: Change) -> tuple[int, int]:
    # Taking away the phrase together with text around it takes the phrase away, whatever came instead.
    swallowed = change.at <= old.start and change.at + change.removed >= old.end
    exact = change.at == old.start and change.removed == old.end - old.start
    return (0, 0) if swallowed and not exact else (start, end)


def _grown_left(before: str, old: Anchor, change: Change) -> int:
    """How many of the inserted characters begin the phrase's first word now."""
    if change.removed or not _is_letter(before[old.start]):
        return 0
    letters = re.search(r"\w*$", change.inserted)
    # When all of it are letters that go on a word before the phrase, they belong to that word.
    joins_word_before = old.start > 0 and _is_letter(before[old.start - 1])
    return 0 if letters is None or joins_word_before else len(letters.group())


def _grown_right(before: str, old: Anchor, change: Change) -> int:
    """How many of the inserted characters end the phrase's last word now."""
    if change.removed or not _is_letter(before[old.end - 1]):
        return 0
    letters = re.match(r"\w*", change.inserted)
    return len(letters.group()) if letters else 0


def _is_letter(character: str) -> bool:
    return re.fullmatch(r"\w", character) is not None


def _found_again(lost: Anchor, text: str, change: Change, taken: Sequence[tuple[int, int]]) -> Anchor:
    written = change.at, change.at + len(change.inserted)
    pattern = rf"(?<!\w){re.escape(lost.phrase)}(?!\w)"
    places = [match.span() for match in re.finditer(pattern, text)]
    fresh = [place for place in places if _overlap(place, written) and not any(_overlap(place, each) for each in taken)]
    return Anchor(*fresh[0], lost.phrase) if len(fresh) == 1 else lost


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])
