"""The evaluation of the crop conditioning written down."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from engine.training.evaluation.crop import (
    ACROSS,
    BORDERS,
    CANVAS,
    CUTS,
    DOWN,
    GUIDANCE,
    OFFSETS,
    RENDERED,
    STEPS,
    TOUCHED,
    WHOLE,
    CropEvaluation,
    CropFigure,
    CropReport,
)
from engine.training.evaluation.drafts import draft_sheet
from engine.training.evaluation.eyes import judge_text
from engine.training.evaluation.pages import table, write_json
from engine.training.evaluation.plot import Axis, Series, plot


def crop_finding(report: CropReport) -> str:
    """Whether the conditioning is followed, in a sentence."""
    followed = [each.border for each in report.changes if each.change.low > 0.0]
    missed = [each.border for each in report.changes if each.change.low <= 0.0]
    told = f"the shares correlate with those of renders by {report.agreement:.2f}"
    if not missed:
        return f"Things follow the crop at every border: each is touched more often when it is a cut; {told}."
    if not followed:
        return f"Things do not follow the crop at any border; {told}."
    return f"Things follow the crop at the {', '.join(followed)} border, not surely at the {', '.join(missed)}; {told}."


def crop_text(report: CropReport) -> str:
    """The Markdown page, which shows crop.png, crop-middle.png and crop-1.png."""
    heads = ["border", "the canvas' own", "most cut away", "change", "renders: change"]
    changes = [
        [each.border, str(each.whole), str(each.cut), str(each.change), str(each.truth_change)]
        for each in report.changes
    ]
    lines = [
        [own.way, f"{own.offset:g}", str(own.presence),
         *(f"{own.touches[border].mean:.2f} / {truth.touches[border].mean:.2f}" for border in BORDERS),
         f"{own.across.mean:.2f} / {truth.across.mean:.2f}", f"{own.down.mean:.2f} / {truth.down.mean:.2f}"]
        for own, truth in zip(report.figures, report.truths, strict=True)
    ]  # fmt: skip
    columns = ["cut", "offset", "thing there", *BORDERS, "middle across", "middle down"]
    return f"""# Size and crop conditioning

{report.captions} captions of one thing, {report.pictures} drafts by the parts that draw in {report.seconds / 60:.1f}
minutes ({STEPS} steps, guidance {GUIDANCE:g}), the same seeds in every rectangle. The model is told that its picture is
cut out of a canvas {CANVAS:g} times as wide (or as high), `offset` of its own side from the canvas' left (or upper)
edge. A border counts as touched where the judge gives the thing {100 * TOUCHED:.0f} % of it; 95 % bootstrap intervals
over captions.

{crop_finding(report)}

{table(heads, changes)}

![Borders](crop.png)

![Middle of the thing](crop-middle.png)

The model / {RENDERED * report.captions} renders of the world in each rectangle, share of pictures in which each border
is touched, and the thing's middle (0 left or upper edge, 1 right or lower):

{table(columns, lines)}

The renders tell how far the training pictures themselves go: things stand within the whole canvas, the lone thing of a
picture that was cut out near its middle, so a border that is the canvas' own cuts nothing off.

## The judge

{judge_text(report.judge)}

## Pictures

Not chosen: the first captions; whole, then from the left to the right edge of a wide canvas, then from the upper to the
lower edge of a high one.

![Pictures](crop-1.png)
"""


def border_plot(report: CropReport) -> Image.Image:
    """How often a border is touched, over how much of the canvas is cut away beyond it; opposite borders together."""
    series = [
        Series(f"{name}, {made}", tuple((away, touched(group, way, away)) for away in OFFSETS))
        for way, name in ((ACROSS, "sides"), (DOWN, "top, bottom"))
        for made, group in (("made", report.figures), ("renders", report.truths))
    ]
    return plot(
        "Borders touched", Axis("canvas cut away beyond the border, sides of the picture"), Axis("share"), series
    )


def touched(figures: Sequence[CropFigure], way: str, away: float) -> float:
    """Mean share of the two opposite borders, each where `away` of the canvas is cut away beyond it."""
    first, last = BORDERS[:2] if way == ACROSS else BORDERS[2:]
    shares = {(each.way, each.offset): each.touches for each in figures}
    return (shares[way, away][first].mean + shares[way, OFFSETS[-1] - away][last].mean) / 2


def middle_plot(report: CropReport) -> Image.Image:
    """Where the thing's middle lies, over the offset."""
    series = [
        Series(f"{way}, {name}", tuple((each.offset, getattr(each, way).mean) for each in group if each.way == way))
        for way in (ACROSS, DOWN)
        for name, group in (("made", report.figures), ("renders", report.truths))
    ]
    return plot("Middle of the thing", Axis("offset of the rectangle, sides of the picture"), Axis("middle"), series)


def write_crop(evaluation: CropEvaluation, output: Path) -> Path:
    """Write crop.md, crop.json, the plots and a sheet into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    report = evaluation.report
    border_plot(report).save(output / "crop.png", optimize=True)
    middle_plot(report).save(output / "crop-middle.png", optimize=True)
    heads = [cut.way if cut.way == WHOLE else f"{cut.way} {cut.offset:g}" for cut in CUTS]
    draft_sheet(evaluation.shown, heads, evaluation.captions).save(output / "crop-1.png", optimize=True)
    write_json(report, output / "crop.json")
    page = output / "crop.md"
    page.write_text(crop_text(report), encoding="utf-8")
    return page
