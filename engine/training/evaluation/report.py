"""The evaluations written down: Markdown with tables and contact sheets, and the same figures as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.api.defaults import PHRASE_REPEL
from engine.training.evaluation.layout import Evaluation, LayoutReport, Row, Shown, Slice
from engine.training.evaluation.sheets import painted_masks, sheet
from engine.training.judge_network import JudgeCard

EXAMPLES = 10
PER_SHEET = 5


def table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    rows = [heads, ["---"] * len(heads), *lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def row_cells(row: Row) -> list[str]:
    """The cells of a line of the main table."""
    gain = f"{row.presence_gain.mean:+.3f}" if row.presence_gain else ""
    return [row.name, str(row.presence), gain, str(row.swap), str(row.iou), str(row.containment), str(row.coverage)]


def slice_cells(part: Slice) -> list[str]:
    """The cells of a line of the table by parts."""
    figures = (part.presence, part.swap, part.truth_swap, part.iou, part.truth_iou)
    return [part.name, str(part.layouts), *map(str, figures)]


def judge_text(card: JudgeCard) -> str:
    """How good the judge itself is, as a paragraph."""
    return f"""The judge learned from {card.pictures:,} renders in {card.minutes:g} minutes and has never seen a
generated picture. On {card.held_out} held-out renders at 128 x 128 its mean IoU over all 20 classes is
**{card.miou_clean:.3f}** ({card.miou_degraded:.3f} when they are blurred, bent and noisy), over the objects alone
{card.object_miou_clean:.3f} ({card.object_miou_degraded:.3f}). It finds {100 * card.presence_recall:.1f} % of the
objects that are there, reports {card.false_presence:.3f} absent objects a picture, and names the style right in
{100 * card.style_accuracy:.1f} %."""


def layout_text(report: LayoutReport, sheets: int) -> str:
    """The Markdown page, which shows layout-1.png to layout-`sheets`.png."""
    links = "\n\n".join(f"![Layouts {number}](layout-{number}.png)" for number in range(1, sheets + 1))
    heads = ["masks", "presence", "gain", "swap test", "IoU", "containment", "coverage"]
    parts = ["part", "layouts", "presence", "swap test", "truth: swap", "IoU", "truth: IoU"]
    return f"""# Layout control

{report.layouts} layouts x {report.seeds} seeds, {report.pictures} pictures made and judged in {report.seconds / 60:.1f}
minutes. Every figure is a mean over layouts with a 95 % bootstrap interval over layouts. Four of five layouts are
painted with hand-drawn-like strokes (doodles of the thing's rough shape, scribbles over its place), one with exact
boxes; places include ones where the thing is seldom seen. Phrases repel outside their masks by {PHRASE_REPEL:g}.

{table(heads, [row_cells(row) for row in report.rows])}

* Presence: the object owns at least 2 % of the picture. Gain: presence minus presence at w' = 0, paired by layout.
* Swap test: same seed and prompt with the two masks exchanged; IoU with the object's own mask minus IoU with the
  other's, over both arrangements. 0 is no control. The strokes are coarse: the row of the ground truth, renders that
  obey the layout exactly, is the most that can be reached.
* Containment: share of the object inside its mask; coverage: share of the mask that the object fills.

Default weight: **w' = {report.default_weight:g}**, by the rule: {report.rule}.

## At the default weight

{table(parts, [slice_cells(part) for part in report.slices])}

## The judge

{judge_text(report.judge)}

## Pictures

Not chosen: the first layouts with two objects, first seed.

{links}
"""


def chosen_picture(shown: Sequence[Shown], layout: int, weight: float, exchanged: bool) -> NDArray[np.uint8]:
    """The picture of a layout at a weight; without bias one picture serves both arrangements."""
    return next(
        s.picture for s in shown if (s.layout, s.weight, s.exchanged) == (layout, weight, exchanged and weight > 0)
    )


def layout_sheets(evaluation: Evaluation) -> list[Image.Image]:
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
    captions = [caption_of(evaluation, n) for n in numbers]
    starts = range(0, len(rows), PER_SHEET)
    return [sheet(rows[at : at + PER_SHEET], heads, captions[at : at + PER_SHEET]) for at in starts]


def caption_of(evaluation: Evaluation, number: int) -> str:
    """The prompt with the colour that each object's mask has on the sheet."""
    layout = evaluation.layouts[number]
    colours = ", ".join(f"{ink}: {item.name}" for ink, item in zip(("red", "blue"), layout.scene.objects, strict=True))
    return f"{layout.scene.caption}   ({colours})"


def write_json(value: msgspec.Struct, file: Path) -> None:
    file.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def write_layout(evaluation: Evaluation, output: Path) -> Path:
    """Write layout.md, layout.json and the sheets into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    sheets = layout_sheets(evaluation)
    for number, picture in enumerate(sheets, 1):
        picture.save(output / f"layout-{number}.png", optimize=True)
    write_json(evaluation.report, output / "layout.json")
    page = output / "layout.md"
    page.write_text(layout_text(evaluation.report, len(sheets)), encoding="utf-8")
    return page
