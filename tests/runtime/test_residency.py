"""Who is loaded, with real (tiny) torch modules and the log of what happened."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import torch
from torch import nn

from engine.api.errors import NodeError
from engine.conditioning.brief import DenoiserRef, EnsembleRef
from engine.runtime.executor import Borrowing
from engine.runtime.ready import ReadySteps
from engine.runtime.residency import Residency, references_of, weights_of
from tests.runtime import toys
from tests.runtime.harness import Bench
from tests.runtime.plans import PlanBuilder

BYTES = 4 * 1000  # of one tiny model


class Part:
    """A part of a model as loaders give it: a thing that holds networks."""

    def __init__(self, shared: nn.Module | None = None) -> None:
        self.network = nn.Linear(1000, 1, bias=False)
        self.encoders = shared


def residency(budget: int, shared: nn.Module | None = None) -> Residency:
    return Residency(lambda model, part, device: Part(shared), lambda device: budget)


def changes(models: Residency, *kinds: str) -> list[str]:
    return [f"{event.change} {event.reference}" for event in models.log if event.change in kinds]


def borrow_all(models: Residency, references: Iterable[str]) -> None:
    for reference in references:
        with models.borrow(reference, "cpu"):
            pass


def test_a_model_is_loaded_once_and_lent_again() -> None:
    models = residency(10 * BYTES)
    with models.borrow("tiny/base", "cpu") as first, models.borrow("tiny/base", "cpu") as second:
        assert first is second
    borrow_all(models, ["tiny/base"])
    assert changes(models, "loaded", "evicted") == ["loaded tiny/base"]
    assert changes(models, "borrowed", "returned")[-2:] == ["borrowed tiny/base", "returned tiny/base"]


def test_the_least_recently_used_makes_room() -> None:
    models = residency(2 * BYTES)
    borrow_all(models, ["m/a", "m/b", "m/a", "m/c"])
    assert changes(models, "loaded", "evicted") == ["loaded m/a", "loaded m/b", "loaded m/c", "evicted m/b"]
    assert models.size("cpu") == 2 * BYTES


def test_room_is_made_before_a_model_whose_size_is_known_is_loaded() -> None:
    models = residency(BYTES)
    borrow_all(models, ["m/a", "m/b", "m/a"])
    assert changes(models, "loaded", "evicted")[-2:] == ["evicted m/b", "loaded m/a"]


def test_what_is_borrowed_is_never_let_go() -> None:
    models = residency(BYTES)
    with models.borrow("m/a", "cpu"), models.borrow("m/b", "cpu"):
        models.let_go()
        assert models.is_resident(frozenset({"m/a", "m/b"}))
    assert models.size("cpu") == BYTES


def test_weights_that_parts_share_count_once() -> None:
    models = residency(10 * BYTES, shared=nn.Linear(1000, 1, bias=False))
    borrow_all(models, ["m/a", "m/b"])
    assert models.size("cpu") == 3 * BYTES


def test_a_model_is_returned_also_when_its_borrower_fails() -> None:
    models = residency(BYTES)
    with pytest.raises(ZeroDivisionError), models.borrow("m/a", "cpu"):
        raise ZeroDivisionError
    models.let_go()
    assert models.size("cpu") == 0


def test_a_load_that_fails_leaves_nothing_behind() -> None:
    def load(model: str, part: str, device: str) -> object:
        raise FileNotFoundError(part)

    models = Residency(load, lambda device: BYTES)
    with pytest.raises(FileNotFoundError), models.borrow("m/a", "cpu"):
        pass
    assert not models.is_resident(frozenset({"m/a"}))


def test_a_name_without_a_part_is_refused() -> None:
    with pytest.raises(NodeError, match="no part"), residency(BYTES).borrow("storybook", "cpu"):
        pass


def test_weights_are_those_of_modules_and_of_what_holds_them() -> None:
    assert sum(weights_of(nn.Linear(10, 10)).values()) == 4 * 110
    assert sum(weights_of(Part()).values()) == BYTES
    assert weights_of("text") == {}


def test_references_come_from_denoisers_and_ensembles() -> None:
    high, low = DenoiserRef("storybook", "high"), DenoiserRef("storybook", "low")
    assert references_of(EnsembleRef((high, low))) == {"storybook/high", "storybook/low"}
    assert references_of(torch.zeros(1)) == references_of("text") == frozenset()


def test_ready_steps_are_drained_by_model() -> None:
    ready = ReadySteps(lambda needs: needs == {"b"})
    for place, needs in enumerate(["a", "b", "a", "", "b"]):
        ready.push(place, frozenset(filter(None, [needs])))
    assert [ready.pop() for _ in range(6)] == [3, 1, 4, 0, 2, None]


def test_a_wide_plan_loads_each_model_once_although_only_one_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    models = residency(BYTES)

    def denoise(_context: object, *, denoiser: DenoiserRef, number: int) -> int:
        with models.borrow(f"{denoiser.model}/{denoiser.part}", "cpu"):
            return number

    monkeypatch.setattr(toys, "denoise", denoise, raising=False)
    monkeypatch.setattr(toys, "part", lambda _context, *, name: DenoiserRef("m", name), raising=False)
    plan = PlanBuilder().add("a", "part", params={"name": "a"}).add("b", "part", params={"name": "b"})
    nodes = [f"n{number}" for number in range(8)]
    for number, node in enumerate(nodes):
        plan.add(node, "denoise", {"denoiser": "ab"[number % 2]}, params={"number": number})
    Bench(borrowing=Borrowing(references_of, models.is_resident, models.let_go)).run(plan.plan(*nodes))
    assert changes(models, "loaded") == ["loaded m/a", "loaded m/b"]
