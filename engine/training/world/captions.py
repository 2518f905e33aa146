"""Captions of scenes: many templates, synonyms, optional words, and the exact characters of every phrase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter

import numpy as np

from engine.training.world.scene import Kind, Phrase
from engine.training.world.vocabulary import VOCABULARY

PAIRS = (
    "{first} and {second}",
    "{first} and {second}",
    "{first} and {second}",
    "{first} with {second}",
    "{first} next to {second}",
    "{first} beside {second}",
    "{first}, {second}",
)
PLACES = {
    (True, True): (
        "{objects} under {sky} on {ground}",
        "{objects} on {ground} under {sky}",
        "{objects} on {ground}, {sky}",
        "{sky} over {ground} with {objects}",
        "{objects}, {sky}, {ground}",
        "{ground} under {sky}, {objects}",
    ),
    (True, False): ("{objects} under {sky}", "{objects} and {sky}", "{sky} with {objects}", "{objects}, {sky}"),
    (False, True): ("{objects} on {ground}", "{ground} with {objects}", "{objects}, {ground}"),
    (False, False): ("{objects}", "{objects}", "a picture of {objects}"),
}
STYLES = (
    "{scene}, {style}",
    "{scene}, {style}",
    "{scene}, {style}",
    "{style} of {scene}",
    "{style}: {scene}",
    "{scene} in the style of {style}",
)
TONES = ("{scene}, {tone}", "{scene} in {tone}", "{tone}, {scene}")
BARE = frozenset(
    {
        "sand",
        "snow",
        "grass",
        "waves",
        "water",
        "dunes",
        "leaves",
        "cobblestones",
        "stones",
        "rocks",
        "lava",
        "fog",
        "mist",
    }
)
DEFINITE = frozenset({"sea", "ocean", "sunset", "lights"})
VOWELS = frozenset("aeiou")
LIKE_CONSONANT, LIKE_VOWEL = "uni", "hour"  # a unicorn, an hourglass


Span = tuple[int, int, Kind, str]  # start, end, kind, name


@dataclass(frozen=True)
class Text:
    """A piece of caption with the spans found in it so far."""

    text: str
    spans: tuple[Span, ...] = ()


def fill(template: str, parts: dict[str, Text]) -> Text:
    """Put the parts into the template's named slots, moving their spans along."""
    text = ""
    spans: list[Span] = []
    for literal, slot, _, _ in Formatter().parse(template):
        text += literal
        if slot is not None:
            at = len(text)
            spans += [(start + at, end + at, kind, name) for start, end, kind, name in parts[slot].spans]
            text += parts[slot].text
    return Text(text, tuple(spans))


def article(words: str, rng: np.random.Generator, definite: bool) -> str:
    """The words' article with its space: "a ", "an ", "the " or nothing for things that are not counted."""
    last = words.split()[-1]
    if last in BARE:
        return ""
    if last in DEFINITE or (definite and rng.random() < 0.25):
        return "the "
    return "an " if sounds_open(words) else "a "


def sounds_open(words: str) -> bool:
    """Whether the words begin with the sound of a vowel."""
    return words.startswith(LIKE_VOWEL) or (words[0] in VOWELS and not words.startswith(LIKE_CONSONANT))


def named(kind: Kind, name: str, words: Sequence[str], rng: np.random.Generator) -> Text:
    """One thing in words: mostly its plain name, sometimes a synonym, with an article for things that take one."""
    chosen = words[0] if rng.random() < 0.6 else words[int(rng.integers(len(words)))]
    lead = "" if kind in ("style", "tone") else article(chosen, rng, definite=kind != "object")
    return Text(lead + chosen, ((len(lead), len(lead) + len(chosen), kind, name),))


def pick(rng: np.random.Generator, options: Sequence[str]) -> str:
    """Any of the options, all with equal chance."""
    return options[int(rng.integers(len(options)))]


def words_of(kind: str, name: str) -> tuple[str, ...]:
    """What a caption may call an entry of the small world."""
    return next(entry.words for entry in VOCABULARY.entries(kind) if entry.name == name)


def objects_text(names: Sequence[str], rng: np.random.Generator) -> Text:
    """One thing, or two side by side in either order."""
    order = rng.permutation(len(names))
    parts = [named("object", names[i], VOCABULARY.noun(names[i]).words, rng) for i in order]
    return parts[0] if len(parts) == 1 else fill(pick(rng, PAIRS), {"first": parts[0], "second": parts[1]})


@dataclass(frozen=True)
class Said:
    """Which optional words the caption carries."""

    sky: bool
    ground: bool
    style: bool
    tone: bool


def caption(
    names: Sequence[str], sky: str, ground: str, style: str, tone: str, said: Said, rng: np.random.Generator
) -> Text:
    """A caption for one or two objects with its spans."""
    parts = {"objects": objects_text(names, rng)}
    if said.sky:
        parts["sky"] = named("sky", sky, words_of("sky", sky), rng)
    if said.ground:
        parts["ground"] = named("ground", ground, words_of("ground", ground), rng)
    text = fill(pick(rng, PLACES[said.sky, said.ground]), parts)
    if said.tone:
        text = fill(pick(rng, TONES), {"scene": text, "tone": named("tone", tone, words_of("tone", tone), rng)})
    if said.style:
        text = fill(pick(rng, STYLES), {"scene": text, "style": named("style", style, words_of("style", style), rng)})
    return text


def phrases(text: Text) -> tuple[Phrase, ...]:
    """The caption's phrases in reading order, objects, sky and ground numbered by mask in that order."""
    found, count = [], 0
    for start, end, kind, name in sorted(text.spans):
        has_mask = kind in ("object", "sky", "ground")
        found.append(Phrase(start, end, kind, name, count if has_mask else None))
        count += has_mask
    return tuple(found)
