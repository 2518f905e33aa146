"""The larger drawn world: captions that are true of their scenes, exact masks, and styles, colours that are seen."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.training.config import read_config
from engine.training.sources import ConfiguredSource
from engine.training.world import Placed, Scene, SpritesMissingError, Tone, View, World
from engine.training.world.family.captions import relation
from engine.training.world.family.sampling import COLOURLESS, sample_scene
from engine.training.world.family.words import COLOURS, FAMILY, plural
from engine.training.world.kinds import KINDS
from engine.training.world.sampling import MAX_OVERLAP, MIN_VISIBLE, overlap, visible
from tests.models.small import random_encoders
from tests.training.toy import TOML

seeds = st.integers(0, 2**32 - 1)
NUMBERS = {"two": 2, "pair": 2, "three": 3, "group": 3}


@pytest.fixture(scope="module")
def family() -> World:
    try:
        return World.load(name="family")
    except SpritesMissingError as error:
        pytest.skip(str(error))


def scene_of(*objects: Placed, **changes: object) -> Scene:
    plain = Scene("", (), objects, "mist", "snow", 0.55, "flat", Tone("neutral"), View(), 3)
    return replace(plain, **changes)  # type: ignore[arg-type]  # fields by name


def test_the_vocabulary_is_as_large_as_promised() -> None:
    assert len(FAMILY.nouns) >= 120
    assert (len(COLOURS), len(FAMILY.skies), len(FAMILY.grounds), len(FAMILY.styles)) == (8, 8, 8, 12)
    words = [word for noun in FAMILY.nouns for word in noun.words]
    assert len(set(words)) == len(words)
    assert not {word for name in words for word in name.split()} & set(COLOURS)


@pytest.mark.parametrize(
    ("one", "many"),
    [("owl", "owls"), ("butterfly", "butterflies"), ("fox", "foxes"), ("mouse", "mice"), ("maple leaf", "maple leaves"),
     ("slice of pizza", "slices of pizza"), ("wolf head", "wolf heads"), ("fish", "fish"), ("monkey", "monkeys"),
     ("torch", "torches")],
)  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


@given(seeds)
@settings(max_examples=150, deadline=None)
def test_phrases_tell_number_colour_and_thing_of_what_is_there(seed: int) -> None:
    scene = sample_scene(np.random.default_rng(seed))
    there = Counter((item.name, item.colour) for item in scene.objects)
    told = Counter[tuple[str, str | None]]()
    for phrase in scene.phrases:
        words = scene.caption[phrase.start : phrase.end].split()
        if phrase.kind == "object":
            count = next((NUMBERS[word] for word in words if word in NUMBERS), 1)
            colour = next((word for word in words if word in COLOURS), None)
            told[phrase.name, colour] += count
            names = FAMILY.noun(phrase.name).words
            assert " ".join(words).endswith(tuple(plural(name) if count > 1 else name for name in names))
    assert told == there
    assert [p.mask for p in scene.masked] == list(range(len(scene.masked)))
    assert all(a.end <= b.start for a, b in pairwise(scene.phrases))
    assert "  " not in scene.caption
    assert not re.search(r"\ba [aeio]|\ban (?!hour)[^aeiou]|\ba hour|\ban uni", scene.caption), scene.caption


@given(seeds)
@settings(max_examples=150, deadline=None)
def test_things_are_one_to_three_in_view_and_apart(seed: int) -> None:
    scene = sample_scene(np.random.default_rng(seed))
    assert 1 <= len(scene.objects) <= 3
    assert all(visible(item.x, item.y, item.side) >= MIN_VISIBLE for item in scene.objects)
    assert all(overlap(a, b) <= MAX_OVERLAP for i, a in enumerate(scene.objects) for b in scene.objects[:i])
    assert not (scene.style in COLOURLESS and any(item.colour for item in scene.objects))


def test_relations_that_are_told_are_true_and_all_of_them_come() -> None:
    told = Counter[str]()
    for seed in range(1500):
        scene = sample_scene(np.random.default_rng(seed))
        things = [phrase for phrase in scene.phrases if phrase.kind == "object"]
        if len(things) == 2:
            first, second = ([item for item in scene.objects if item.name == thing.name] for thing in things)
            between = scene.caption[things[0].end : things[1].start]
            for word in ("left", "right", "above", "below"):
                if re.search(rf"\b{word}\b", between):
                    told[word] += 1
                    assert relation(first, second) == word, scene.caption
    assert min(told[word] for word in ("left", "right", "above", "below")) >= 5
    assert sum(told.values()) > 100


def test_relations_by_example() -> None:
    low, high = Placed("owl", 0.3, 0.8, 0.3, False, 0.0), Placed("cat", 0.35, 0.2, 0.3, False, 0.0)
    far = replace(low, x=0.8)
    assert [relation([low], [high]), relation([high], [low]), relation([low], [far]), relation([far], [low])] == [
        "below", "above", "left", "right",
    ]  # fmt: skip
    assert relation([low, far], [replace(low, x=0.5)]) is None


def test_the_mask_of_a_group_is_all_of_it(family: World) -> None:
    scenes = family.sample(np.random.default_rng(1), 40)
    drawn = family.render(scenes, 32)
    assert drawn.images.shape == (40, 3, 32, 32)
    assert torch.isfinite(drawn.images).all()
    assert drawn.images.abs().max() <= 1.0
    torch.testing.assert_close(drawn.regions.sum(1), torch.ones(40, 32, 32))
    groups = 0
    for b, scene in enumerate(scenes):
        for phrase in scene.masked:
            slots = [slot for slot, item in enumerate(scene.objects) if item.name == phrase.name]
            groups += len(slots) > 1
            if phrase.kind == "object":
                assert phrase.mask is not None
                torch.testing.assert_close(drawn.masks[b, phrase.mask], drawn.regions[b, slots].sum(0))
    assert groups > 5


def test_a_colour_is_that_of_its_thing_and_of_nothing_else(family: World) -> None:
    plain = scene_of(Placed("owl", 0.3, 0.6, 0.5, False, 0.0), Placed("car", 0.75, 0.6, 0.4, False, 0.0))
    owl, car = plain.objects
    found = {}
    for name, colour in COLOURS.items():
        drawn = family.render([plain, replace(plain, objects=(replace(owl, colour=name), car))], 48)
        mask = drawn.regions[0, 0]
        changed = (drawn.images[1] - drawn.images[0]).abs().amax(0)
        assert changed[drawn.regions[0, 1] > 0.99].max() < 1e-5
        seen = ((drawn.images[1] + 1) / 2 * mask).sum((1, 2)) / mask.sum()
        found[name] = min(COLOURS, key=lambda other: float((seen - torch.tensor(COLOURS[other])).norm()))
        assert (seen - torch.tensor(colour)).norm() < 0.45
    assert found == {name: name for name in COLOURS}


@pytest.mark.parametrize("kind", ["sky", "ground", "style"])
def test_every_choice_can_be_told_from_every_other(family: World, kind: str) -> None:
    plain = scene_of(Placed("owl", 0.5, 0.6, 0.4, False, 0.0))
    names = FAMILY.names(kind)
    images = family.render([replace(plain, **{kind: name}) for name in names], 48).images  # type: ignore[arg-type]
    gaps = {(a, b): float((x - y).abs().mean()) for a, x in zip(names, images, strict=True)
            for b, y in zip(names, images, strict=True) if a < b}  # fmt: skip
    assert min(gaps.values()) > 0.02, min(gaps, key=lambda pair: gaps[pair])


def test_every_noun_has_a_picture_of_its_own(family: World) -> None:
    sprites = family.sprites.levels[16].flatten(1)
    apart = torch.cdist(sprites, sprites) + 99.0 * torch.eye(len(sprites))
    assert len(sprites) == len(FAMILY.nouns)
    assert apart.min() > 2.0


def test_a_texture_changes_the_grain_and_not_the_palette(family: World) -> None:
    plain = scene_of(Placed("owl", 0.5, 0.6, 0.4, False, 0.0))
    smooth, rough = family.render([plain, replace(plain, texture=0.12)], 64).images
    assert (smooth - rough).abs().mean() > 0.01
    torch.testing.assert_close(smooth.mean((1, 2)), rough.mean((1, 2)), atol=0.06, rtol=0)


def test_a_scene_looks_the_same_alone_and_at_another_size(family: World) -> None:
    scenes = family.sample(np.random.default_rng(4), 16)
    together = family.render(scenes, 32)
    for b in (0, 7):
        torch.testing.assert_close(family.render([scenes[b]], 32).images[0], together.images[b], atol=5e-3, rtol=0)
    large = F.interpolate(family.render(scenes, 96).images, (32, 32), mode="area")
    assert (large - together.images).abs().mean() < 0.12


def test_a_sibling_shares_the_look_and_nothing_else(family: World) -> None:
    rng = np.random.default_rng(5)
    for scene in family.sample(rng, 20):
        sibling = family.sibling(scene, rng)
        assert (sibling.style, sibling.tone, sibling.texture) == (scene.style, scene.tone, scene.texture)
        assert sibling.seed != scene.seed


def test_captions_are_short_and_long() -> None:
    lengths = [len(sample_scene(np.random.default_rng(seed)).caption.split()) for seed in range(300)]
    assert np.mean([length <= 3 for length in lengths]) > 0.05
    assert np.mean([length >= 12 for length in lengths]) > 0.2


def test_a_run_chooses_this_world_by_its_configuration(family: World, tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text(f'{TOML}\n[data]\nkind = "world"\nvocabulary = "family"\n', encoding="utf-8")
    config = read_config(file)
    random_encoders().save(tmp_path / "encoders")
    told = ConfiguredSource(tmp_path / "encoders", torch.device("cpu")).stream(config, 3).batch(0)
    rng = np.random.default_rng((config.seed, 0))
    rng.integers(2**62)
    expected = family.render(family.sample(rng, 3), config.network.size).images
    assert torch.equal(told.pictures, expected)


def test_first_lessons_show_things_large_and_whole_with_the_sentences_of_the_world(family: World) -> None:
    primer = World(family.sprites, KINDS["family-primer"])
    scenes = primer.sample(np.random.default_rng(5), 400)
    assert {scene.view for scene in scenes} == {View()}
    assert 0.7 < np.mean([scene.style == "flat" for scene in scenes]) < 0.9
    alone = [scene.objects[0] for scene in scenes if len(scene.objects) == 1]
    assert 0.5 < len(alone) / len(scenes) < 0.7
    for item in alone:
        assert item.side >= 0.5
        assert item.side / 2 <= min(item.x, item.y) <= max(item.x, item.y) <= 1.0 - item.side / 2
    assert all(scene.caption[phrase.start : phrase.end] for scene in scenes for phrase in scene.phrases)
    sibling = primer.sibling(scenes[0], np.random.default_rng(6))
    assert (sibling.style, sibling.tone) == (scenes[0].style, scenes[0].tone)
    assert sibling.objects != scenes[0].objects
