"""What the text encoders of a model make of a sentence: which columns a phrase steers, and what falls off the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = 40


@dataclass(frozen=True)
class EncoderReading:
    """How one text encoder reads a sentence.

    `capacity`: the tokens it takes, its marks for beginning and end among them. `first`: the place of its first column
    among all columns that the picture attends to. `spans`: the characters [start, end) of every token, also of those
    that it has no room for; marks are empty.
    """

    name: str
    capacity: int
    first: int
    spans: tuple[tuple[int, int], ...]

    @property
    def taken(self) -> int:
        """The tokens that the whole sentence would take."""
        return len(self.spans)

    @property
    def overflows(self) -> bool:
        """Whether words fall off the end."""
        return self.taken > self.capacity

    @property
    def read_to(self) -> int:
        """The character after the last that it reads."""
        return max((last for _first, last in self._kept), default=0)

    def columns(self, start: int, end: int) -> tuple[int, ...]:
        """The columns of the tokens that share a character with [start, end) of the sentence."""
        kept = enumerate(self._kept, self.first)
        return tuple(column for column, (first, last) in kept if max(first, start) < min(last, end))

    @property
    def _kept(self) -> Sequence[tuple[int, int]]:
        # The mark for the end takes the last place of a sentence that fills the encoder.
        return self.spans[: self.capacity - 1]


@dataclass(frozen=True)
class Reading:
    """A sentence as all text encoders of a model read it."""

    text: str
    encoders: tuple[EncoderReading, ...]

    @property
    def fullness(self) -> str:
        """How full each encoder is: "CLIP 18 of 32, T5 22 of 40"."""
        return ", ".join(f"{each.name} {each.taken} of {each.capacity}" for each in self.encoders)

    @property
    def unread(self) -> tuple[int, int] | None:
        """The characters that no encoder reads; None when each is read by one at least."""
        if not self.encoders or not all(each.overflows for each in self.encoders):
            return None
        return self._rest(max(each.read_to for each in self.encoders))

    @property
    def warning(self) -> str:
        """What falls off the end, as a sentence; "" when nothing does."""
        unread = self.unread
        if unread is not None:
            return f"No encoder reads as far as {_quoted(self.text[slice(*unread)])}. Shorten the sentence."
        short = [each for each in self.encoders if each.overflows]
        whole = [each.name for each in self.encoders if not each.overflows]
        if not short:
            return ""
        start, end = self._rest(min(each.read_to for each in short))
        names = " and ".join(each.name for each in short)
        return f"{_quoted(self.text[start:end])} falls off the end of {names}; only {' and '.join(whole)} reads it."

    def told_of(self, start: int, end: int) -> str:
        """Which columns the characters [start, end) steer, and how full the encoders are."""
        steered = [(each.name, columns) for each in self.encoders if (columns := each.columns(start, end))]
        told = " and ".join(f"{name} {_listed(columns)}" for name, columns in steered)
        lines = [f"Steers {told}." if told else "Steers nothing: no encoder reads these words."]
        lines += [
            f"{each.name} does not read to its end." for each in self.encoders if each.overflows and each.read_to < end
        ]
        return "\n".join((*lines, f"{self.fullness} tokens taken."))

    def _rest(self, start: int) -> tuple[int, int]:
        """What follows a character, without the blanks around it."""
        rest = self.text[start:]
        return start + len(rest) - len(rest.lstrip()), start + len(rest.rstrip())


def _listed(columns: Sequence[int]) -> str:
    """Columns in words; those of one phrase lie side by side."""
    first, last = columns[0], columns[-1]
    return f"column {first}" if first == last else f"columns {first}–{last}"


def _quoted(words: str) -> str:
    """Words in quotation marks, the middle of many left out."""
    words = " ".join(words.split())
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST // 2].rstrip()} … {words[-_LONGEST // 2 :].lstrip()}"
    return f"“{words}”"
