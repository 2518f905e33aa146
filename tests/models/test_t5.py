"""The encoder of T5 is the one of transformers, and so are its tokens."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast, T5EncoderModel
from transformers import T5Config as TheirConfig

from engine.models.catalogue import RESOURCES
from engine.models.ediff.encoders import Encoders
from engine.models.ediff.t5 import T5Config, T5Encoder, distance_buckets
from engine.models.ediff.tokenizer import SentenceTokenizer, load_tokenizer
from engine.models.errors import ModelFileError
from tests.models.small import random_encoders
from tests.support import run_python

STORYBOOK = RESOURCES / "storybook"


@pytest.mark.parametrize("feed_forward", ["relu", "gated-gelu"])
@pytest.mark.parametrize("length", [1, 7, 150])
def test_the_encoder_is_that_of_transformers_bit_for_bit(feed_forward: str, length: int) -> None:
    torch.manual_seed(0)
    theirs = TheirConfig(
        vocab_size=50, d_model=24, d_kv=8, d_ff=40, num_layers=3, num_heads=2, feed_forward_proj=feed_forward,
        relative_attention_num_buckets=16, relative_attention_max_distance=40, tie_word_embeddings=False,
    )  # fmt: skip
    expected = T5EncoderModel(theirs).eval()
    with torch.no_grad():
        for parameter in expected.parameters():
            parameter.normal_(std=0.3)
    own = T5Encoder(msgspec.convert(theirs.to_dict(), T5Config)).eval()
    own.load_state_dict(expected.state_dict())
    ids, mask = torch.randint(0, 50, (3, length)), torch.ones(3, length, dtype=torch.long)
    mask[1, length // 2 + 1 :] = 0
    with torch.no_grad():
        assert torch.equal(own(ids, mask), expected(input_ids=ids, attention_mask=mask).last_hidden_state)


@given(st.integers(1, 60), st.sampled_from([8, 16, 32]), st.integers(20, 128))
def test_distances_fall_into_buckets_that_widen(length: int, buckets: int, farthest: int) -> None:
    distance = torch.arange(-length, length + 1)
    found = distance_buckets(distance, buckets, farthest)
    behind, ahead = found[:length].flip(0), found[length + 1 :]
    assert 0 <= int(found.min()) <= int(found.max()) < buckets
    assert torch.equal(ahead, behind + buckets // 2)  # each direction has its half
    assert torch.equal(behind, behind.sort().values)
    assert torch.equal(behind[: buckets // 4 - 1], torch.arange(1, length + 1)[: buckets // 4 - 1])  # near ones exact


def test_saved_encoders_are_read_by_transformers(tmp_path: Path) -> None:
    encoders = random_encoders()
    encoders.save(tmp_path)
    config = TheirConfig.from_json_file(tmp_path / "t5" / "config.json")
    config.tie_word_embeddings = False
    theirs = T5EncoderModel(config).eval()
    theirs.load_state_dict(Encoders.load(tmp_path).t5.state_dict())
    ids, mask = encoders.t5_tokenizer.windows(["two foxes"], 14)
    with torch.no_grad():
        expected = theirs(input_ids=ids, attention_mask=mask).last_hidden_state * mask[:, :, None]
    assert torch.equal(Encoders.load(tmp_path).encode_text(["two foxes"]).t5, expected)


WORDS = ("a", "castle", "Dragon", "blue sky", ",", "🏰", "naïve", "  ", "</s>", "<|endoftext|>", "<pad>")


Pair = tuple[PreTrainedTokenizerFast, SentenceTokenizer]


@pytest.fixture(scope="module", params=[("clip", "<|endoftext|>"), ("t5", "<pad>")], ids=("clip", "t5"))
def pair(request: pytest.FixtureRequest) -> Pair:
    encoder, pad = request.param
    file = STORYBOOK / encoder / "tokenizer.json"
    return PreTrainedTokenizerFast(tokenizer_file=str(file), pad_token=pad), load_tokenizer(file, pad)


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join) | st.text(max_size=80), st.integers(4, 40))
def test_tokens_are_those_of_transformers(pair: Pair, text: str, length: int) -> None:
    theirs, own = pair
    ids, mask = own.windows([text, "a castle"], length)
    expected = theirs([text, "a castle"], padding="max_length", truncation=True, max_length=length, return_tensors="pt")
    assert torch.equal(ids, expected["input_ids"])
    assert torch.equal(mask, expected["attention_mask"])
    assert own.offsets(text) == theirs(text, return_offsets_mapping=True, truncation=False)["offset_mapping"]


def test_damaged_encoders_are_named(tmp_path: Path) -> None:
    random_encoders().save(tmp_path)
    with pytest.raises(ModelFileError, match="knows no token"):
        load_tokenizer(tmp_path / "t5" / "tokenizer.json", "<nothing>")
    (tmp_path / "t5" / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelFileError, match="tokenizer is damaged"):
        Encoders.load(tmp_path)
    (tmp_path / "t5" / "config.json").write_text('{"model_type": "t5", "feed_forward_proj": "gated-sine"}')
    with pytest.raises(ModelFileError, match="encoders cannot be read"):
        Encoders.load(tmp_path)


def test_a_model_is_loaded_without_transformers() -> None:
    code = (
        "import sys; from engine.models.catalogue import Catalogue;"
        "Catalogue().load_part('storybook', 'base', 'cpu');"
        "print(*(name for name in ('transformers', 'diffusers', 'torchvision', 'sympy') if name in sys.modules))"
    )
    result = run_python("-c", code)
    assert (result.returncode, result.stdout.split()) == (0, []), result.stderr[-2000:]
