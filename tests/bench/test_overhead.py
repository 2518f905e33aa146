"""What the executor costs does not grow with the length of a plan.

Measured in processor time, so that a busy machine is no judge.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine.api.plan import Plan
from nodes.graph.compile import compile_plan
from nodes.graph.synthetic import chain, synthetic_registry
from tests.runtime.harness import Bench

SHORT, LONG = 150, 3_000


def price(bench: Bench, plan: Plan) -> float:
    """Processor seconds for each node of one run."""
    begun = time.process_time()
    bench.run(plan, Path("unused"))
    return (time.process_time() - begun) / len(plan.steps)


@pytest.mark.parametrize("case", ["first", "rerun"])
def test_a_node_costs_the_same_in_a_long_chain(case: str) -> None:
    prices = {}
    for length in (SHORT, LONG):
        plan = compile_plan(chain(length), synthetic_registry(), [f"n{length - 1}"])
        bench, measured = Bench(), []
        for _ in range(2):
            if case == "first":
                bench = Bench()
            else:
                bench.run(plan)
            measured.append(price(bench, plan))
        prices[length] = min(measured)
    # A quadratic walk would cost 20 times as much for each node.
    assert prices[LONG] < 4 * prices[SHORT]


def test_an_executed_node_is_told_in_a_bounded_number_of_messages() -> None:
    for length in (10, 1000):
        bench = Bench()
        bench.run(compile_plan(chain(length), synthetic_registry(), [f"n{length - 1}"]))
        assert len(bench.events) == 2 * length


def test_what_compile_names_is_what_the_executor_keeps() -> None:
    """Without lists and lazy sides, the keys of the plan and those of the executor are one."""
    bench = Bench()
    plan = compile_plan(chain(20), synthetic_registry(), ["n19"])
    bench.run(plan)
    assert all(step.key is not None and step.key in bench.cache for step in plan.steps)
    assert len(bench.cache) == len(plan.steps)
