from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.training.world import VOCABULARY, Scene, SpritesMissingError, View, World
from engine.training.world.captions import words_of
from engine.training.world.sampling import (
    CENTRED,
    CROPPED,
    MAX_OVERLAP,
    MIN_VISIBLE,
    TWO_OBJECTS,
    TWO_OBJECTS_CROPPED,
    overlap,
    sample_scene,
    sample_sibling,
    visible,
)

seeds = st.integers(0, 2**32 - 1)


def words(kind: str, name: str) -> tuple[str, ...]:
    return VOCABULARY.noun(name).words if kind == "object" else words_of(kind, name)


@given(seeds)
@settings(max_examples=80, deadline=None)
def test_phrases_are_the_exact_characters_of_a_word_for_their_thing(seed: int) -> None:
    scene = sample_scene(np.random.default_rng(seed))
    for phrase in scene.phrases:
        assert scene.caption[phrase.start : phrase.end] in words(phrase.kind, phrase.name)
    spans = sorted((p.start, p.end) for p in scene.phrases)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(seeds)
@settings(max_examples=80, deadline=None)
def test_captions_name_every_object_and_only_what_is_there(seed: int) -> None:
    scene = sample_scene(np.random.default_rng(seed))
    named = {kind: [p.name for p in scene.phrases if p.kind == kind] for kind in ("object", "sky", "ground", "style")}
    assert sorted(named["object"]) == sorted(item.name for item in scene.objects)
    assert set(named["sky"]) <= {scene.sky}
    assert set(named["ground"]) <= {scene.ground}
    assert set(named["style"]) <= {scene.style}
    assert [p.mask for p in scene.masked] == list(range(len(scene.masked)))
    assert scene.caption == scene.caption.strip()
    assert "  " not in scene.caption


@given(seeds)
@settings(max_examples=80, deadline=None)
def test_objects_stay_in_view_and_apart(seed: int) -> None:
    scene = sample_scene(np.random.default_rng(seed))
    assert all(visible(item.x, item.y, item.side) >= MIN_VISIBLE for item in scene.objects)
    if len(scene.objects) == 2:
        assert overlap(*scene.objects) <= MAX_OVERLAP


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_views_lie_inside_their_canvas(seed: int) -> None:
    view = sample_scene(np.random.default_rng(seed)).view
    for size in (32, 128):
        (height, width), (top, left) = view.original(size), view.crop(size)
        assert 0 <= top <= height - size + 1
        assert 0 <= left <= width - size + 1


def test_the_shares_of_cropped_views_and_of_pairs_are_as_documented(world: World) -> None:
    scenes = world.sample(np.random.default_rng(3), 600)
    pairs = {cut: [len(s.objects) == 2 for s in scenes if (s.view != View()) == cut] for cut in (False, True)}
    assert abs(len(pairs[True]) / 600 - CROPPED) < 0.07
    assert abs(np.mean(pairs[False]) - TWO_OBJECTS) < 0.09
    assert abs(np.mean(pairs[True]) - TWO_OBJECTS_CROPPED) < 0.09


def test_the_lone_thing_of_a_cut_picture_stands_near_the_middle_of_its_canvas(world: World) -> None:
    scenes = [scene for scene in world.sample(np.random.default_rng(4), 800) if len(scene.objects) == 1]
    cut = [s.objects[0].x + s.view.left - s.view.width / 2 for s in scenes if s.view != View()]
    whole = [s.objects[0].x - 0.5 for s in scenes if s.view == View()]
    assert np.std(cut) < 1.3 * CENTRED
    assert np.std(whole) > 1.5 * CENTRED


def test_a_sibling_shares_the_look_and_nothing_else(world: World) -> None:
    rng = np.random.default_rng(5)
    for scene in world.sample(rng, 20):
        sibling = sample_sibling(scene, rng)
        assert (sibling.style, sibling.tone) == (scene.style, scene.tone)
        assert sibling.seed != scene.seed


