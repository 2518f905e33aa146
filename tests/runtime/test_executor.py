"""What runs, what is kept, what stops, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.errors import ProblemCode
from engine.api.messages import Progress
from engine.api.plan import Plan
from engine.api.report import JobOutcome, Reason, StepOutcome
from engine.runtime.cancel import CancelToken
from engine.runtime.executor import NO_MODELS, Borrowing
from tests.runtime import toys
from tests.runtime.harness import Bench
from tests.runtime.plans import PlanBuilder

LAZY: dict[str, Any] = {"lazy": "choice", "lazy_ports": ("first", "second")}


def small_sum(first: float = 1.0, second: float = 2.0) -> PlanBuilder:
    plan = PlanBuilder().add("one", "number", params={"value": first}).add("two", "number", params={"value": second})
    return plan.add("sum", "add", {"a": "one", "b": "two"})


def chain(length: int, first: float = 0.0) -> PlanBuilder:
    plan = PlanBuilder().add("n0", "number", params={"value": first})
    for number in range(1, length):
        plan.add(f"n{number}", "add", {"a": f"n{number - 1}"}, params={"b": 1.0})
    return plan


def test_values_flow_along_wires() -> None:
    assert Bench().value(small_sum(1.0, 2.5).plan()) == 3.5


def test_outputs_are_told_apart_by_their_ports() -> None:
    plan = PlanBuilder().add("n", "number", params={"value": 37.0})
    plan.add("parts", "divide", {"value": "n"}, outputs=("whole", "rest"))
    plan.add("sum", "total", {"parts": ["parts.whole", "parts.rest", "parts.rest"]}, many=("parts",))
    assert Bench().value(plan.plan()) == 3 + 7 + 7


def test_unwired_ports_are_none_and_unwired_many_ports_are_empty() -> None:
    plan = PlanBuilder().add("n", "number", params={"value": 5.0}).add("lone", "add", {"a": "n"})
    plan.add("none", "total", many=("parts",))
    report = Bench().run(plan.plan("lone", "none"))
    assert report.results["lone"]["value"].values == (5.0,)
    assert report.results["none"]["value"].values == (0,)


def test_a_wire_drives_a_parameter_of_the_same_name() -> None:
    plan = PlanBuilder().add("n", "number", params={"value": 5.0})
    plan.add("driven", "number", {"value": "n"}, params={"value": 1.0})
    assert Bench().value(plan.plan()) == 5.0


def test_an_unchanged_plan_is_a_hit_from_end_to_end() -> None:
    bench = Bench()
    bench.run(small_sum().plan())
    report = bench.run(small_sum().plan())
    assert (report.outcome, report.ran, report.hits) == (JobOutcome.DONE, 0, 3)
    assert set(bench.outcomes.values()) == {StepOutcome.HIT}
    assert bench.reason("one") is Reason.KEPT


def test_only_what_depends_on_a_change_runs_again() -> None:
    bench = Bench()
    bench.run(small_sum().plan())
    bench.run(small_sum(second=7.0).plan())
    assert bench.order == ["two", "sum"]
    assert (bench.why("two").reason, bench.why("two").subjects) == (Reason.PARAMETER, ("value",))
    assert (bench.why("sum").reason, bench.why("sum").subjects) == (Reason.INPUT, ("two",))
    assert bench.why("sum").sentence({"two": "Second Number"}) == "its input from Second Number changed"


def test_a_fresh_run_looks_nothing_up() -> None:
    bench = Bench()
    bench.run(small_sum().plan())
    assert bench.run(small_sum().plan(), fresh=True).ran == 3
    assert bench.reason("sum") is Reason.FRESH


def test_the_first_run_and_a_run_after_eviction_are_told_apart() -> None:
    bench = Bench()
    bench.run(small_sum().plan())
    assert bench.reason("sum") is Reason.NEVER_RUN
    bench.cache.clear()
    bench.run(small_sum().plan())
    assert bench.reason("sum") is Reason.EVICTED


def test_rewiring_is_told_with_the_port() -> None:
    bench = Bench()
    bench.run(small_sum().plan())
    plan = PlanBuilder().add("one", "number", params={"value": 1.0}).add("two", "number", params={"value": 2.0})
    bench.run(plan.add("sum", "add", {"a": "two", "b": "two"}).plan())
    assert (bench.why("sum").reason, bench.why("sum").subjects) == (Reason.WIRING, ("a",))


def test_a_number_that_changes_its_type_is_a_change() -> None:
    bench = Bench()
    bench.run(PlanBuilder().add("n", "give", params={"value": 1}).plan())
    bench.run(PlanBuilder().add("n", "give", params={"value": True}).plan())
    assert (bench.why("n").reason, bench.why("n").subjects) == (Reason.PARAMETER, ("value",))


def test_a_step_without_a_key_always_runs_and_so_does_what_follows() -> None:
    bench = Bench()
    plan = PlanBuilder().add("n", "number", params={"value": 1.0}, keyed=False).add("after", "add", {"a": "n"})
    for _ in range(2):
        bench.run(plan.plan())
        assert bench.order == ["n", "after"]
    assert bench.reason("n") is Reason.NEVER_KEPT
    assert (bench.why("after").reason, bench.why("after").subjects) == (Reason.UNKEPT_INPUT, ("n",))


def test_results_are_shared_by_documents_whose_nodes_have_other_names() -> None:
    bench = Bench()
    bench.run(small_sum().plan())
    other = PlanBuilder().add("x", "number", params={"value": 1.0}).add("y", "number", params={"value": 2.0})
    assert bench.run(other.add("z", "add", {"a": "x", "b": "y"}).plan()).ran == 0


@pytest.mark.parametrize(("run", "code"), [("fail", ProblemCode.NODE), ("crash", ProblemCode.UNEXPECTED)])
def test_a_failing_node_stops_only_its_dependants(run: str, code: ProblemCode) -> None:
    plan = small_sum().add("bad", run, {"a": "one"}, title="Bad One").add("after", "add", {"a": "bad"})
    plan.add("last", "add", {"a": "after", "b": "sum"}).add("fine", "add", {"a": "sum"})
    bench = Bench()
    report = bench.run(plan.plan("last", "fine"))
    assert (report.outcome, report.failed) == (JobOutcome.FAILED, ("bad",))
    assert report.results["fine"]["value"].values == (3.0,)
    assert {node for node, outcome in bench.outcomes.items() if outcome is StepOutcome.BLOCKED} == {"after", "last"}
    assert bench.why("last").sentence({"bad": "Bad One"}) == "Bad One failed before it"
    assert bench.failure("bad").problem.code is code
    assert "Traceback" in bench.failure("bad").problem.details


def test_a_failure_speaks_in_one_sentence_and_says_what_to_do() -> None:
    bench = Bench()
    bench.run(PlanBuilder().add("a", "fail").add("b", "crash", title="Brush").plan("a", "b"))
    assert str(bench.failure("a").problem) == "The paint is dry. Wet it."
    assert (
        bench.failure("b").problem.sentence
        == "Brush stopped with ValueError: could not convert string to float: 'wet'."
    )
    assert bench.failure("b").problem.advice


def test_results_before_a_failure_are_kept() -> None:
    bench = Bench()
    plan = small_sum().add("bad", "fail", {"a": "sum"}).plan()
    bench.run(plan)
    bench.run(plan)
    assert bench.outcomes["sum"] is StepOutcome.HIT
    assert bench.outcomes["bad"] is StepOutcome.FAILED


def test_a_node_that_failed_runs_again_because_it_did_not_finish(tmp_path: Path) -> None:
    bench = Bench()
    plan = PlanBuilder().add("n", "text_of", params={"path": str(tmp_path / "late.txt")}).plan()
    assert bench.run(plan).outcome is JobOutcome.FAILED
    assert "late.txt" in bench.failure("n").problem.sentence
    (tmp_path / "late.txt").write_text("here")
    assert bench.value(plan) == "here"
    assert bench.reason("n") is Reason.UNFINISHED


def test_missing_run_functions_are_named() -> None:
    bench = Bench()
    plan = PlanBuilder().add("a", "no_such_function").plan()
    bench.run(plan)
    assert "'no_such_function'" in bench.failure("a").problem.sentence
    bench.run(PlanBuilder("no_such_package.here").add("b", "run").plan())
    assert "'no_such_package'" in bench.failure("b").problem.sentence


def test_a_wrong_number_of_outputs_is_the_nodes_failure() -> None:
    bench = Bench()
    bench.run(PlanBuilder().add("n", "number", params={"value": 1.0}, outputs=("a", "b"), title="Pair").plan())
    assert bench.failure("n").problem.sentence == "Pair declares 2 outputs but returned 1."


@pytest.mark.parametrize("choice", ["first", "second"])
def test_a_switch_runs_only_its_chosen_side(choice: str) -> None:
    bench = Bench()
    assert bench.value(switch_plan(choice)) == {"first": 1.0, "second": 2.0}[choice]
    other = {"first": "two", "second": "one"}[choice]
    assert bench.outcomes[other] is StepOutcome.UNUSED
    assert bench.reason(other) is Reason.NOT_CHOSEN


@pytest.mark.parametrize("choice", ["first", "second"])
def test_a_switch_whose_chooser_is_wired_runs_only_its_chosen_side(choice: str) -> None:
    bench = Bench()
    assert bench.value(switch_plan(choice, wired=True)) == {"first": 1.0, "second": 2.0}[choice]
    assert bench.outcomes[{"first": "two", "second": "one"}[choice]] is StepOutcome.UNUSED


def test_a_failure_on_the_side_that_is_not_chosen_does_no_harm() -> None:
    plan = PlanBuilder().add("one", "number", params={"value": 1.0}).add("bad", "fail")
    plan.add("pick", "switch", {"first": "one", "second": "bad"}, params={"choice": "first"}, **LAZY)
    assert Bench().run(plan.plan()).outcome is JobOutcome.DONE


def test_a_change_on_the_side_that_is_not_chosen_leaves_what_follows_alone() -> None:
    bench = Bench()
    for second in (2.0, 3.0):
        plan = switch_builder("first", second=second).add("after", "add", {"a": "pick"}).plan()
        bench.run(plan)
    assert bench.order == []


def test_a_choice_that_does_not_exist_or_is_not_wired_is_the_switchs_failure() -> None:
    bench = Bench()
    bench.run(switch_plan("third", wired=True))
    assert "'third'" in bench.failure("pick").problem.sentence
    plan = PlanBuilder().add("one", "number", params={"value": 1.0})
    plan.add("pick", "switch", {"first": "one"}, params={"choice": "second"}, **LAZY)
    bench.run(plan.plan())
    assert "nothing is wired" in bench.failure("pick").problem.sentence


def switch_builder(choice: str, wired: bool = False, second: float = 2.0) -> PlanBuilder:
    plan = PlanBuilder().add("one", "number", params={"value": 1.0}).add("two", "number", params={"value": second})
    wires = {"first": "one", "second": "two"}
    if wired:
        plan.add("chooser", "give", params={"value": choice})
        return plan.add("pick", "switch", {"choice": "chooser", **wires}, params={"choice": "first"}, **LAZY)
    return plan.add("pick", "switch", wires, params={"choice": choice}, **LAZY)


def switch_plan(choice: str, wired: bool = False) -> Plan:
    return switch_builder(choice, wired).plan()


def test_a_long_chain_of_switches_needs_no_recursion() -> None:
    plan = PlanBuilder().add("s0", "number", params={"value": 4.0})
    for number in range(1, 3000):
        plan.add(f"s{number}", "switch", {"second": f"s{number - 1}"}, params={"choice": "second"}, **LAZY)
    assert Bench().value(plan.plan()) == 4.0


def test_a_chain_far_beyond_the_recursion_limit_runs_and_is_kept() -> None:
    bench = Bench()
    assert bench.value(chain(3000).plan()) == 2999.0
    assert bench.run(chain(3000).plan()).ran == 0


def test_a_diamond_of_many_layers_runs_each_node_once() -> None:
    plan = PlanBuilder().add("d0", "number", params={"value": 1.0})
    for layer in range(40):
        plan.add(f"l{layer}", "add", {"a": f"d{layer}"}).add(f"r{layer}", "add", {"a": f"d{layer}"}, params={"b": 0.0})
        plan.add(f"d{layer + 1}", "add", {"a": f"l{layer}", "b": f"r{layer}"})
    bench = Bench()
    assert bench.value(plan.plan()) == 2.0**40
    assert len(bench.order) == 121


def test_a_partial_run_goes_no_further_than_its_target() -> None:
    bench = Bench()
    report = bench.run(small_sum().add("after", "fail", {"a": "sum"}).plan("sum"))
    assert report.outcome is JobOutcome.DONE
    assert "after" not in bench.order


def test_an_infinite_number_is_the_nodes_failure() -> None:
    bench = Bench()
    bench.run(PlanBuilder().add("n", "give", params={"value": [1.0, float("inf")]}).plan())
    assert bench.failure("n").problem.code is ProblemCode.NOT_FINITE


def test_nan_in_an_output_is_that_nodes_failure() -> None:
    bench = Bench()
    bench.run(PlanBuilder().add("n", "not_a_number", title="Sampler").plan())
    problem = bench.failure("n").problem
    assert problem.code is ProblemCode.NOT_FINITE
    assert problem.sentence == "Sampler gave 1 of 16 numbers that are NaN or infinite in its output 'value'."


def test_a_result_larger_than_the_budget_is_used_but_not_kept() -> None:
    bench = Bench(budget=10_000)
    plan = PlanBuilder().add("big", "block", params={"size": 20_000, "fill": 1}).add("after", "give", {"value": "big"})
    for _ in range(2):
        assert bench.run(plan.plan()).outcome is JobOutcome.DONE
        assert bench.order == ["big", "after"]
    assert bench.reason("big") is Reason.TOO_LARGE


def test_cancelling_between_nodes_stops_there_and_keeps_what_is_done() -> None:
    bench, token = Bench(), CancelToken()
    bench.on_event = lambda event: token.cancel() if isinstance(event, Progress) and event.node == "n3" else None
    report = bench.run(chain(10).plan(), token=token)
    assert (report.outcome, bench.order) == (JobOutcome.CANCELLED, ["n0", "n1", "n2", "n3"])
    assert bench.outcomes["n9"] is StepOutcome.STOPPED
    bench.on_event = lambda _event: None
    bench.run(chain(10).plan())
    assert bench.order == [f"n{number}" for number in range(4, 10)]


def test_a_node_that_wrote_pictures_writes_them_again(tmp_path: Path) -> None:
    bench = Bench()
    plan = PlanBuilder().add("save", "paint", params={"level": 9, "save": True}).plan()
    for _ in range(2):
        report = bench.run(plan, tmp_path)
        assert len(report.pictures) == 1
    assert bench.reason("save") is Reason.WRITES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["grey-2.png", "grey.png"]


def test_pictures_on_the_wires_of_a_target_are_delivered_also_when_kept(tmp_path: Path) -> None:
    bench = Bench()
    plan = PlanBuilder().add("p", "paint", params={"level": 9, "save": False}, title="My Picture").plan()
    bench.run(plan, tmp_path / "a")
    report = bench.run(plan, tmp_path / "b")
    assert report.ran == 0
    assert [handle.path for handle in report.pictures] == [str(tmp_path / "b" / "my-picture.png")]


def test_a_folder_that_cannot_be_made_is_the_nodes_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    bench = Bench()
    plan = PlanBuilder().add("p", "paint", params={"level": 9, "save": False}).plan()
    bench.run(plan, tmp_path / "file" / "below")
    assert str(tmp_path / "file") in bench.failure("p").problem.sentence


def test_a_node_that_runs_out_of_memory_is_run_once_more_after_freeing(monkeypatch: pytest.MonkeyPatch) -> None:
    freed: list[bool] = []

    def hungry(_context: object) -> float:
        if not freed:
            raise MemoryError
        return 1.0

    monkeypatch.setattr(toys, "hungry", hungry, raising=False)
    borrowing = Borrowing(NO_MODELS.references, NO_MODELS.is_resident, lambda: freed.append(True))
    assert Bench(borrowing=borrowing).value(PlanBuilder().add("n", "hungry").plan()) == 1.0
    assert freed == [True]


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=30), st.data())
def test_any_graph_gives_what_plain_recursion_gives(wiring: list[tuple[int, int]], data: st.DataObject) -> None:
    plan = PlanBuilder().add("n0", "number", params={"value": 1.0})
    values = [1.0]
    for number, (a, b) in enumerate(wiring, start=1):
        a, b = a % number, b % number
        plan.add(f"n{number}", "add", {"a": f"n{a}", "b": f"n{b}"})
        values.append(values[a] + values[b])
    bench = Bench()
    for target in data.draw(st.lists(st.integers(0, len(wiring)), min_size=1, max_size=3)):
        report = bench.run(plan.plan(f"n{target}"))
        assert report.results[f"n{target}"]["value"].values == (values[target],)
