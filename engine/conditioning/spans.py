"""From the characters of a phrase to the columns its tokens occupy, and what to tell the artist about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.conditioning.brief import PhraseLayer

Offsets = Sequence[tuple[int, int]]
"""Character spans [start, end) of an encoder's tokens, as fast tokenizers give them; special tokens are empty."""

SMALLEST_GRID = 8
"""Side of the coarsest grid a network attends at; its layers decide most of the layout."""


def token_columns(offsets: Offsets, start: int, end: int, column_offset: int = 0) -> tuple[int, ...]:
    """Return the columns of the tokens that share a character with [start, end).

    `column_offset` is the column of the encoder's first token among all cross-attention keys. Tokens are found by
    their characters, never by searching ids: a repeated word, or padding that looks like "!", cannot be mistaken.
    """
    return tuple(
        column_offset + index for index, (first, last) in enumerate(offsets) if max(first, start) < min(last, end)
    )


def phrase_span(prompt: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without blanks at its ends (a sentence-piece token owns the blank before its word)."""
    text = prompt[start:end]
    return start + len(text) - len(text.lstrip()), start + len(text.rstrip())


@dataclass(frozen=True)
class TokenSpans:
    """One encoder's reading of a prompt: its token spans after truncation, and the column of its first token."""

    offsets: Offsets
    column_offset: int


@dataclass(frozen=True)
class PhraseReport:
    """Where a phrase layer acts, and why it may not.

    `columns`: per encoder, the cross-attention columns of the phrase. `past_limit`: the encoders that cut the prompt
    before the phrase ends. `too_small`: less than one cell of the 8x8 grid is painted.
    """

    id: str
    text: str
    columns: Mapping[str, tuple[int, ...]]
    not_in_prompt: bool
    past_limit: tuple[str, ...]
    too_small: bool

    @property
    def all_columns(self) -> tuple[int, ...]:
        """The columns of every encoder together, as `paint_with_words` takes them."""
        return tuple(column for owned in self.columns.values() for column in owned)

    @property
    def problems(self) -> tuple[str, ...]:
        """What the artist should know, in words; empty when the layer acts as painted."""
        told = ["not in the prompt"] if self.not_in_prompt else []
        told += [f"past the token limit of {encoder}" for encoder in self.past_limit]
        told += ["smaller than one cell at 8x8"] if self.too_small else []
        return tuple(told)


def report_phrase(prompt: str, layer: PhraseLayer, encoders: Mapping[str, TokenSpans]) -> PhraseReport:
    """Find the columns of a layer's phrase in each encoder's reading of `prompt`, and everything wrong with them."""
    start, end = phrase_span(prompt, layer.start, layer.end)
    absent = layer.end > len(prompt) or start >= end
    columns = {
        name: () if absent else token_columns(spans.offsets, start, end, spans.column_offset)
        for name, spans in encoders.items()
    }
    read = {name: max((last for _, last in spans.offsets), default=0) for name, spans in encoders.items()}
    return PhraseReport(
        id=layer.id,
        text=prompt[start:end],
        columns=columns,
        not_in_prompt=absent,
        past_limit=() if absent else tuple(name for name in encoders if read[name] < end),
        too_small=float(layer.mask.sum()) < layer.mask.size / SMALLEST_GRID**2,
    )
