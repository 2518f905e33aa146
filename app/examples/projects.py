"""The example projects: what each shows, as a graph with its paint and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.examples.sketch import Sketch
from app.examples.strokes import Region, painted
from app.files.pictures import encode_mask
from app.files.project import Project, asset_reference, paint_reference
from engine.api.cascade import CascadeStage, cascade
from engine.api.plan import Json
from engine.api.shipped import SHIPPED, shipped_card
from nodes.registry import Registry

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "examples"
STYLE_PICTURE = FOLDER / "pictures" / "golden-watercolour.png"

SAMPLER, FINISHING = "dpmpp_2m", "euler"
STEPS, ENLARGING_STEPS, REFINING_STEPS = 16, 6, 20

STAGES = cascade(shipped_card())
"""The sizes of the model that comes along, from the smallest."""
GUIDANCE = shipped_card().default_guidance

LANE, ABOVE_PHRASES, BELOW_SIZE, BELOW_BASE = 12.0, 300.0, 720.0, 520.0
"""Pixels between wires side by side, and where those that go around nodes begin."""


@dataclass(frozen=True)
class Phrase:
    """Words of a sentence and where they are painted."""

    id: str
    words: str
    region: Region
    stroke: int


SENTENCE = "a castle and a red mushroom on grass under a blue sky"
LEFT, RIGHT = Region(0.27, 0.50, 0.46, 0.58), Region(0.75, 0.62, 0.40, 0.46)
SKY, GROUND = Region(0.5, 0.22, 1.0, 0.42, square=True), Region(0.5, 0.78, 1.0, 0.44, square=True)
PHRASES = (
    Phrase("sky", "blue sky", SKY, 3),
    Phrase("grass", "grass", GROUND, 4),
    Phrase("castle", "castle", LEFT, 1),
    Phrase("mushroom", "red mushroom", RIGHT, 2),
)
EXCHANGED = (*PHRASES[:2], Phrase("castle", "castle", RIGHT, 2), Phrase("mushroom", "red mushroom", LEFT, 1))


def layers(phrases: Sequence[Phrase], suffix: str = "") -> list[Json]:
    """Painted phrases of the sentence as the parameter of a Phrase Masks node."""
    return [
        {
            "id": phrase.id + suffix,
            "start": SENTENCE.index(phrase.words),
            "end": SENTENCE.index(phrase.words) + len(phrase.words),
            "phrase": phrase.words,
            "mask": paint_reference(phrase.id + suffix),
        }
        for phrase in phrases
    ]


def paint(phrases: Sequence[Phrase], suffix: str = "") -> dict[str, bytes]:
    """The masks of painted phrases by layer."""
    return {phrase.id + suffix: encode_mask(painted(phrase.region, phrase.stroke)) for phrase in phrases}


def demo(registry: Registry) -> Project:
    """A sentence, four painted phrases, a style picture, size and crop, through experts, upscaler and refiner."""
    picture = STYLE_PICTURE.read_bytes()
    style = asset_reference(picture, "png")
    sketch = Sketch(registry)
    _experts(sketch, (0, 0))
    sketch.node("prompt", "prompt", (0, 1.4), text=SENTENCE)
    sketch.node("phrases", "phrase-masks", (1, 1.4), layers=layers(PHRASES))
    side = STAGES[1].size
    sketch.node("size", "size-crop", (1, 2.3), width=side, height=side, original_width=side, original_height=side)
    sketch.node("seed", "seed", (0, 2.3), seed=11)
    sketch.node("picture", "load-image", (0, 3.6), "Style Picture", file=style)
    sketch.node("style", "style-reference", (1, 3.6), strength=0.6)
    _cascade(sketch, (2, 0), refined=True)
    sketch.node("saved", "save-image", (5, 0), name="demo")
    sketch.wire("prompt.conditioning", "phrases.prompt")
    sketch.wire("phrases.phrases", "base.phrases", "enlarged.phrases")
    sketch.wire("picture.image", "style.images")
    sketch.wire("style.style", "base.style", "enlarged.style", "refined.style")
    sketch.wire("size.size", "base.size")
    sketch.wire("seed.seed", "base.seed", "enlarged.seed", "refined.seed")
    sketch.wire("refined.image", "saved.image")
    _lead_past_the_base(sketch)
    sketch.frame("Experts", (0, 0), (2, 1.25))
    sketch.frame("What and where", (0, 1.4), (2, 2.0))
    sketch.frame("In which style", (0, 3.6), (2, 1.6))
    sketch.frame("From noise to picture", (2, 0), (4, 2.85))
    return Project(sketch.graph, paint(PHRASES), {style: picture})


def _lead_past_the_base(sketch: Sketch) -> None:
    """Wires that would pass behind a node go around it, each on a lane of its own."""
    for number, target in enumerate(("base.prompt", "enlarged.prompt", "refined.prompt")):
        sketch.lead(target, (1, 1), ABOVE_PHRASES + number * LANE)
    for number, target in enumerate(("base.seed", "enlarged.seed", "refined.seed")):
        sketch.lead(target, (1, 1), BELOW_SIZE + number * LANE)
    sketch.lead("enlarged.denoiser", (2 if STAGES[1].experts else 1, 2), -LANE)
    sketch.lead("refined.denoiser", (1, 3), -2 * LANE)
    near, far = ("prompt", "phrases", "style", "seed"), ("prompt", "style", "seed")
    for number, port in enumerate(near):
        sketch.lead(f"enlarged.{port}", (2, 2), BELOW_BASE + number * LANE)
    for number, port in enumerate(far, len(near)):
        sketch.lead(f"refined.{port}", (2, 3), BELOW_BASE + number * LANE)


def exchanged(registry: Registry) -> Project:
    """One sentence and one seed twice, with the masks of two phrases exchanged: the picture follows the paint."""
    sketch = Sketch(registry)
    sketch.node("prompt", "prompt", (0, 0), text=SENTENCE)
    sketch.node("seed", "seed", (0, 3.5), seed=11)
    _experts(sketch, (1, 3.5))
    for row, (name, phrases, suffix) in enumerate((("painted", PHRASES, ""), ("exchanged", EXCHANGED, "-exchanged"))):
        sketch.node(
            f"{name}-phrases", "phrase-masks", (1, row * 2.25), f"Phrases, {name}", layers=layers(phrases, suffix)
        )
        sketch.wire("prompt.conditioning", f"{name}-phrases.prompt")
        _cascade(sketch, (3, row * 2.25), suffix=f"-{name}")
        sketch.wire(f"{name}-phrases.phrases", f"base-{name}.phrases", f"enlarged-{name}.phrases")
        sketch.wire("seed.seed", f"base-{name}.seed", f"enlarged-{name}.seed")
    sketch.node("sheet", "grid", (5, 1.2), "Painted and Exchanged", columns=2, title=SENTENCE)
    sketch.node("saved", "save-image", (6, 1.2), name="exchanged")
    sketch.wire("enlarged-painted.image", "sheet.images")
    sketch.wire("enlarged-exchanged.image", "sheet.images")
    sketch.wire("sheet.image", "saved.image")
    return Project(sketch.graph, paint(PHRASES) | paint(EXCHANGED, "-exchanged"))


def seed_sheet(registry: Registry) -> Project:
    """One sentence, six seeds, one labelled sheet."""
    sketch = Sketch(registry)
    sketch.node("prompt", "prompt", (0, 0), text="an owl next to a pumpkin on sand under a night sky")
    sketch.node("seeds", "seed-range", (0, 1), first=1, count=6)
    _experts(sketch, (1, 1))
    _cascade(sketch, (3, 0))
    sketch.wire("seeds.seeds", "base.seed", "enlarged.seed")
    sketch.node("sheet", "grid", (5, 0), columns=3, title="Six seeds of one sentence")
    sketch.node("saved", "save-image", (6, 0), name="seeds")
    sketch.wire("enlarged.image", "sheet.images")
    sketch.wire("sheet.image", "saved.image")
    return Project(sketch.graph)


def size_and_crop(registry: Registry) -> Project:
    """One sentence and one seed as a whole picture, and cut out of a wider and of a higher one (SDXL 2.2)."""
    side = STAGES[1].size
    cuts: dict[str, dict[str, Json]] = {
        "whole": {},
        "left": {"original_width": side * 3 // 2, "crop_left": side // 2},
        "below": {"original_height": side * 3 // 2},
    }
    sketch = Sketch(registry)
    sketch.node("prompt", "prompt", (0, 0), text="a house on a snowfield under a stormy sky")
    sketch.node("seed", "seed", (0, 0.8), seed=15)
    _experts(sketch, (0, 1.6))
    title = "Whole, cut off at the left, cut off below"
    sketch.node("sheet", "grid", (5, 2.25), "Whole and Cut Off", columns=len(cuts), title=title)
    for row, (name, cut) in enumerate(cuts.items()):
        sketch.node(f"size-{name}", "size-crop", (2, 0.7 + 2.25 * row), f"Size, {name}", width=side, height=side, **cut)
        _cascade(sketch, (3, 2.25 * row), suffix=f"-{name}")
        sketch.wire(f"size-{name}.size", f"base-{name}.size")
        sketch.wire("seed.seed", f"base-{name}.seed", f"enlarged-{name}.seed")
        sketch.wire(f"enlarged-{name}.image", "sheet.images")
    sketch.node("saved", "save-image", (6, 2.25), name="cut-off")
    sketch.wire("sheet.image", "saved.image")
    return Project(sketch.graph)


def prompt_switch(registry: Registry) -> Project:
    """The layout of one sentence with the look of another: the prompt changes on the way from noise to picture."""
    sketch = Sketch(registry)
    sketch.node("first", "prompt", (0, 0), "First", text="a house and a tree on a meadow under a blue sky")
    sketch.node("second", "prompt", (0, 1), "Second", text="a house and a tree on snow under a night sky")
    sketch.node("prompt", "prompt-switch", (1, 0), at=0.2)
    sketch.node("negative", "negative-prompt", (1, 0.8), text="storm")
    sketch.node("seed", "seed", (1, 1.6), seed=1)
    _experts(sketch, (2, 1))
    _cascade(sketch, (4, 0), prompt="prompt.conditioning")
    sketch.wire("first.conditioning", "prompt.first")
    sketch.wire("second.conditioning", "prompt.second")
    sketch.wire("negative.conditioning", "base.negative")
    sketch.wire("seed.seed", "base.seed", "enlarged.seed")
    sketch.node("saved", "save-image", (6, 0), name="switched")
    sketch.wire("enlarged.image", "saved.image")
    return Project(sketch.graph)


def large(registry: Registry) -> Project:
    """The demo's sentence and paint, drawn on from size to size up to the largest that the model knows."""
    sketch = Sketch(registry)
    sketch.node("prompt", "prompt", (0, 1.4), text=SENTENCE)
    sketch.node("phrases", "phrase-masks", (1, 1.4), layers=layers(PHRASES))
    sketch.node("seed", "seed", (0, 2.3), seed=11)
    _experts(sketch, (0, 0))
    _cascade(sketch, (2, 0))
    sketch.wire("prompt.conditioning", "phrases.prompt")
    sketch.wire("phrases.phrases", "base.phrases", "enlarged.phrases")
    sketch.wire("seed.seed", "base.seed", "enlarged.seed")
    before = "enlarged"
    for column, stage in enumerate(STAGES[2:], 4):
        name = f"enlarged-{stage.size}"
        finishing: dict[str, Json] = {"sampler": FINISHING, "steps": ENLARGING_STEPS, "guidance": 1.0}
        sketch.node(name, "denoise", (column, 0), f"Upscaler to {stage.size}", **finishing)
        sketch.wire(f"{SHIPPED}.{stage.drawing[0].name}", f"{name}.denoiser")
        sketch.wire("prompt.conditioning", f"{name}.prompt")
        sketch.wire("phrases.phrases", f"{name}.phrases")
        sketch.wire("seed.seed", f"{name}.seed")
        sketch.wire(f"{before}.image", f"{name}.low_resolution")
        before = name
    sketch.node("saved", "save-image", (len(STAGES) + 2, 0), name="large")
    sketch.wire(f"{before}.image", "saved.image")
    return Project(sketch.graph, paint(PHRASES))


