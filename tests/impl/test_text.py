"""Words, seeds and choices."""

import pytest

from engine.api.errors import NodeError
from engine.conditioning.brief import PromptText, SwitchedPrompt
from tests.impl.workshop import Workshop


def test_a_prompt_carries_its_sentence(workshop: Workshop) -> None:
    assert workshop.run("prompt", text="a red fox") == PromptText("a red fox")


def test_a_switch_joins_two_prompts(workshop: Workshop) -> None:
    switched = workshop.run("prompt-switch", first=PromptText("a"), second=PromptText("b"), at=0.25)
    assert switched == SwitchedPrompt("a", "b", 0.25)


def test_a_prompt_switches_only_once(workshop: Workshop) -> None:
    switched = SwitchedPrompt("a", "b", 0.5)
    with pytest.raises(NodeError, match="switch only once"):
        workshop.run("prompt-switch", first=switched, second=PromptText("c"))


def test_a_text_list_has_one_text_a_line(workshop: Workshop) -> None:
    items = workshop.run("text-list", texts="a fox\n\n  a castle \r\n")
    assert items.values == items.labels == ("a fox", "a castle")


def test_an_empty_text_list_is_refused(workshop: Workshop) -> None:
    with pytest.raises(NodeError, match="empty"):
        workshop.run("text-list", texts=" \n ")


def test_a_seed_range_counts_from_its_first(workshop: Workshop) -> None:
    assert workshop.run("seed-range", first=7, count=3).values == (7, 8, 9)
    assert workshop.run("seed", seed=2**63 - 1) == 2**63 - 1


def test_a_switch_passes_the_chosen_side(workshop: Workshop) -> None:
    assert workshop.run("switch", first=1, second=2, choice="first") == 1
    assert workshop.run("switch", first=1, second=2, choice="second") == 2
