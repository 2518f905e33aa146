"""Isolated phrase encoding: a phrase's rows of the sentence embedding replaced by its rows when encoded alone.

In a sentence every token knows the words around it, so "a red hat and a blue coat" leaks blue into the hat. A phrase
encoded alone knows only itself (DenseDiffusion splices rows in the same way).
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from engine.conditioning.brief import BriefError


def splice_phrase(sentence: Tensor, alone: Tensor, rows: Sequence[int], alone_rows: Sequence[int]) -> Tensor:
    """Return `sentence` [T, width] with its `rows` replaced by `alone_rows` of `alone` [T', width].

    Raises:
        BriefError: the phrase has another number of tokens alone than in the sentence (part of a word was chosen).
    """
    if len(rows) != len(alone_rows):
        raise BriefError(
            f"the phrase has {len(rows)} tokens in the sentence but {len(alone_rows)} alone; "
            "select whole words, or switch isolated encoding off"
        )
    spliced = sentence.clone()
    spliced[list(rows)] = alone[list(alone_rows)].to(sentence.dtype)
    return spliced
