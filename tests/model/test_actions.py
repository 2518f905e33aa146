"""The list of actions has no clash, can be searched, and its keys can be changed."""

import re

import pytest

from app.model.actions import ACTIONS, MENUS, Action, Scope, search
from app.model.shortcuts import clashes, keys_of, plain_key, rebound, reset
from tests.support import ROOT

BY_ID = {action.id: action for action in ACTIONS}


def test_every_action_is_there_once_in_a_menu_that_is_there() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert {action.menu for action in ACTIONS} == set(MENUS)
    assert all(action.title and action.title == action.title.strip() for action in ACTIONS)


def test_entries_of_a_group_or_a_submenu_stand_together_and_none_is_called_as_another() -> None:
    for menu in MENUS:
        entries = [action for action in ACTIONS if action.menu == menu]
        assert len({action.title for action in entries}) == len(entries)
        for submenu in {action.submenu for action in entries} - {""}:
            assert len({action.group for action in entries if action.submenu == submenu}) == 1


def test_icons_are_of_one_hand_and_each_is_used() -> None:
    icons = {path.stem: path.read_text() for path in (ROOT / "resources" / "icons").glob("*.svg")}
    assert {action.icon for action in ACTIONS} - {""} <= icons.keys()
    for name, drawn in icons.items():
        assert 'viewBox="0 0 20 20"' in drawn, name
        widths = set(re.findall(r'stroke-width="([^"]*)"', drawn))
        # Dots are strokes without a length, and as wide as they are large.
        assert widths - {"1.5"} == set() or re.search(r"h\.01|stroke-dasharray", drawn), name
        assert "1.5" in widths, name
        assert 'stroke="currentColor"' in drawn, name
        assert not re.search(r"#[0-9a-fA-F]{3}", drawn), f"{name} is tinted from the palette"
    code = "".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    assert [name for name in icons if f'"{name}"' not in code] == []


def test_all_actions_are_found_by_their_titles() -> None:
    assert [action.id for action in ACTIONS if action not in search(action.title)[:3]] == []


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