def test_regions_fill_the_picture_and_masks_follow_their_phrases(world: World) -> None:
    scenes = world.sample(np.random.default_rng(1), 24)
    drawn = world.render(scenes, 32)
    assert drawn.images.shape == (24, 3, 32, 32)
    assert drawn.images.abs().max() <= 1.0
    torch.testing.assert_close(drawn.regions.sum(1), torch.ones(24, 32, 32))
    slots = {"sky": 2, "ground": 3}
    for b, scene in enumerate(scenes):
        for phrase in scene.masked:
            names = [item.name for item in scene.objects]
            slot = names.index(phrase.name) if phrase.kind == "object" else slots[phrase.kind]
            assert phrase.mask is not None
            assert torch.equal(drawn.masks[b, phrase.mask], drawn.regions[b, slot])
        assert not drawn.masks[b, len(scene.masked) :].any()


def test_an_object_mask_lies_where_the_object_was_placed(world: World) -> None:
    scenes = [s for s in world.sample(np.random.default_rng(2), 40) if len(s.objects) == 1 and s.view == View()]
    centres = (torch.arange(64) + 0.5) / 64
    for scene, regions in zip(scenes, world.render(scenes, 64).regions, strict=True):
        mask, item = regions[0], scene.objects[0]
        x, y = (mask * centres).sum() / mask.sum(), (mask * centres[:, None]).sum() / mask.sum()
        assert abs(float(x) - item.x) < 0.2 * item.side
        assert abs(float(y) - item.y) < 0.2 * item.side


def test_a_scene_looks_the_same_alone_and_in_any_batch(world: World) -> None:
    scenes = world.sample(np.random.default_rng(4), 12)
    together = world.render(scenes, 32)
    assert torch.equal(together.images, world.render(scenes, 32).images)
    for b in (0, 7):
        torch.testing.assert_close(world.render([scenes[b]], 32).images[0], together.images[b], atol=2e-4, rtol=0)


def test_a_large_picture_shows_the_same_scene_as_a_small_one(world: World) -> None:
    scenes = world.sample(np.random.default_rng(6), 24)
    small, large = world.render(scenes, 32), world.render(scenes, 128)
    reduced = F.interpolate(large.images, (32, 32), mode="area")
    assert (reduced - small.images).abs().mean() < 0.04
    torch.testing.assert_close(F.interpolate(large.regions, (32, 32), mode="area"), small.regions, atol=0.35, rtol=0)


def render_one(world: World, scene: Scene) -> torch.Tensor:
    return world.render([scene], 32).images[0]


def test_every_choice_changes_the_picture(world: World) -> None:
    scene = replace(world.sample(np.random.default_rng(8), 1)[0], view=View(), horizon=0.5)
    before = render_one(world, scene)
    choices = {
        "sky": [replace(scene, sky=name) for name in VOCABULARY.names("sky")],
        "ground": [replace(scene, ground=name) for name in VOCABULARY.names("ground")],
        "style": [replace(scene, style=name) for name in VOCABULARY.names("style")],
    }
    for kind, scenes in choices.items():
        pictures = [render_one(world, changed) for changed in scenes]
        gaps = [(a - b).abs().mean() for i, a in enumerate(pictures) for b in pictures[:i]]
        assert min(gaps) > 0.015, kind
    assert (render_one(world, replace(scene, seed=scene.seed + 1)) - before).abs().mean() > 0.001


def test_a_missing_font_is_one_sentence_with_the_package_to_install(tmp_path: Path) -> None:
    with pytest.raises(SpritesMissingError, match="fonts-noto-color-emoji") as caught:
        World.load(tmp_path / "none.ttf")
    assert "none.ttf" in str(caught.value)


def test_storybook_draws_as_it_did_when_its_model_was_trained(world: World) -> None:
    """Captions to the letter and pictures to a level of 8 bits: the shipped model and judge know this world."""
    scenes = world.sample(np.random.default_rng(2026), 200)
    captions = "\n".join(scene.caption for scene in scenes).encode()
    assert hashlib.sha256(captions).hexdigest()[:16] == "9d756e388ba5ad24"
    drawn = ((world.render(scenes[:24], 32).images + 1.0) * 127.5).round()
    sheet = drawn.view(4, 6, 3, 32, 32).permute(0, 3, 1, 4, 2).reshape(128, 192, 3).numpy()
    kept = np.asarray(Image.open(Path(__file__).with_name("storybook_scenes.png")), dtype=np.float32)
    assert np.abs(sheet - kept).max() <= 1.0
