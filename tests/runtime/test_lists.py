"""Lists: which values meet, how often a node runs, and what is kept of a list that grows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.api.report import JobOutcome, Reason, StepOutcome
from tests.runtime.harness import Bench
from tests.runtime.plans import PlanBuilder


def seeds(first: int, count: int, node: str = "seeds", plan: PlanBuilder | None = None) -> PlanBuilder:
    return (plan or PlanBuilder()).add(node, "count", params={"first": first, "count": count}, lists=("value",))


def test_a_node_after_a_list_runs_once_for_each_item() -> None:
    bench = Bench()
    plan = seeds(5, 3).add("ten", "number", params={"value": 10.0}).add("sum", "add", {"a": "seeds", "b": "ten"}).plan()
    assert bench.values(plan) == (15.0, 16.0, 17.0)
    assert (bench.done("sum").ran, bench.done("sum").hits) == (3, 0)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 3))
def test_growing_a_seed_range_runs_only_the_new_items(before: int, more: int, shift: int) -> None:
    bench = Bench()
    bench.run(seeds(0, before).add("sum", "add", {"a": "seeds"}).plan())
    bench.run(seeds(-shift, before + more + shift).add("sum", "add", {"a": "seeds"}).plan())
    assert (bench.done("sum").ran, bench.done("sum").hits) == (more + shift, before)


def test_an_unchanged_list_is_a_hit_without_asking_what_is_before_it() -> None:
    bench = Bench()
    plan = seeds(0, 4).add("sum", "add", {"a": "seeds"}).add("more", "add", {"a": "sum"}).plan()
    first = bench.values(plan)
    assert bench.values(plan) == first
    assert set(bench.outcomes.values()) == {StepOutcome.HIT}
    assert bench.done("more").hits == 4


def test_the_same_list_zips_and_different_lists_multiply() -> None:
    plan = seeds(0, 2).add("words", "words", params={"texts": ["x", "y", "z"]}, lists=("value",))
    plan.add("zipped", "join", {"a": "seeds", "b": "seeds"})
    plan.add("crossed", "join", {"a": "seeds", "b": "words"})
    plan.add("again", "join", {"a": "crossed", "b": "seeds"})
    bench = Bench()
    report = bench.run(plan.plan("zipped", "crossed", "again"))
    assert report.results["zipped"]["value"].values == ("00", "11")
    assert report.results["crossed"]["value"].values == ("0x", "0y", "0z", "1x", "1y", "1z")
    assert report.results["again"]["value"].values == ("0x0", "0y0", "0z0", "1x1", "1y1", "1z1")


def test_two_equal_lists_are_still_two_lists() -> None:
    """Equal seed ranges have equal keys; what one of them gave must not stand for both."""
    bench = Bench()
    one = seeds(0, 3).add("first", "give", {"value": "seeds"}).add("out", "join", {"a": "first", "b": "first"})
    assert len(bench.values(one.plan())) == 3
    two = (
        seeds(0, 3, "other", seeds(0, 3))
        .add("first", "give", {"value": "seeds"})
        .add("second", "give", {"value": "other"})
    )
    two.add("out", "join", {"a": "first", "b": "second"})
    assert len(bench.values(two.plan())) == 9


def test_a_collecting_port_gets_the_whole_list_with_its_labels() -> None:
    plan = seeds(7, 2).add("words", "words", params={"texts": ["x", "y"]}, lists=("value",))
    plan.add("joined", "join", {"a": "words", "b": "seeds"}).add(
        "sheet", "sheet", {"values": "joined"}, collects=("values",)
    )
    assert Bench().value(plan.plan()) == (("x7", "x8", "y7", "y8"), (("words", ("x", "y")), ("seeds", ("7", "8"))))


def test_a_collecting_port_takes_a_single_value_without_labels() -> None:
    plan = (
        PlanBuilder()
        .add("n", "number", params={"value": 1.0})
        .add("sheet", "sheet", {"values": "n"}, collects=("values",))
    )
    assert Bench().value(plan.plan()) == ((1.0,), ())


def test_several_wires_into_a_collecting_port_stack() -> None:
    plan = seeds(0, 2).add("twice", "add", {"a": "seeds", "b": "seeds"})
    plan.add("sheet", "sheet", {"values": ["seeds", "twice"]}, collects=("values",), many=("values",))
    assert Bench().value(plan.plan()) == ((0, 1, 0, 2), (("", ("1", "2")), ("seeds", ("0", "1"))))


def test_a_sheet_runs_again_when_its_list_grows() -> None:
    bench = Bench()
    for count in (2, 3):
        plan = seeds(0, count).add("sheet", "sheet", {"values": "seeds"}, collects=("values",)).plan()
        value = bench.value(plan)
        assert isinstance(value, tuple)
        assert len(value[0]) == count
    assert bench.reason("sheet") is Reason.INPUT


def test_lists_of_unequal_length_from_one_node_are_refused_in_words() -> None:
    plan = seeds(1, 2).add("inner", "count", {"count": "seeds"}, params={"first": 0, "count": 1}, lists=("value",))
    bench = Bench()
    assert bench.run(plan.plan()).outcome is JobOutcome.FAILED
    assert "1 values for one input and 2 for another" in bench.failure("inner").problem.sentence


def test_a_list_within_a_list_adds_an_axis() -> None:
    plan = seeds(5, 2).add("inner", "count", {"first": "seeds"}, params={"first": 0, "count": 3}, lists=("value",))
    plan.add("both", "join", {"a": "inner", "b": "seeds"})
    assert Bench().values(plan.plan()) == ("55", "65", "75", "66", "76", "86")


def test_an_empty_list_is_refused_in_words() -> None:
    bench = Bench()
    bench.run(seeds(0, 0).plan())
    assert "is empty" in bench.failure("seeds").problem.sentence


def test_a_failing_item_fails_its_node_and_keeps_the_items_before_it() -> None:
    bench = Bench()
    plan = seeds(0, 1).add("out", "text_item", {"value": "seeds"}).plan()
    bench.run(plan)
    plan = seeds(0, 4).add("out", "text_item", {"value": "seeds"}).plan()
    bench.run(plan)
    assert bench.outcomes["out"] is StepOutcome.FAILED
    plan = seeds(0, 2).add("out", "text_item", {"value": "seeds"}).plan()
    bench.run(plan)
    assert (bench.done("out").ran, bench.done("out").hits) == (0, 2)


def test_a_switch_may_choose_differently_for_each_item() -> None:
    plan = PlanBuilder().add("words", "words", params={"texts": ["second", "first"]}, lists=("value",))
    plan.add("one", "number", params={"value": 1.0}).add("two", "number", params={"value": 2.0})
    plan.add(
        "pick",
        "switch",
        {"choice": "words", "first": "one", "second": "two"},
        params={"choice": "first"},
        lazy="choice",
        lazy_ports=("first", "second"),
    )
    assert Bench().values(plan.plan()) == (2.0, 1.0)
