"""The example projects are what their program makes, and can all be rendered."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from app.examples.__main__ import main
from app.examples.projects import EXAMPLES, FOLDER
from app.examples.strokes import CANVAS, Region, painted
from app.files.opening import open_project
from app.files.pictures import decode_mask
from app.model.vocabulary import Vocabulary
from engine.api.shipped import shipped_card
from nodes.graph.validate import validate
from nodes.registry import built_in
from nodes.specs.declare import PhraseLayerValue

REGISTRY = built_in()


def test_the_files_are_what_the_program_makes(tmp_path: Path) -> None:
    main(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in FOLDER.glob("*.sinopia")}
    for made in tmp_path.iterdir():
        fresh, kept = (open_project(file, REGISTRY).project for file in (made, FOLDER / made.name))
        assert fresh.graph == kept.graph
        assert fresh.assets == kept.assets
        # Compared as pixels: another version of the packing library writes other bytes for the same mask.
        assert fresh.paint.keys() == kept.paint.keys()
        masks = zip(fresh.paint.values(), kept.paint.values(), strict=True)
        assert all(np.array_equal(decode_mask(new), decode_mask(old)) for new, old in masks)


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_wrong_with_an_example(name: str) -> None:
    project = EXAMPLES[name](REGISTRY)
    assert validate(project.graph, REGISTRY, project.files) == ()


def test_the_demo_has_everything_in_it() -> None:
    types = {node.type.removeprefix("sinopia.") for node in EXAMPLES["demo"](REGISTRY).graph.nodes}
    assert types == {
        "prompt", "phrase-masks", "load-image", "style-reference", "size-crop", "seed", "storybook", "ensemble",
        "denoise", "refine", "save-image",
    }  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_sentences_are_of_words_that_the_model_knows(name: str) -> None:
    vocabulary = Vocabulary(shipped_card().words)
    for node in EXAMPLES[name](REGISTRY).graph.nodes:
        layers = msgspec.convert(node.params.get("layers", []), list[PhraseLayerValue])
        for text in (str(node.params.get("text", "")), *(layer.phrase for layer in layers)):
            assert vocabulary.unknown(text) == ()


def test_a_region_is_painted_over_and_little_else_is() -> None:
    region = Region(0.5, 0.5, 0.4, 0.4)
    mask = painted(region, seed=1)
    assert mask.shape == (CANVAS, CANVAS)
    rows, columns = np.mgrid[:CANVAS, :CANVAS] / CANVAS - 0.5
    inside = (rows**2 + columns**2) < 0.15**2
    outside = (rows**2 + columns**2) > 0.28**2
    assert (mask[inside] > 127).mean() > 0.97
    assert mask[outside].max() == 0


def test_a_stroke_is_the_same_every_time_and_another_for_another_seed() -> None:
    region = Region(0.5, 0.5, 0.4, 0.4)
    assert np.array_equal(painted(region, seed=1), painted(region, seed=1))
    assert not np.array_equal(painted(region, seed=1), painted(region, seed=2))
