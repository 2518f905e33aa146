"""Painted phrases find their words again, and say when they cannot; size and crop."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.api.errors import NodeError
from engine.api.plan import Asset
from engine.conditioning.brief import BriefError, PhraseMasks, PromptText, SizeCrop, SwitchedPrompt
from nodes.impl.regions import find_phrase
from tests.impl.workshop import Workshop

PROMPT = "a red fox and a castle"


def paint(workshop: Workshop, name: str, side: int = 16, painted: int = 8) -> str:
    """A mask whose left part is painted, as a file of the project."""
    mask = np.zeros((side, side), dtype=np.uint8)
    mask[:, :painted] = 255
    file = workshop.folder / f"{name}.png"
    Image.fromarray(mask).save(file)
    workshop.assets[f"paint/{name}.png"] = Asset(str(file), name)
    return f"paint/{name}.png"


def layer(phrase: str, mask: str, start: int | None = None, **more: object) -> dict[str, object]:
    begin = PROMPT.index(phrase) if start is None else start
    return {"id": phrase, "start": begin, "end": begin + len(phrase), "phrase": phrase, "mask": mask, **more}


def run(workshop: Workshop, layers: list[dict[str, object]], prompt: object = None, **more: object) -> PhraseMasks:
    masks = workshop.run("phrase-masks", prompt=prompt or PromptText(PROMPT), layers=layers, **more)
    assert isinstance(masks, PhraseMasks)
    return masks


def test_layers_carry_their_paint_and_their_settings(workshop: Workshop) -> None:
    masks = run(
        workshop,
        [layer("red fox", paint(workshop, "a"), strength=2.0, repel=0.2, begin=0.1, finish=0.9),
         layer("castle", paint(workshop, "b"))],
        weight=0.7, overlap="mix", norm="layer", resize="keep", isolate=True,
    )  # fmt: skip
    first, second = masks.layers
    assert (first.start, first.end, first.strength, first.repel, first.begin, first.finish) == (
        2,
        9,
        2.0,
        0.2,
        0.1,
        0.9,
    )
    assert (second.strength, second.repel, second.begin, second.finish) == (1.0, 0.5, 0.0, 1.0)
    assert first.mask.dtype == np.float32
    assert first.mask[:, :8].min() == 1.0
    assert first.mask[:, 8:].max() == 0.0
    assert (masks.weight, masks.overlap, masks.norm, masks.resize, masks.isolate) == (0.7, "mix", "layer", "keep", True)
    assert workshop.record.notes == []


def test_a_phrase_that_moved_is_found_where_it_now_stands(workshop: Workshop) -> None:
    prompt = PromptText("look: " + PROMPT)
    masks = run(workshop, [layer("castle", paint(workshop, "a"))], prompt)
    assert prompt.text[masks.layers[0].start : masks.layers[0].end] == "castle"


def test_a_phrase_no_longer_in_the_prompt_is_told_and_left_out(workshop: Workshop) -> None:
    masks = run(workshop, [layer("whale", paint(workshop, "a"), start=3), layer("castle", paint(workshop, "b"))])
    assert [each.id for each in masks.layers] == ["castle"]
    assert "“whale” is not in the prompt" in workshop.record.notes[0]


def test_a_layer_without_paint_is_told_and_left_out(workshop: Workshop) -> None:
    masks = run(workshop, [layer("castle", paint(workshop, "a", painted=0))])
    assert masks.layers == ()
    assert "Nothing is painted for “castle”" in workshop.record.notes[0]


def test_a_dot_of_paint_is_told(workshop: Workshop) -> None:
    file = workshop.folder / "dot.png"
    dot = np.zeros((64, 64), dtype=np.uint8)
    dot[:4, :4] = 255
    Image.fromarray(dot).save(file)
    workshop.assets["paint/dot.png"] = Asset(str(file), "")
    assert len(run(workshop, [layer("castle", "paint/dot.png")]).layers) == 1
    assert "smaller than one cell" in workshop.record.notes[0]


def test_a_switching_prompt_is_painted_where_its_phrases_are(workshop: Workshop) -> None:
    masks = run(workshop, [layer("castle", paint(workshop, "a"))], SwitchedPrompt("a fox", PROMPT, 0.5))
    assert masks.prompt == PROMPT


def test_masks_of_different_canvases_are_refused(workshop: Workshop) -> None:
    layers = [layer("red fox", paint(workshop, "a", 16)), layer("castle", paint(workshop, "b", 32))]
    with pytest.raises(BriefError, match="canvas size"):
        run(workshop, layers)


def test_a_layer_that_is_no_layer_is_refused(workshop: Workshop) -> None:
    with pytest.raises(NodeError, match="cannot be read"):
        run(workshop, [{"id": "x"}])


def test_paint_that_is_not_in_the_project_is_refused(workshop: Workshop) -> None:
    with pytest.raises(NodeError, match="not part of the project"):
        run(workshop, [layer("castle", "paint/gone.png")])


@given(before=st.text("ab ", max_size=12), phrase=st.text("ab", min_size=1, max_size=3), start=st.integers(0, 20))
def test_a_found_phrase_is_the_phrase_nearest_to_where_it_was(before: str, phrase: str, start: int) -> None:
    text = before + phrase + before
    found = find_phrase(text, phrase, start)
    assert found is not None
    assert text[found : found + len(phrase)] == phrase
    places = [place for place in range(len(text)) if text.startswith(phrase, place)]
    assert abs(found - start) == min(abs(place - start) for place in places)


def test_a_phrase_that_is_nowhere_is_not_found() -> None:
    assert find_phrase("a red fox", "whale", 2) is None
    assert find_phrase("a red fox", "", 2) is None


def test_an_empty_original_size_is_the_target_size(workshop: Workshop) -> None:
    plain = workshop.run("size-crop", width=96, height=128)
    assert plain == SizeCrop((128, 96), (128, 96), (0, 0))
    cropped = workshop.run("size-crop", original_width=200, original_height=180, crop_left=5, crop_top=7)
    assert cropped == SizeCrop((128, 128), (180, 200), (7, 5))


def test_the_path_of_a_mask_is_only_ever_the_plan_s(workshop: Workshop, tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    Image.new("L", (8, 8), 255).save(outside)
    with pytest.raises(NodeError, match="not part of the project"):
        run(workshop, [layer("castle", f"../{outside.name}")])
