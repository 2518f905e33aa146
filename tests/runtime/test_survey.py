"""Sizes and flaws of nested values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from engine.runtime.survey import Survey, survey


@dataclass(frozen=True)
class Holder:
    """A value as nodes hand them on."""

    data: object
    name: str = "x"


def total(facts: Survey) -> int:
    return facts.plain + sum(facts.buffers.values())


@pytest.mark.parametrize(
    "value", [np.zeros(5000, np.uint8), torch.zeros(1250), b"x" * 5000, [np.zeros((50, 100), np.uint8)]]
)
def test_sizes_are_those_of_the_memory_behind(value: object) -> None:
    assert 5000 <= total(survey(Holder((value,)))) < 6000


def test_a_view_counts_all_the_memory_that_it_keeps_alive() -> None:
    assert total(survey(np.zeros(8000, np.uint8)[:3])) >= 8000
    assert total(survey(torch.zeros(2000)[:1])) >= 8000


def test_what_is_held_twice_counts_once() -> None:
    array = np.zeros(8000, np.uint8)
    assert total(survey([array, array[:10], {"a": array}])) < 9000


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        np.array([1.0, np.inf]),
        np.array([np.nan], np.float16),
        torch.tensor([1.0, float("nan")]),
        torch.tensor([float("inf")], dtype=torch.bfloat16),
        {"a": [1, (2.0, float("-inf"))]},
        Holder(Holder(torch.tensor([float("nan")]))),
    ],
)
def test_flaws_are_found_however_deep(value: object) -> None:
    assert survey(value).flaw is not None


@pytest.mark.parametrize("value", [1.5, 3, True, None, "nan", np.arange(3), torch.arange(3), [{1.0: "x"}], Holder(())])
def test_finite_values_have_no_flaw(value: object) -> None:
    assert survey(value).flaw is None


def test_a_value_that_holds_itself_is_walked_once() -> None:
    loop: list[object] = [1.0]
    loop.append(loop)
    assert survey(loop).flaw is None


def test_deep_nesting_needs_no_recursion() -> None:
    value: object = float("nan")
    for _ in range(5000):
        value = [value]
    assert survey(value).flaw == "the number nan"
