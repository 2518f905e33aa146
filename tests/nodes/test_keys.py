"""Keys: equal for equal things in every process, different for different things, none for what has no name."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.plan import canonical_text, index_key, item_key, output_key, seed_key, value_key
from tests.support import run_python

ATOMS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8)
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def tagged(value: Any) -> Any:
    """Values that compare equal only when they are equal and of one type, all the way down."""
    if isinstance(value, dict):
        return ("dict", tuple(sorted((name, tagged(inner)) for name, inner in value.items())))
    if isinstance(value, list):
        return ("list", tuple(map(tagged, value)))
    return (type(value).__name__, repr(value))


@given(VALUES, VALUES)
def test_values_share_a_key_only_when_they_are_the_same(one: Any, other: Any) -> None:
    assert (value_key(one) == value_key(other)) == (tagged(one) == tagged(other))


def test_look_alikes_have_four_keys() -> None:
    assert len({value_key(value) for value in (1, 1.0, True, "1")}) == 4
    assert value_key(0.0) != value_key(-0.0)


@given(st.dictionaries(st.text(max_size=4), ATOMS, min_size=2, max_size=5))
def test_the_order_of_a_mapping_changes_nothing(value: dict[str, Any]) -> None:
    assert value_key(value) == value_key(dict(reversed(value.items())))


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), {1: "a"}, {"a": [math.nan]}, b"bytes", {"a": {2: 1}}])
def test_what_has_no_name_has_no_key(value: Any) -> None:
    assert value_key(value) is None
    assert seed_key("t", 1, {"p": value}, {}) is None


def test_lists_inside_themselves_or_too_deep_have_no_key() -> None:
    endless: list[Any] = []
    endless.append(endless)
    deep: Any = 0
    for _ in range(100_000):
        deep = [deep]
    assert canonical_text(endless) is None
    assert canonical_text(deep) is None


def test_no_key_spreads_to_all_that_follows() -> None:
    assert item_key(None, []) is None
    assert item_key("seed", [("a", "1"), ("b", None)]) is None
    assert output_key(None, "image") is None
    assert index_key(None, 0) is None


def test_ports_may_come_in_any_order_but_the_wires_of_one_port_may_not() -> None:
    assert item_key("s", [("a", "1"), ("b", "2")]) == item_key("s", [("b", "2"), ("a", "1")])
    assert item_key("s", [("a", "1"), ("a", "2")]) != item_key("s", [("a", "2"), ("a", "1")])


def test_kinds_of_keys_never_meet() -> None:
    key = "0" * 32
    names = [output_key(key, "0"), index_key(key, 0), item_key(key, []), value_key(key), item_key(key, [("0", key)])]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "other",
    [
        ("u", 1, {"a": 1}, {"f": "x"}),
        ("t", 2, {"a": 1}, {"f": "x"}),
        ("t", 1, {"a": 2}, {"f": "x"}),
        ("t", 1, {"a": 1}, {"f": "y"}),
        ("t", 1, {"a": 1}, {"g": "x"}),
        ("t", 1, {}, {"a": "x"}),
    ],
)
def test_everything_a_node_does_by_itself_counts(other: tuple[str, int, dict[str, Any], dict[str, str]]) -> None:
    assert seed_key("t", 1, {"a": 1}, {"f": "x"}) != seed_key(*other)


FRESH = """
import json
from tests.nodes.graphs import keys, plan, simple
from engine.api.plan import value_key
print(json.dumps([keys(simple(seed=3, guidance=2.5)), value_key({"b": [1, 1.0], "a": {"z": None, "y": "ü"}})]))
"""


def test_keys_are_the_same_in_processes_that_hash_differently() -> None:
    printed = [run_python("-c", FRESH, environment={"PYTHONHASHSEED": seed}) for seed in ("1", "2")]
    assert [result.returncode for result in printed] == [0, 0], printed[0].stderr
    first, second = (json.loads(result.stdout) for result in printed)
    assert first == second
    assert all(first[0][name] for name in ("prompt", "model", "solve"))
