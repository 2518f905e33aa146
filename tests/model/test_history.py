"""The undo stack over plain values, where every step can be checked by hand."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.history import ENTRY_COST, History, HistoryError


def lengths(before: str, after: str) -> int:
    return len(before) + len(after)


def history(budget: int = 2**20) -> History[str]:
    return History("", lengths, budget)


def test_undo_and_redo_walk_through_the_values() -> None:
    edited = history()
    edited.push("a", "Type a")
    edited.push("ab", "Type b")
    assert [edited.undo(), edited.value, edited.undo(), edited.value, edited.undo()] == [
        "Type b",
        "a",
        "Type a",
        "",
        None,
    ]
    assert [edited.redo(), edited.value, edited.redo(), edited.value, edited.redo()] == [
        "Type a",
        "a",
        "Type b",
        "ab",
        None,
    ]


def test_an_edit_that_changes_nothing_is_no_entry() -> None:
    edited = history()
    assert not edited.push("", "Nothing")
    assert edited.undo() is None


def test_a_new_edit_forgets_what_was_undone() -> None:
    edited = history()
    edited.push("a", "a")
    edited.undo()
    edited.push("b", "b")
    assert edited.undone == ()
    assert edited.redo() is None


def test_a_gesture_is_one_entry_until_it_is_sealed() -> None:
    edited = history()
    for value in ("1", "2", "3"):
        edited.push(value, "Drag", "slider")
    edited.seal()
    edited.push("4", "Drag", "slider")
    assert [entry.after for entry in edited.done] == ["3", "4"]
    edited.undo()
    assert edited.value == "3"
    edited.undo()
    assert edited.value == ""


def test_gestures_with_other_keys_stay_apart() -> None:
    edited = history()
    edited.push("a", "One", "one")
    edited.push("b", "Two", "two")
    edited.push("c", "Three")
    edited.push("d", "Four")
    assert [entry.label for entry in edited.done] == ["One", "Two", "Three", "Four"]


def test_a_gesture_that_ends_where_it_began_leaves_no_entry() -> None:
    edited = history()
    edited.push("start", "Before")
    edited.push("x", "Drag", "slider")
    edited.push("start", "Drag", "slider")
    assert [entry.label for entry in edited.done] == ["Before"]


def test_undo_ends_a_gesture() -> None:
    edited = history()
    edited.push("a", "Drag", "slider")
    edited.push("b", "Other")
    edited.undo()
    edited.push("c", "Drag", "slider")
    assert [entry.after for entry in edited.done] == ["a", "c"]


def test_a_transaction_is_one_entry_and_a_failing_one_none() -> None:
    edited = history()
    with edited.transaction("Paste"), edited.transaction("Inner"):
        edited.push("a", "One")
        edited.push("ab", "Two")
    assert [entry.label for entry in edited.done] == ["Paste"]
    with pytest.raises(ZeroDivisionError), edited.transaction("Fail"):
        edited.push("abc", str(edited.push("x", "Three") // 0))
    assert edited.value == "ab"
    assert len(edited.done) == 1


def test_undo_inside_a_transaction_is_refused() -> None:
    edited = history()
    with edited.transaction("Paste"):
        edited.push("a", "One")
        with pytest.raises(HistoryError, match="Paste"):
            edited.undo()


def test_the_oldest_entries_go_when_the_budget_is_spent_but_never_the_last() -> None:
    edited = history(budget=2 * ENTRY_COST + 10)
    for value in ("a", "b", "c"):
        edited.push(value, value)
    assert [entry.label for entry in edited.done] == ["b", "c"]
    edited.push("x" * 10_000, "Large")
    assert [entry.label for entry in edited.done] == ["Large"]
    edited.undo()
    assert edited.value == "c"


def test_what_is_held_is_what_the_entries_cost() -> None:
    edited = history(budget=20 * ENTRY_COST)
    for number in range(50):
        edited.push("x" * (number * 37 % 91), "Edit", number % 3)
        if number % 7 == 0:
            edited.undo()
    assert edited.held == sum(entry.cost for entry in (*edited.done, *edited.undone))
    assert edited.held <= 20 * ENTRY_COST


@given(st.lists(st.sampled_from(["a", "b", "c", "key-a", "key-b", "undo", "redo", "seal"]), max_size=60))
def test_any_order_of_edits_can_be_walked_back_to_the_start_and_forth_to_the_end(steps: list[str]) -> None:
    edited = history()
    for number, step in enumerate(steps):
        match step:
            case "undo":
                edited.undo()
            case "redo":
                edited.redo()
            case "seal":
                edited.seal()
            case _:
                edited.push(f"{step}{number % 4}", step, step if step.startswith("key") else None)
    end = [edited.value, *(entry.after for entry in edited.undone)][-1]
    chain = [*edited.done, *edited.undone]
    assert all(before.after == after.before for before, after in pairwise(chain))
    while edited.undo():
        pass
    assert edited.value == ""
    while edited.redo():
        pass
    assert edited.value == end
