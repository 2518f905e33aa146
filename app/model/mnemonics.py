"""Letters by which menus and their entries are reached from the keys; in each menu no letter means two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def with_mnemonics(titles: Iterable[str]) -> list[str]:
    """The titles with "&" before the letter that each is reached by; a literal "&" is doubled, as Qt wants it.

    The first letter of an entry is taken before those of its other words, and these before letters within words. Where
    all are taken, an entry has none.
    """
    titles = list(titles)
    places: dict[int, int] = {}
    taken: set[str] = set()
    for choices in (_first, _initials, _any):
        for number, title in enumerate(titles):
            free = (at for at in choices(title) if title[at].casefold() not in taken)
            if number not in places and (at := next(free, None)) is not None:
                places[number] = at
                taken.add(title[at].casefold())
    return [_marked(title, places.get(number)) for number, title in enumerate(titles)]


def _first(title: str) -> Iterator[int]:
    return (at for at in _any(title) if at == 0)


def _initials(title: str) -> Iterator[int]:
    return (at for at in _any(title) if at == 0 or not title[at - 1].isalnum())


def _any(title: str) -> Iterator[int]:
    """Letters that every keyboard has."""
    return (at for at, letter in enumerate(title) if letter.isascii() and letter.isalpha())


def _marked(title: str, place: int | None) -> str:
    if place is None:
        return title.replace("&", "&&")
    return title[:place].replace("&", "&&") + "&" + title[place:].replace("&", "&&")