def _experts(sketch: Sketch, at: tuple[float, float]) -> None:
    """The model, and its experts of each size, each on its own part of the noise, as one ensemble."""
    sketch.node(SHIPPED, "storybook", at)
    for number, (name, stage) in enumerate(zip(("ensemble", "upscalers"), STAGES, strict=False)):
        if stage.experts:
            title = "Upscaler's Experts" if number else ""
            sketch.node(name, "ensemble", (at[0] + 1, at[1] + 0.5 * number), title)
            for part in stage.experts:
                sketch.wire(f"{SHIPPED}.{part.name}", f"{name}.experts")


def _denoiser(stage: CascadeStage, ensemble: str) -> str:
    """The output that draws pictures of one size."""
    return f"{ensemble}.ensemble" if stage.experts else f"{SHIPPED}.{stage.drawing[0].name}"


def _cascade(
    sketch: Sketch,
    at: tuple[float, float],
    *,
    prompt: str = "prompt.conditioning",
    suffix: str = "",
    refined: bool = False,
) -> None:
    """From noise to a small picture by the ensemble, to a large one by the upscaler, perhaps through the refiner."""
    base, enlarged, finish = f"base{suffix}", f"enlarged{suffix}", f"refined{suffix}"
    whose = suffix.replace("-", ", ")
    sketch.node(base, "denoise", at, f"Base{whose}", sampler=SAMPLER, steps=STEPS, guidance=GUIDANCE)
    finishing: dict[str, Json] = {"sampler": FINISHING, "guidance": 1.0}
    sketch.node(enlarged, "denoise", (at[0] + 1, at[1]), f"Upscaler{whose}", steps=ENLARGING_STEPS, **finishing)
    sketch.wire(_denoiser(STAGES[0], "ensemble"), f"{base}.denoiser")
    sketch.wire(_denoiser(STAGES[1], "upscalers"), f"{enlarged}.denoiser")
    for stage, solve in zip(STAGES, (base, enlarged), strict=False):
        if stage.weaker is not None:
            sketch.wire(f"{SHIPPED}.{stage.weaker.name}", f"{solve}.weaker")
    sketch.wire(prompt, f"{base}.prompt", f"{enlarged}.prompt")
    sketch.wire(f"{base}.image", f"{enlarged}.low_resolution")
    if refined:
        sketch.node(finish, "refine", (at[0] + 2, at[1]), "Refiner", steps=REFINING_STEPS, strength=0.2, **finishing)
        sketch.wire(f"{SHIPPED}.{(STAGES[1].finisher or STAGES[1].drawing[0]).name}", f"{finish}.denoiser")
        sketch.wire(prompt, f"{finish}.prompt")
        sketch.wire(f"{enlarged}.image", f"{finish}.image")


EXAMPLES: Mapping[str, Callable[[Registry], Project]] = {
    "demo": demo,
    "exchanged": exchanged,
    "prompt-switch": prompt_switch,
    "seed-sheet": seed_sheet,
    "size-and-crop": size_and_crop,
    **({"large": large} if STAGES[2:] else {}),
}
"""Every example by the name of its file."""
