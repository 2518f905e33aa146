"""The byte budget of kept results."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.cache import KeptLayout, KeptResult, ResultCache
from engine.runtime.survey import survey


def keep(cache: ResultCache, key: str, value: object) -> bool:
    return cache.keep(key, KeptResult((value,), ()), survey((value,)))


def test_the_least_recently_used_goes_first() -> None:
    cache = ResultCache(35_000)
    for key in "abc":
        keep(cache, key, np.zeros(10_000, np.uint8))
    cache.result("a")
    keep(cache, "d", np.zeros(10_000, np.uint8))
    assert [key in cache for key in "abcd"] == [True, False, True, True]


def test_what_exceeds_the_budget_alone_is_not_kept_and_evicts_nothing() -> None:
    cache = ResultCache(15_000)
    keep(cache, "a", np.zeros(10_000, np.uint8))
    assert not keep(cache, "b", np.zeros(20_000, np.uint8))
    assert "a" in cache


def test_memory_that_results_share_is_counted_once() -> None:
    cache = ResultCache(15_000)
    array = np.zeros(10_000, np.uint8)
    assert all(keep(cache, key, array) for key in "abcdefg")
    assert len(cache) == 7


def test_layouts_and_results_under_one_key_do_not_meet() -> None:
    cache = ResultCache(10_000)
    cache.keep_layout("k", KeptLayout((), ("x",)))
    keep(cache, "k", 1.0)
    assert cache.layout("k") == KeptLayout((), ("x",))
    assert cache.result("k") is not None
    assert cache.layout("x") is None


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 6_000), st.booleans()), max_size=40))
def test_the_size_is_always_within_the_budget_and_nothing_is_lost_count_of(puts: list[tuple[int, int, bool]]) -> None:
    cache = ResultCache(12_000)
    shared = np.zeros(3_000, np.uint8)
    for key, size, share in puts:
        keep(cache, str(key), [np.zeros(size, np.uint8), shared] if share else np.zeros(size, np.uint8))
        assert cache.size <= cache.budget
    cache.budget = 200
    keep(cache, "last", None)
    fresh = ResultCache(200)
    keep(fresh, "last", None)
    assert (len(cache), cache.size) == (1, fresh.size)
