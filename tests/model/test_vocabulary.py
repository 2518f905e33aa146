"""Sentences held against the words of a model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.vocabulary import Vocabulary

KNOWN = Vocabulary(
    {
        "object": ("castle", "rabbit", "red mushroom", "sailing boat", "sailboat", "bunny"),
        "sky": ("blue sky", "starry night", "sunset sky"),
        "ground": ("sand dunes", "waves", "green grass"),
        "style": ("paper cut-out", "watercolour"),
        "tone": ("warm colours",),
    }
)


def strangers(text: str) -> list[str]:
    return [each.word for each in KNOWN.unknown(text)]


def alike(text: str) -> tuple[str, ...]:
    (unknown,) = KNOWN.unknown(text)
    return KNOWN.suggestions(text, unknown).alike


@pytest.mark.parametrize(
    "text",
    [
        "a castle and a red mushroom on green grass under a blue sky",
        "Two Castles, three bunnies and the rabbit's boats",
        "one wave on a dune in a warm colour",
        "a paper cut-out of a sailboat; paper cut out",
        "",
        "12 🏰 —",
    ],
)
def test_names_plurals_capitals_and_small_words_are_known(text: str) -> None:
    assert strangers(text) == []


def test_unknown_words_are_told_with_their_places() -> None:
    text = "a dragon by a 🏰 castel"
    assert [(text[each.start : each.end], each.word) for each in KNOWN.unknown(text)] == [
        ("dragon", "dragon"),
        ("castel", "castel"),
    ]


def test_a_model_that_tells_no_words_knows_all() -> None:
    assert Vocabulary({}).unknown("a dragon") == ()


@pytest.mark.parametrize(
    ("text", "first"),
    [("a castel", "castle"), ("a rabit", "rabbit"), ("Castl", "Castle"), ("under a statry night", "starry")],
)
def test_the_nearest_spelling_comes_first(text: str, first: str) -> None:
    assert alike(text)[0] == first


def test_a_word_that_goes_on_is_near() -> None:
    assert set(alike("a sail")) >= {"sailboat", "sailing boat"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a dragon", "object"),
        ("a castle under a zzzz", "sky"),
        ("a castle under a blue sky, zzzz", "style"),
        ("a castle on zzzz", "ground"),
        ("a castle in the style of zzzz", "style"),
    ],
)
def test_words_of_the_kind_that_fits_are_offered(text: str, kind: str) -> None:
    (unknown,) = KNOWN.unknown(text)
    offered = KNOWN.suggestions(text, unknown)
    assert (offered.kind, offered.others) == (kind, KNOWN.kinds[kind])


@given(st.text(max_size=60))
def test_what_is_told_stands_in_the_text(text: str) -> None:
    for each in KNOWN.unknown(text):
        assert text[each.start : each.end] == each.word
        assert not KNOWN.unknown(" ".join(KNOWN.suggestions(text, each).alike))
