"""A model with a part for guidance to lead away from, and the new picture that begins with it."""

from __future__ import annotations

from app.model.starting import starting_document
from engine.api.cards import ModelCard, PartCard
from engine.api.cascade import cascade
from nodes.graph.model import End, Link
from nodes.registry import built_in

GUIDANCE = 1.75


def part(name: str, size: int, low: float = 0.002, high: float = 80.0, weaker: bool = False) -> PartCard:
    return PartCard(name, name.title(), f"parts/{name}.safetensors", "", size, low, high, 1, "", weaker)


DRAWING = (part("base", 32), part("high", 32, 1.0), part("low", 32, high=1.0), part("upscaler", 128))
GUIDE = part("guide", 32, weaker=True)


def card(*parts: PartCard) -> ModelCard:
    return ModelCard("storybook", "Storybook", "", "", "", 1.0, parts, default_guidance=GUIDANCE)


def test_a_weaker_part_draws_at_no_stage_of_the_cascade() -> None:
    few, large = cascade(card(GUIDE, *DRAWING))
    assert (few.whole, few.experts, few.weaker) == (DRAWING[0], DRAWING[1:3], GUIDE)
    assert (large.whole, large.weaker) == (DRAWING[3], None)
    without = cascade(card(*DRAWING))
    assert [(each.whole, each.experts, each.finisher) for each in without] == [
        (each.whole, each.experts, each.finisher) for each in (few, large)
    ]


def test_a_new_picture_is_guided_away_from_it_as_strongly_as_its_card_says() -> None:
    registry = built_in()
    document = starting_document(registry, card(*DRAWING, GUIDE))
    wires = [link for link in document.graph.links if link.target.port == "weaker"]
    assert wires == [Link(End("storybook", "guide"), End("base", "weaker"))]
    assert document.nodes["base"].params["guidance"] == GUIDANCE
    alone = starting_document(registry, card(*DRAWING))
    assert not any(link.target.port == "weaker" for link in alone.graph.links)
