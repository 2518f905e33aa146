"""Phrases keep their words while the text around and inside them is edited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.anchors import Anchor, Change, anchor, change_between, from_utf16, reanchor, to_utf16

TEXT = "a rabbit mage by a castle under a night sky"


def bound(text: str, phrase: str) -> Anchor:
    start = text.index(phrase)
    found = anchor(text, start, start + len(phrase))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("after", "phrase"),
    [
        ("a big rabbit mage by a castle under a night sky", "castle"),
        ("a rabbit by a castle under a night sky", "castle"),
        ("a rabbit mage by a stone castle under a night sky", "castle"),
        ("a rabbit mage by a castles under a night sky", "castles"),
        ("a rabbit mage by a candle under a night sky", "candle"),
        ("a rabbit mage by a tower under a night sky", "tower"),
        ("a rabbit mage by a cast under a night sky", "cast"),
        ("a rabbit mage by a castle, under a night sky", "castle"),
        ("a rabbit mage by a castle", "castle"),
        ("castle under a night sky", "castle"),
    ],
)
def test_a_phrase_follows_its_words(after: str, phrase: str) -> None:
    (moved,) = reanchor([bound(TEXT, "castle")], TEXT, after)
    assert not moved.lost
    assert moved.phrase == phrase == after[moved.start : moved.end]


@pytest.mark.parametrize("after", ["a rabbit mage by a  under a night sky", "a rabbit mage", ""])
def test_a_phrase_whose_words_are_gone_is_lost_and_keeps_its_name(after: str) -> None:
    (moved,) = reanchor([bound(TEXT, "castle")], TEXT, after)
    assert moved.lost
    assert (moved.phrase, moved.end - moved.start) == ("castle", 6)


def test_a_lost_phrase_is_found_again_when_its_words_come_back_just_once() -> None:
    without = TEXT.replace("castle", "")
    (lost,) = reanchor([bound(TEXT, "castle")], TEXT, without)
    (found,) = reanchor([lost], without, "a castle and a rabbit mage")
    assert (found.lost, found.start, found.end) == (False, 2, 8)
    (twice,) = reanchor([lost], without, "a castle and a castle")
    assert twice.lost


def test_a_lost_phrase_takes_no_words_that_another_holds() -> None:
    before = "castle and castle"
    first, second = Anchor(0, 6, "castle"), Anchor(11, 17, "castle")
    after = "castle and "
    kept, lost = reanchor([first, second], before, after)
    assert (kept.lost, kept.start) == (False, 0)
    assert lost.lost


def test_the_editor_can_tell_which_of_two_equal_words_was_removed() -> None:
    before, after = "red red", "red"
    first, second = Anchor(0, 3, "red"), Anchor(4, 7, "red")
    kept = reanchor([first, second], before, after, Change(0, 4, ""))
    assert [each.lost for each in kept] == [True, False]
    kept = reanchor([first, second], before, after, Change(3, 4, ""))
    assert [each.lost for each in kept] == [False, True]


def test_a_phrase_follows_into_a_wholly_new_sentence_that_has_it_once() -> None:
    (moved,) = reanchor([bound(TEXT, "night sky")], TEXT, "Under the night sky, two owls")
    assert (moved.lost, moved.start, moved.end) == (False, 10, 19)


def test_blanks_around_a_selection_are_left_out() -> None:
    assert anchor(TEXT, 1, 9) == Anchor(2, 8, "rabbit")
    assert anchor(TEXT, 1, 2) is None
    assert anchor(TEXT, 40, 400) == Anchor(40, 43, "sky")


def test_positions_that_count_utf16_units_are_translated() -> None:
    text = "a 🏰 castle"
    assert from_utf16(text, 5) == 4
    assert to_utf16(text, 4) == 5
    assert [from_utf16(text, to_utf16(text, place)) for place in range(len(text) + 1)] == list(range(len(text) + 1))


texts = st.text(alphabet="ab 🏰", max_size=12)


@given(texts, texts)
def test_the_change_between_two_texts_makes_one_of_the_other(before: str, after: str) -> None:
    change = change_between(before, after)
    assert before[: change.at] + change.inserted + before[change.at + change.removed :] == after


@given(texts, st.data())
def test_a_phrase_that_is_not_lost_always_says_what_stands_there(before: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(before)))
    found = anchor(before, start, data.draw(st.integers(start, len(before))))
    at = data.draw(st.integers(0, len(before)))
    change = Change(at, data.draw(st.integers(0, len(before) - at)), data.draw(texts))
    after = before[:at] + change.inserted + before[at + change.removed :]
    for moved in reanchor([found] if found else [], before, after, change):
        assert moved.end - moved.start == len(moved.phrase) > 0
        assert moved.lost or after[moved.start : moved.end] == moved.phrase
        untouched = found is not None and (at + change.removed < found.start or at > found.end)
        assert not untouched or (not moved.lost and found is not None and moved.phrase == found.phrase)
