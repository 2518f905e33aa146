"""The words that a model was shown, for a sentence to be held against, and near ones for those that it was not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

MOST_NEAR = 4

# Words that only join others; every model passes over them.
_SMALL = frozenset({
    "a", "above", "across", "after", "against", "all", "along", "among", "an", "and", "around", "as", "at", "be",
    "before", "behind", "below", "beneath", "beside", "between", "beyond", "both", "but", "by", "down", "each",
    "every", "few", "five", "for", "four", "from", "has", "have", "her", "his", "in", "inside", "into", "is", "it",
    "its", "like", "many", "more", "near", "next", "no", "not", "of", "off", "on", "one", "onto", "or", "other",
    "our", "out", "outside", "over", "past", "picture", "several", "show", "showing", "shows", "some", "style",
    "that", "the", "their", "these", "this", "those", "three", "through", "to", "together", "towards", "two", "under",
    "underneath", "up", "upon", "very", "was", "we", "were", "where", "which", "while", "who", "with", "within",
    "without",
})  # fmt: skip

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

_PLACED = {"under": "sky", "beneath": "sky", "below": "sky", "on": "ground", "onto": "ground", "style": "style"}
"""The kind of word that follows one of these, where a model tells kinds."""

_BEGIN = 4
"""Letters that a word must have for those to be near it that go on from it."""


@dataclass(frozen=True)
class UnknownWord:
    """Characters [start, end) of a text that are no word of the model."""

    start: int
    end: int
    word: str


@dataclass(frozen=True)
class Suggestions:
    """What may be written instead of a word: those `alike` in letters, and all `others` of the `kind` that fits."""

    alike: tuple[str, ...]
    kind: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The phrases that a model was trained on, by kind; none where it tells no words."""

    kinds: Mapping[str, tuple[str, ...]]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every single word in its phrases, in small letters, and the parts of those with a hyphen."""
        whole = [word for phrase in self._phrases for word in _WORD.findall(phrase.casefold())]
        return frozenset((*whole, *(part for word in whole for part in word.split("-"))))

    def unknown(self, text: str) -> tuple[UnknownWord, ...]:
        """The words of a text that the model was never shown; none where a model tells no words.

        Words that join others are no strangers, and neither are plurals and capital letters.
        """
        if not self.words:
            return ()
        return tuple(
            UnknownWord(*found.span(), found.group())
            for found in _WORD.finditer(text)
            if not self._knows(found.group())
        )

    def suggestions(self, text: str, word: UnknownWord) -> Suggestions:
        """What may stand in the place of a word."""
        kind = self._kind_after(text[: word.start])
        ranked = sorted((_distance(word.word.casefold(), each), each) for each in self._candidates)
        alike = [each for distance, each in ranked if distance <= max(1, len(word.word) // 3)]
        like = str.capitalize if word.word[:1].isupper() else str
        return Suggestions(tuple(map(like, alike[:MOST_NEAR])), kind, self.kinds.get(kind, ()))

    @property
    def _phrases(self) -> Iterable[str]:
        return (phrase for phrases in self.kinds.values() for phrase in phrases)

    @cached_property
    def _candidates(self) -> frozenset[str]:
        return self.words | frozenset(phrase.casefold() for phrase in self._phrases)

    def _knows(self, word: str) -> bool:
        plain = word.casefold().removesuffix("'s").removesuffix("’s")
        parts = plain.split("-") if plain not in self.words else [plain]
        return all(part in _SMALL or any(form in self.words for form in _forms(part)) for part in parts)

    def _kind_after(self, text: str) -> str:
        """The kind of thing that is likely named next."""
        clause = text.rpartition(",")[2]
        placed = [_PLACED[word] for word in _WORD.findall(clause.casefold()) if word in _PLACED]
        guessed = placed[-1] if placed else "style" if "," in text and not clause.strip() else ""
        return guessed if guessed in self.kinds else next(iter(self.kinds), "")


def _forms(word: str) -> Iterator[str]:
    """A word, and what it is in the singular and in the plural."""
    yield word
    yield f"{word}s"
    yield f"{word}es"
    if word.endswith("y"):
        yield f"{word[:-1]}ies"
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        if len(word) > len(ending) + 1 and word.endswith(ending):
            yield word.removesuffix(ending) + instead


def _distance(word: str, known: str) -> int:
    """How many letters are to be added, taken away, changed or swapped; 1 where a known word goes on from this one."""
    if len(word) >= _BEGIN and known.startswith(word):
        return 1
    before_last: list[int] = []
    last = list(range(len(known) + 1))
    for row, letter in enumerate(word, start=1):
        current = [row]
        for column, other in enumerate(known, start=1):
            best = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == known[column - 2] and word[row - 2] == other:
                best = min(best, before_last[column - 2] + 1)
            current.append(best)
        before_last, last = last, current
    return last[-1]
