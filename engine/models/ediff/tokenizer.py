"""Sentences as token ids: the tokenizer of one text encoder, read from its `tokenizer.json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from engine.models.errors import ModelFileError

Offsets = list[tuple[int, int]]


@dataclass(frozen=True, eq=False)
class SentenceTokenizer:
    """A tokenizer and the token id that fills a text up to an encoder's window."""

    tokenizer: Tokenizer
    pad: int

    def __len__(self) -> int:
        return int(self.tokenizer.get_vocab_size())

    def ids(self, text: str) -> list[int]:
        """The tokens of a text without those that mark its start and end."""
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def offsets(self, text: str) -> Offsets:
        """Character spans of the tokens of a text, uncut; special tokens are (0, 0)."""
        return list(self.tokenizer.encode(text).offsets)

    def windows(self, texts: Sequence[str], length: int) -> tuple[Tensor, Tensor]:
        """Token ids and mask, both int64 [B, length], cut and filled up to `length`; the end token survives the cut."""
        rows = [_cut(list(each.ids), length) for each in self.tokenizer.encode_batch(list(texts))]
        ids = torch.tensor([[*row, *[self.pad] * (length - len(row))] for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
        return ids, mask

    def save(self, file: Path) -> None:
        """Write its `tokenizer.json`."""
        self.tokenizer.save(str(file))


def load_tokenizer(file: Path, pad: str) -> SentenceTokenizer:
    """Read one `tokenizer.json`, which has the token `pad`.

    Raises:
        ModelFileError: it is missing, damaged, or knows no such token.
    """
    if not file.is_file():
        raise ModelFileError(file, "the tokenizer is missing")
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing more special
        raise ModelFileError(file, f"the tokenizer is damaged ({error})") from error
    # Some files come with a cut of their own; here each encoder says how much it reads.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    filler = tokenizer.token_to_id(pad)
    if filler is None:
        raise ModelFileError(file, f"the tokenizer knows no token {pad!r}")
    return SentenceTokenizer(tokenizer, filler)


def _cut(ids: list[int], length: int) -> list[int]:
    return ids if len(ids) <= length else [*ids[: length - 1], ids[-1]]
