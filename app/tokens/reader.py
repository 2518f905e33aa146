"""Reads sentences with the tokenizers of a model, as the engine's own encoders do, without loading the model."""

from __future__ import annotations

from pathlib import Path

import msgspec
from tokenizers import Tokenizer

from app.model.token_reading import EncoderReading, Reading
from engine.api.decoding import decode_json

CLIP, T5 = "CLIP", "T5"


class _TextTower(msgspec.Struct, frozen=True):
    context_length: int


class _ClipModel(msgspec.Struct, frozen=True):
    text_cfg: _TextTower


class _ClipFile(msgspec.Struct, frozen=True):
    model_cfg: _ClipModel


class _T5File(msgspec.Struct, frozen=True):
    tokens: int


class SentenceReader:
    """The text encoders of the model in `folder`. Loading takes milliseconds; reading, far less than one.

    Raises:
        OSError: a file of the encoders is missing.
        Exception: one is damaged; `tokenizers` raises nothing narrower.
    """

    def __init__(self, folder: Path) -> None:
        clip, t5 = folder / "clip", folder / "t5"
        described = decode_json((clip / "open_clip_config.json").read_bytes(), _ClipFile)
        length = decode_json((t5 / "length.json").read_bytes(), _T5File)
        self._capacities = described.model_cfg.text_cfg.context_length, length.tokens
        self._tokenizers = tuple(_loaded(place / "tokenizer.json") for place in (clip, t5))

    def read(self, text: str) -> Reading:
        """How each encoder reads a sentence, also what it has no room for."""
        spans = [tuple(each.encode(text).offsets) for each in self._tokenizers]
        clip, t5 = self._capacities
        return Reading(text, (EncoderReading(CLIP, clip, 0, spans[0]), EncoderReading(T5, t5, clip, spans[1])))


def _loaded(file: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_str(file.read_text(encoding="utf-8"))
    # What does not fit is to be told, and padding is not part of the sentence.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
