"""The layout evaluation written down."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.api.defaults import PHRASE_REPEL
from engine.training.evaluation.eyes import judge_text
from engine.training.evaluation.layout import Evaluation, LayoutReport, Row, Shown, Slice
from engine.training.evaluation.pages import table, write_json, write_sheet
from engine.training.evaluation.plot import Axis, Series, plot
from engine.training.evaluation.sheets import painted_masks, sheet

EXAMPLES = 5


def row_cells(row: Row) -> list[str]:
    """The cells of a line of the main table."""
    gain = f"{row.presence_gain.mean:+.3f}" if row.presence_gain else ""
    figures = (row.swap, row.iou, row.containment or "", row.coverage)
    return [row.name, str(row.presence), gain, *map(str, figures), "" if row.fd is None else f"{row.fd:.4f}"]


def slice_cells(part: Slice) -> list[str]:
    """The cells of a line of the table by parts."""
    figures = (part.presence, part.swap, part.truth_swap, part.iou, part.truth_iou)
    return [part.name, str(part.layouts), *map(str, figures)]


def layout_text(report: LayoutReport) -> str:
    """The Markdown page, which shows layout.png and layout-1.jpg."""
    heads = ["masks", "presence", "gain", "swap test", "IoU", "containment", "coverage", "FD"]
    parts = ["part", "layouts", "presence", "swap test", "truth: swap", "IoU", "truth: IoU"]
    return f"""# Layout control

{report.layouts} layouts x {report.seeds} seeds, {report.pictures} pictures made and judged in {report.seconds / 60:.1f}
minutes. Every figure is a mean over layouts with a 95 % bootstrap interval over layouts. Four of five layouts are
painted with hand-drawn-like strokes (doodles of the thing's rough shape, scribbles over its place), one with exact
boxes; places include ones where the thing is seldom seen. Phrases repel outside their masks by {PHRASE_REPEL:g}.

{table(heads, [row_cells(row) for row in report.rows])}

* Presence: the object owns at least 2 % of the picture. Gain: presence minus presence at w' = 0, paired by layout.
* Swap test: same seed and prompt with the two masks exchanged; IoU with the object's own mask minus IoU with the
  other's, over both arrangements. 0 is no control. The ground truth are renders that obey the layout exactly. The
  strokes are coarse, and a model that lets a thing fill them to their edges can go beyond it.
* A model that met painted phrases in training met other hands: loose blots made from exact masks.
* Containment: share of the object inside its mask; coverage: share of the mask that the object fills.
* FD: Fréchet distance on the model's own CLIP features, of the pictures with the masks as painted, to renders of the
  layouts (not FID; biased upwards by the small number of pictures, alike in every row). What a greater weight gains in
  layout and costs in fidelity:

![Layout against fidelity](layout.png)

Default weight: **w' = {report.default_weight:g}**, by the rule: {report.rule}.

## At the default weight

{table(parts, [slice_cells(part) for part in report.slices])}

## The judge

{judge_text(report.judge)}

## Pictures

Not chosen: the first layouts with two objects, first seed.

![Layouts](layout-1.jpg)
"""


def chosen_picture(shown: Sequence[Shown], layout: int, weight: float, exchanged: bool) -> NDArray[np.uint8]:
    """The picture of a layout at a weight; without bias one picture serves both arrangements."""
    wanted = (layout, weight, exchanged and weight > 0)
    return next(s.picture for s in shown if (s.layout, s.steering.weight, s.exchanged) == wanted)


def layout_sheet(evaluation: Evaluation) -> Image.Image:
    """Masks, pictures by weight, exchanged masks with their picture, and the render, for the first pairs."""
    weights = [row.weight for row in evaluation.report.rows if row.weight is not None]
    best = evaluation.report.default_weight
    numbers = [n for n, layout in enumerate(evaluation.layouts) if layout.pair][:EXAMPLES]
    heads = ["painted", *(f"w' = {weight:g}" for weight in weights), "exchanged", f"w' = {best:g}", "render"]
    rows = []
    for n in numbers:
        layout = evaluation.layouts[n]
        made = [chosen_picture(evaluation.shown, n, weight, exchanged=False) for weight in weights]
        swapped = chosen_picture(evaluation.shown, n, best, exchanged=True)
        straight, turned = (painted_masks(layout.painted(exchanged)) for exchanged in (False, True))
        rows.append([straight, *made, turned, swapped, evaluation.truths[n]])
    return sheet(rows, heads, [caption_of(evaluation, n) for n in numbers])


def layout_plot(report: LayoutReport) -> Image.Image | None:
    """The swap test over FD, a mark for each weight; None where there were too few pictures for a distance."""
    marks = [Series(row.name, ((row.fd, row.swap.mean),)) for row in report.rows if row.fd is not None]
    return plot("Layout against fidelity", Axis("FD"), Axis("swap test"), marks) if marks else None


def caption_of(evaluation: Evaluation, number: int) -> str:
    """The prompt with the colour that each object's mask has on the sheet."""
    layout = evaluation.layouts[number]
    colours = ", ".join(f"{ink}: {item.name}" for ink, item in zip(("red", "blue"), layout.scene.objects, strict=True))
    return f"{layout.scene.caption}   ({colours})"


def write_layout(evaluation: Evaluation, output: Path) -> Path:
    """Write layout.md, layout.json, the plot and a sheet into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    write_sheet(layout_sheet(evaluation), output / "layout-1.jpg")
    drawn = layout_plot(evaluation.report)
    if drawn is not None:
        drawn.save(output / "layout.png", optimize=True)
    write_json(evaluation.report, output / "layout.json")
    page = output / "layout.md"
    page.write_text(layout_text(evaluation.report), encoding="utf-8")
    return page
