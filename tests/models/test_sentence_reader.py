"""The window's reading of a sentence is the one of the engine's encoders."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.token_reading import Reading
from app.tokens.reader import SentenceReader
from engine.conditioning.brief import PhraseLayer, PhraseMasks
from engine.models.catalogue import RESOURCES
from engine.models.ediff.encoders import Encoders
from engine.models.storybook import StorybookDenoiser
from tests.models.small import write_model

STORYBOOK = RESOURCES / "storybook"

WORDS = ("a", "castle", "Castles", "and", "dragon", "blue sky", "under", ",", "🏰", "cut-out", "naïve", "  ", "!")
sentences = st.lists(st.sampled_from(WORDS), max_size=50).map(" ".join) | st.text(max_size=60)


@pytest.fixture(scope="module")
def encoders() -> Encoders:
    return Encoders.load(STORYBOOK)


@pytest.fixture(scope="module")
def reader() -> SentenceReader:
    return SentenceReader(STORYBOOK)


@given(sentences)
def test_tokens_are_those_of_the_engine(encoders: Encoders, reader: SentenceReader, text: str) -> None:
    read = reader.read(text)
    assert [list(each.spans) for each in read.encoders] == list(encoders.token_offsets(text))
    assert [each.capacity for each in read.encoders] == [encoders.shape.clip_tokens, encoders.shape.t5_tokens]
    for each, tokenizer in zip(read.encoders, (encoders.clip_tokenizer, encoders.t5_tokenizer), strict=True):
        _ids, mask = tokenizer.windows([text], each.capacity)
        assert int(mask.sum()) == min(each.taken, each.capacity)


def test_columns_are_those_that_the_engine_paints(tmp_path: Path) -> None:
    from engine.models.catalogue import Catalogue

    write_model(tmp_path)
    denoiser: StorybookDenoiser = Catalogue(tmp_path).load_part("storybook", "base", "cpu")
    text = "a red fox under the night sky, " * 6
    layers = tuple(
        PhraseLayer(str(start), start, start + 7, np.ones((8, 8), np.float32)) for start in range(2, len(text) - 7, 3)
    )
    read: Reading = SentenceReader(tmp_path / "storybook").read(text)
    for layer, told in zip(layers, denoiser.report_phrases(text, PhraseMasks(text, layers)), strict=True):
        words = text[layer.start : layer.end]
        start, end = layer.start + len(words) - len(words.lstrip()), layer.start + len(words.rstrip())
        assert {each.name: each.columns(start, end) for each in read.encoders} == told.columns
        assert tuple(each.name for each in read.encoders if each.read_to < end) == told.past_limit
