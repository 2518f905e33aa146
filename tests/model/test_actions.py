"""The list of actions has no clash, can be searched, and its keys can be changed."""

import pytest

from app.model.actions import ACTIONS, MENUS, Action, Scope, clashes, keys_of, plain_key, rebound, reset, search

BY_ID = {action.id: action for action in ACTIONS}


def test_every_action_is_there_once_in_a_menu_that_is_there() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert {action.menu for action in ACTIONS} == set(MENUS)
    assert all(action.title and action.title == action.title.strip() for action in ACTIONS)


def test_no_key_means_two_things_in_one_place() -> None:
    found = {(a.id, b.id) for a in ACTIONS for key in a.keys for b in clashes(a, key, {})}
    assert found == set()


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("Ctrl+Return", "run.generate"),
        ("Esc", "run.cancel"),
        ("Ctrl+Shift+Return", "run.first"),
        ("L", "run.live"),
        ("Tab", "canvas.add"),
        ("M", "canvas.mute"),
        ("Ctrl+G", "canvas.frame"),
        ("Ctrl+Shift+G", "canvas.component"),
        ("Ctrl+D", "canvas.duplicate"),
        ("Home", "view.fit"),
        ("Shift+1", "view.real-size"),
        ("Ctrl+Shift+P", "edit.commands"),
        ("Ctrl+Z", "edit.undo"),
        ("Ctrl+Shift+Z", "edit.redo"),
        ("B", "tool.brush"),
        ("E", "tool.eraser"),
        ("[", "brush.smaller"),
        ("Shift+]", "brush.harder"),
        ("X", "brush.swap"),
        ("G", "tool.fill"),
        ("Q", "tool.lasso"),
        ("Alt+[", "phrase.below"),
        ("Ctrl+I", "phrase.invert"),
        ("4", "view.turn-left"),
        ("Ctrl+P", "phrase.paint"),
        ("F12", "help.keys"),
    ],
)
def test_the_keys_that_painters_expect(key: str, action: str) -> None:
    assert key in BY_ID[action].keys


def test_one_key_is_one_key_however_it_is_written() -> None:
    assert plain_key("shift+ctrl+a") == plain_key("Ctrl+Shift+A") != plain_key("Ctrl+A")
    assert plain_key("Ctrl++") != plain_key("Ctrl+")
    assert plain_key("Ctrl++") != plain_key("Ctrl+-")
    assert plain_key("+") != plain_key("-")


def test_a_key_given_to_one_action_is_taken_from_those_it_clashes_with() -> None:
    chosen = rebound({}, BY_ID["tool.pan"], "B")
    assert chosen == {"tool.brush": "", "tool.pan": "B"}
    assert (keys_of(BY_ID["tool.brush"], chosen), keys_of(BY_ID["tool.pan"], chosen)) == ((), ("B",))
    assert rebound({}, BY_ID["canvas.mute"], "B") == {"canvas.mute": "B"}
    assert reset(chosen, BY_ID["tool.brush"]) == {"tool.pan": "B"}


def test_a_key_of_the_window_clashes_everywhere() -> None:
    anywhere = Action("any", "Any", "File", scope=Scope.WINDOW)
    assert {other.id for other in clashes(anywhere, "q", {})} == {"tool.lasso", "canvas.lasso"}


def test_the_palette_finds_actions_by_the_beginnings_of_words() -> None:
    assert [action.id for action in search("gen fi")] == ["run.first"]
    assert search("undo")[0].id == "edit.undo"
    assert search("favourite")[0].id == "run.star"
    assert search("no such thing") == ()
    assert search("") == ACTIONS
