"""Nodes that tell where they look: on request, kept with their results, told again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.api.attention import MOST_LEVELS, with_level
from engine.api.messages import Attention
from engine.api.report import Reason
from tests.runtime.harness import Bench
from tests.runtime.plans import PlanBuilder

LOOKS = frozenset({"solve"})
LAZY = ("first", "second")


def solving(value: float = 0.5) -> PlanBuilder:
    plan = PlanBuilder().add("n", "number", params={"value": value}).add("solve", "looks", {"value": "n"})
    return plan.add("sum", "add", {"a": "solve"})


def told(bench: Bench) -> list[tuple[str, int, float]]:
    found = (event for event in bench.events if isinstance(event, Attention))
    return [(event.node, event.item, event.level.sigma) for event in found]


ALL = [("solve", 0, 9.0), ("solve", 0, 3.0), ("solve", 0, 1.0)]


def test_nothing_is_recorded_unless_asked_for() -> None:
    bench = Bench()
    bench.run(solving().plan())
    assert told(bench) == []


def test_what_was_recorded_is_told_again_with_the_kept_result() -> None:
    bench = Bench()
    assert bench.value(solving().plan(), record_attention=LOOKS) == 0.5
    assert told(bench) == ALL
    bench.run(solving().plan("solve"), record_attention=LOOKS)
    assert (told(bench), bench.order) == (ALL, [])


def test_a_node_before_a_kept_result_is_brought_for_its_attention_alone() -> None:
    bench = Bench()
    bench.run(solving().plan())
    bench.run(solving().plan(), record_attention=LOOKS)
    assert (told(bench), bench.order) == (ALL, ["solve"])
    assert bench.reason("solve") is Reason.RECORD
    assert bench.reason("sum") is Reason.KEPT
    bench.run(solving().plan(), record_attention=LOOKS)
    assert (told(bench), bench.order) == (ALL, [])


def test_a_side_that_is_not_chosen_is_not_brought() -> None:
    bench = Bench()
    for choice, expected in (("second", []), ("first", ALL)):
        wires: dict[str, Any] = {"first": "solve", "second": "n"}
        plan = solving().add("switch", "switch", wires, params={"choice": choice}, lazy="choice", lazy_ports=LAZY)
        assert bench.value(plan.plan("switch"), record_attention=LOOKS) == 0.5
        assert told(bench) == expected


def test_each_item_of_a_list_tells_for_itself() -> None:
    bench = Bench()
    plan = PlanBuilder().add("list", "count", params={"first": 1, "count": 2}, lists=("value",))
    plan.add("solve", "looks", {"value": "list"})
    for _ in range(2):
        bench.run(plan.plan(), record_attention=LOOKS)
        assert [(item, sigma) for _, item, sigma in told(bench)] == [
            (item, sigma) for item in (0, 1) for sigma in (9.0, 3.0, 1.0)
        ]


@dataclass(frozen=True)
class Level:
    sigma: float


def gathered(sigmas: Sequence[float], most: int) -> list[float]:
    levels: tuple[Level, ...] = ()
    for sigma in sigmas:
        levels = with_level(levels, Level(sigma), most)
    return [level.sigma for level in levels]


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=60, unique=True), st.integers(3, MOST_LEVELS))
def test_levels_are_bounded_fall_and_keep_both_ends(sigmas: list[float], most: int) -> None:
    kept = gathered(sigmas, most)
    assert len(kept) == min(len(sigmas), most)
    assert kept == sorted(kept, reverse=True)
    assert (kept[0], kept[-1]) == (max(sigmas), min(sigmas))


def test_levels_that_are_let_go_leave_the_rest_spread_evenly() -> None:
    kept = gathered([2.0 ** (-step / 4) for step in range(64)], 10)
    steps = [4 * math.log2(above / below) for above, below in pairwise(kept)]
    assert max(steps) <= 2 * 63 / 9
    assert gathered([5.0, 5.0], 4) == [5.0]
