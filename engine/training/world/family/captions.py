"""Captions of the family's scenes: numbers, colours that belong to their thing, and relations that are true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.training.world.captions import PLACES, STYLES, TONES, Text, article, fill, named, phrases, pick
from engine.training.world.family.words import COLOURS, FAMILY, IRREGULAR, plural
from engine.training.world.sampling import NAMED_TONES
from engine.training.world.scene import Phrase, Placed, Scene

NUMBERS = {2: ("two", "two", "a pair of"), 3: ("three", "three", "a group of three")}
TOGETHER = ("{first} and {second}", "{first} and {second}", "{first} with {second}", "{first} next to {second}")
RELATIONS = {
    "left": (
        "{first} left of {second}",
        "{first} to the left of {second}",
        "{first} on the left and {second} on the right",
    ),
    "right": (
        "{first} right of {second}",
        "{first} to the right of {second}",
        "{first} on the right and {second} on the left",
    ),
    "above": ("{first} above {second}", "{first} over {second}", "{first} high above {second}"),
    "below": ("{first} below {second}", "{first} under {second}", "{first} beneath {second}"),
}
OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}
FRAMES = ("{scene}", "{scene}", "{scene}", "a picture of {scene}", "a scene with {scene}")
SAYS_RELATION = 0.6
SHORT = 0.25


@dataclass(frozen=True)
class Group:
    """`count` things of one kind, all of one colour (None: their own)."""

    name: str
    count: int
    colour: str | None


def words_beside() -> dict[str, tuple[str, ...]]:
    """What captions say beside the names of things, grounds, skies and looks, by kind."""
    numbers = (number for spoken in NUMBERS.values() for number in spoken)
    said = (part.strip() for each in RELATIONS.values() for text in each for part in re.split(r"\{\w+\}", text))
    relations = (part.removesuffix(" and") for part in said if part)
    return {
        "colour": tuple(COLOURS),
        "number": tuple(dict.fromkeys(numbers)),
        "relation": tuple(dict.fromkeys(relations)),
        "plural": tuple(IRREGULAR.values()),
    }


def relation(first: Sequence[Placed], second: Sequence[Placed]) -> str | None:
    """Where all of the first group clearly are to all of the second: beyond half a side, and more than otherwise."""
    across = min(b.x for b in second) - max(a.x for a in first), min(a.x for a in first) - max(b.x for b in second)
    down = min(b.y for b in second) - max(a.y for a in first), min(a.y for a in first) - max(b.y for b in second)
    gaps = {"left": across[0], "right": across[1], "above": down[0], "below": down[1]}
    best = max(gaps, key=lambda name: gaps[name])
    side = max(item.side for item in (*first, *second))
    others = max(gap for name, gap in gaps.items() if name not in (best, OPPOSITE[best]))
    return best if gaps[best] > 0.5 * side and gaps[best] > others + 0.1 else None


def group_text(group: Group, rng: np.random.Generator) -> Text:
    """ "a red owl", "two owls": the span holds number, colour and thing, but no article."""
    words = FAMILY.noun(group.name).words
    plain = words[0] if rng.random() < 0.7 else pick(rng, words)
    coloured = "" if group.colour is None else f"{group.colour} "
    if group.count == 1:
        lead, body = article(coloured + plain, rng, definite=False), coloured + plain
    else:
        number = pick(rng, NUMBERS[group.count])
        cut = number.rfind("a ") + 2 if number.startswith("a ") else 0
        lead, body = number[:cut], f"{number[cut:]} {coloured}{plural(plain)}"
    if plain == "scissors" and group.count == 1:
        lead = ""
    return Text(lead + body, ((len(lead), len(lead) + len(body), "object", group.name),))


def objects_text(scene: Scene, groups: Sequence[Group], rng: np.random.Generator) -> Text:
    """All groups, with their relation where there is one and chance says it."""
    if len(groups) == 1:
        return group_text(groups[0], rng)
    first, second = (groups[int(i)] for i in rng.permutation(2))
    parts = {"first": group_text(first, rng), "second": group_text(second, rng)}
    found = relation(*([item for item in scene.objects if item.name == group.name] for group in (first, second)))
    if found is not None and rng.random() < SAYS_RELATION:
        return fill(pick(rng, RELATIONS[found]), parts)
    return fill(pick(rng, TOGETHER), parts)


def caption_of(scene: Scene, groups: Sequence[Group], rng: np.random.Generator) -> tuple[str, tuple[Phrase, ...]]:
    """A fresh caption: a quarter name the things alone; a sky or ground that is cut off is never mentioned."""
    long = rng.random() >= SHORT
    parts = {"objects": objects_text(scene, groups, rng)}
    said = {
        "sky": long and rng.random() < 0.75 and scene.horizon > 0.12,
        "ground": long and rng.random() < 0.75 and scene.horizon < 0.88,
    }
    entries = {
        "sky": next(entry for entry in FAMILY.skies if entry.name == scene.sky),
        "ground": next(entry for entry in FAMILY.grounds if entry.name == scene.ground),
    }
    if said["sky"]:
        parts["sky"] = named("sky", scene.sky, entries["sky"].words, rng)
    if said["ground"]:
        parts["ground"] = named("ground", scene.ground, entries["ground"].words, rng)
    text = fill(pick(rng, PLACES[said["sky"], said["ground"]]), parts)
    return _with_look(text, scene, long, rng)


def _with_look(text: Text, scene: Scene, long: bool, rng: np.random.Generator) -> tuple[str, tuple[Phrase, ...]]:
    if long and scene.tone.name in NAMED_TONES and rng.random() < 0.7:
        words = next(entry.words for entry in FAMILY.tones if entry.name == scene.tone.name)
        text = fill(pick(rng, TONES), {"scene": text, "tone": named("tone", scene.tone.name, words, rng)})
    if long and rng.random() < (0.4 if scene.style == "flat" else 0.85):
        words = next(entry.words for entry in FAMILY.styles if entry.name == scene.style)
        text = fill(pick(rng, STYLES), {"scene": text, "style": named("style", scene.style, words, rng)})
    elif long:
        text = fill(pick(rng, FRAMES), {"scene": text})
    return text.text, phrases(text)
