"""Letters of menu entries: the expected ones first, none twice."""

from __future__ import annotations

import re

import hypothesis.strategies as st
from hypothesis import given

from app.model.mnemonics import with_mnemonics


def letters(titles: list[str]) -> list[str]:
    return [found[0].casefold() for title in titles if (found := re.findall("(?<!&)&([^&])", title))]


def test_entries_get_their_first_letters_as_far_as_they_are_free() -> None:
    assert with_mnemonics(["Undo", "Redo", "Select All", "Select Nothing", "Settings…"]) == [
        "&Undo",
        "&Redo",
        "&Select All",
        "Select &Nothing",
        "S&ettings…",
    ]
    assert with_mnemonics(["100 %", "Black & White", "B", "B"]) == ["100 %", "&Black && White", "B", "B"]


@given(st.lists(st.text(alphabet="abcXYZ é%&…1", min_size=1, max_size=8), max_size=9))
def test_no_letter_means_two_things_and_no_word_is_changed(titles: list[str]) -> None:
    marked = with_mnemonics(titles)
    assert [re.sub("&(.)", r"\1", title) for title in marked] == titles
    assert len(set(letters(marked))) == len(letters(marked))
