"""From characters to token columns, and what is reported of a phrase."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.conditioning.brief import BriefError, PhraseLayer
from engine.conditioning.isolated_phrases import splice_phrase
from engine.conditioning.spans import Offsets, TokenSpans, phrase_span, report_phrase, token_columns
from tests.numerics.toys import noise

PROMPT = "a red hat, a blue hat"


def words(text: str, room: int = 77) -> list[tuple[int, int]]:
    """Begin token, words and marks, end token and padding, as a CLIP tokenizer gives their offsets."""
    found = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)][: room - 2]
    return [(0, 0), *found, *[(0, 0)] * (room - 1 - len(found))]


def pieces(text: str, room: int = 113) -> list[tuple[int, int]]:
    """Words that own the blank before them, end token and padding, as a sentence-piece tokenizer may give them."""
    found = [match.span() for match in re.finditer(r"\s?\w+|[^\w\s]", text)][: room - 1]
    return [*found, *[(0, 0)] * (room - len(found))]


ENCODERS = {"clip_text": TokenSpans(words(PROMPT), 0), "t5": TokenSpans(pieces(PROMPT), 77)}


def layer(start: int, end: int, share: float = 1.0) -> PhraseLayer:
    mask = np.zeros((64, 64), np.float32)
    mask[: round(64 * share)] = 1.0
    return PhraseLayer("hat", start, end, mask)


def test_a_phrase_owns_columns_in_both_encoders() -> None:
    report = report_phrase(PROMPT, layer(2, 9), ENCODERS)
    assert (report.text, report.problems) == ("red hat", ())
    assert report.columns == {"clip_text": (2, 3), "t5": (78, 79)}
    assert report.all_columns == (2, 3, 78, 79)


def test_the_chosen_occurrence_of_a_word_is_meant() -> None:
    assert token_columns(words(PROMPT), 6, 9) == (3,)
    assert token_columns(words(PROMPT), 18, 21) == (7,)


def test_blanks_at_the_ends_of_a_selection_own_nothing() -> None:
    """Otherwise a sentence-piece word that owns its leading blank would be painted with the phrase before it."""
    assert phrase_span(PROMPT, 1, 10) == (2, 10)
    assert report_phrase(PROMPT, layer(0, 2), ENCODERS).columns["t5"] == (77,)


def test_part_of_a_word_means_its_token() -> None:
    assert token_columns(words(PROMPT), 3, 4) == (2,)


@settings(max_examples=30, deadline=None)
@given(text=st.text(alphabet="ab ,é漢", max_size=40), data=st.data())
def test_neighbouring_spans_share_the_tokens_of_the_whole(text: str, data: st.DataObject) -> None:
    offsets: Offsets = words(text)
    middle = data.draw(st.integers(0, len(text)))
    first, second = token_columns(offsets, 0, middle), token_columns(offsets, middle, len(text))
    assert sorted({*first, *second}) == list(token_columns(offsets, 0, len(text)))
    assert len({*first} & {*second}) <= 1


def test_what_keeps_a_phrase_from_acting_is_told() -> None:
    short = {"clip_text": TokenSpans(words(PROMPT, room=5), 0), "t5": ENCODERS["t5"]}
    cut = report_phrase(PROMPT, layer(13, 21), short)
    assert cut.problems == ("past the token limit of clip_text",)
    assert cut.columns == {"clip_text": (), "t5": (82, 83)}
    halved = report_phrase(PROMPT, layer(2, 9), {"clip_text": TokenSpans(words(PROMPT, room=4), 0)})
    assert (halved.problems, halved.all_columns) == (("past the token limit of clip_text",), (2,))
    assert report_phrase(PROMPT, layer(13, 40), ENCODERS).problems == ("not in the prompt",)
    assert report_phrase(PROMPT, layer(1, 2), ENCODERS).problems == ("not in the prompt",)
    tiny = PhraseLayer("dot", 2, 5, np.pad(np.ones((7, 7), np.float32), (0, 57)))
    assert report_phrase(PROMPT, tiny, ENCODERS).problems == ("smaller than one cell at 8x8",)
    cell = PhraseLayer("dot", 2, 5, np.pad(np.ones((8, 8), np.float32), (0, 56)))
    assert report_phrase(PROMPT, cell, ENCODERS).problems == ()


def test_an_isolated_phrase_replaces_its_own_rows_only() -> None:
    sentence, alone = noise(10, 4), noise(5, 4, seed=1)
    spliced = splice_phrase(sentence, alone, rows=(2, 3), alone_rows=(1, 2))
    assert (spliced[2:4] == alone[1:3]).all()
    assert (spliced[[0, 1, *range(4, 10)]] == sentence[[0, 1, *range(4, 10)]]).all()


def test_an_isolated_part_of_a_word_is_named() -> None:
    with pytest.raises(BriefError, match="2 tokens in the sentence but 1 alone; select whole words"):
        splice_phrase(noise(10, 4), noise(5, 4), rows=(2, 3), alone_rows=(1,))
