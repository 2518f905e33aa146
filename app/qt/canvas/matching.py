"""Finding a node type by a few letters: over titles, then aliases, then families. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_START_OF_TITLE = 60
_START_OF_WORD = 12
_IN_A_ROW = 8
_ELSEWHERE = 1
_SKIPPED = 0.05


@dataclass(frozen=True)
class Fit:
    """How well letters fit a text: `score` (more is better) and which of its characters they are."""

    score: float
    places: tuple[int, ...]


def letters_fit(letters: str, text: str) -> Fit | None:
    """Find `letters` in this order in `text`, best at starts of words and in a row; None when they are not all there.

    Both are compared without regard to case. The first letter of each run is tried at every place, so "sr" finds the
    R of "Seed Range" rather than the first r of another word.
    """
    wanted, inside = letters.casefold().replace(" ", ""), text.casefold()
    best: Fit | None = None
    for start in range(len(inside)):
        if wanted and inside[start] == wanted[0]:
            found = _walk(wanted, inside, start)
            if found is not None and (best is None or found.score > best.score):
                best = found
    return best if wanted else Fit(0.0, ())


def _walk(wanted: str, inside: str, start: int) -> Fit | None:
    places = [start]
    for letter in wanted[1:]:
        place = _next_place(letter, inside, places[-1] + 1)
        if place < 0:
            return None
        places.append(place)
    return Fit(_score(inside, places), tuple(places))


def _next_place(letter: str, inside: str, begin: int) -> int:
    """The next letter in a row when it is that one, else the next start of a word, else the next at all."""
    if inside[begin : begin + 1] == letter:
        return begin
    place = inside.find(" " + letter, begin - 1)
    return place + 1 if place >= 0 else inside.find(letter, begin)


def _score(inside: str, places: Sequence[int]) -> float:
    score = -_SKIPPED * len(inside)
    for number, place in enumerate(places):
        if place == 0:
            score += _START_OF_TITLE
        elif number and places[number - 1] == place - 1:
            score += _IN_A_ROW
        elif inside[place - 1] in " -_/":
            score += _START_OF_WORD
        else:
            score += _ELSEWHERE
    return score


@dataclass(frozen=True)
class Candidate:
    """Something that can be found: what it is called, and the other words for it."""

    key: str
    title: str
    family: str = ""
    help: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A candidate, and where its title (or else the alias it was found by) matched."""

    candidate: Candidate
    score: float
    places: tuple[int, ...] = ()
    alias: str = ""


def search(letters: str, candidates: Iterable[Candidate]) -> list[Found]:
    """The candidates that fit, best first; all of them in their own order when no letters are given."""
    found = [hit for candidate in candidates if (hit := _find(letters, candidate)) is not None]
    return found if not letters.strip() else sorted(found, key=lambda hit: (-hit.score, hit.candidate.title))


def _find(letters: str, candidate: Candidate) -> Found | None:
    hits = []
    if (fit := letters_fit(letters, candidate.title)) is not None:
        hits.append(Found(candidate, fit.score + 5, fit.places))
    for alias in (*candidate.aliases, candidate.family):
        fit = letters_fit(letters, alias)
        # Scattered letters in an alias that is not even shown would look like chance.
        if fit is not None and letters.strip() and _in_a_row(fit.places):
            hits.append(Found(candidate, fit.score * 0.8, (), alias))
    return max(hits, key=lambda hit: hit.score, default=None)


def _in_a_row(places: Sequence[int]) -> bool:
    return not places or places[-1] - places[0] < len(places) + 2
