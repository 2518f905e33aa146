"""What the engine holds, in one line and in facts."""

from __future__ import annotations

from app.model.engine_state import EngineCondition, EngineState
from app.model.engine_words import holding, holding_facts

READY = EngineState(EngineCondition.READY, device="cpu")


def state(**models: int) -> EngineState:
    named = {name.replace("__", "/"): size for name, size in models.items()}
    return EngineState(EngineCondition.READY, device="cuda", models=named, peak_memory=1_529_000_000)


def test_the_line_reads_alike_however_much_is_loaded() -> None:
    assert holding(EngineState()) == ""
    assert holding(READY) == "CPU · no model loaded"
    assert holding(state(storybook__high=20_000_000)) == "CUDA · Storybook loaded, 20 MB"
    four = state(storybook__high=20_000_000, storybook__low=20_000_000, storybook__base=2_000_000, storybook__t5=1)
    assert holding(four) == "CUDA · Storybook loaded, 42 MB"
    assert holding(state(storybook__high=2_000_000, mine__base=3_000_000_000)) == "CUDA · 2 models loaded, 3.0 GB"
    assert holding(EngineState(EngineCondition.LOST, device="cpu")) == ""


def test_the_facts_name_every_part_with_its_size() -> None:
    assert holding_facts(state(storybook__low=2_000_000, storybook__high=20_000_000)) == (
        ("Computes on", "CUDA"),
        ("Storybook loaded", "22 MB"),
        ("    high", "20 MB"),
        ("    low", "2 MB"),
        ("Most memory used", "1.5 GB"),
    )
    assert holding_facts(READY)[1] == ("Loaded", "Nothing; models are loaded when a picture needs them")
