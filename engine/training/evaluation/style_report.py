"""The style evaluation written down."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from engine.training.evaluation.eyes import judge_text
from engine.training.evaluation.layout import Pictures
from engine.training.evaluation.pages import table, write_json, write_sheet
from engine.training.evaluation.plot import Axis, Series, plot
from engine.training.evaluation.sheets import sheet
from engine.training.evaluation.style import STRENGTHS, Case, StyleEvaluation, StyleReport, Sweep


def sweep_table(sweep: Sweep) -> str:
    """All strengths of one kind of reference."""
    styled = sweep.style_falls is not None
    heads = ["strength", "palette distance", *(["style distance"] if styled else []), "prompted objects present"]
    lines = [
        [f"{f.strength:g}", str(f.palette), *([] if f.style is None else [str(f.style)]), str(f.presence)]
        for f in sweep.figures
    ]
    return table(heads, lines)


def sweep_text(sweep: Sweep) -> str:
    """One kind of reference by strength, and how surely the distances fall."""
    style = "" if sweep.style_falls is None else (
        f", style **{sweep.style_falls:.2f}** (each prompt alone {sweep.style_falls_alone})"
    )  # fmt: skip
    return f"""## By strength: {sweep.references}

{sweep.prompts} prompts. Spearman's correlation of strength with nearness (1: the distance never rises): palette
**{sweep.palette_falls:.2f}** (each prompt alone {sweep.palette_falls_alone}){style}.

{sweep_table(sweep)}
"""


def style_text(report: StyleReport) -> str:
    """The Markdown page, which shows style.png, style-1.jpg and style-outside.jpg."""
    lines = [[f.name, str(f.without), str(f.wired), str(f.change)] for f in report.figures]
    sweeps = "\n".join(map(sweep_text, report.sweeps))
    return f"""# Style references

{report.prompts} prompts x {report.seeds} seeds with renders as references, as many with pictures from outside the
world (skies, marble, lights out of focus, hills, cloth); {report.pictures} pictures in {report.seconds / 60:.1f}
minutes. The prompts say nothing about style or palette; each render shows *other* things in a style and palette of its
own. The same prompts and seeds are made at every strength; means with 95 % bootstrap intervals over prompts.

At full strength, with renders as references, changes paired by prompt:

{table(["distance to the reference", "without", "with", "change"], lines)}

* Palette: sliced Wasserstein distance between the pictures' colours in CIE Lab (0 is the same palette).
* Style: total variation between the judge's style probabilities of the picture and of the reference (0 is the same).
* The last two rows tell what it costs: prompted objects should stay, the reference's own objects should not appear.

{sweeps}
![By strength](style.png)

## The judge

{judge_text(report.judge)}

## Pictures

Not chosen: the first prompts, first seed.

![Style references](style-1.jpg)

![References from outside](style-outside.jpg)
"""


def style_plot(report: StyleReport) -> Image.Image:
    """Distances by strength, as shares of those without a reference."""
    curves = {
        f"{name}, {sweep.references.partition(' from ')[2] or sweep.references}": values
        for sweep in report.sweeps
        for name, values in (
            ("palette", [f.palette.mean for f in sweep.figures]),
            ("style", [f.style.mean for f in sweep.figures if f.style is not None]),
        )
    }
    series = [
        Series(name, tuple((at, value / max(values[0], 1e-9)) for at, value in zip(STRENGTHS, values, strict=True)))
        for name, values in curves.items()
        if values
    ]
    return plot("Distance to the reference", Axis("strength"), Axis("share of that without one"), series)


def style_sheet(cases: Sequence[Case], made: Sequence[Sequence[Pictures]], rows: int) -> Image.Image:
    """The reference, and the first pictures by strength."""
    pictures = [[case.reference, *(each[n] for each in made)] for n, case in enumerate(cases[:rows])]
    heads = ["reference", *(f"strength {strength:g}" for strength in STRENGTHS)]
    return sheet(pictures, heads, [case.scene.caption for case in cases[:rows]])


def write_style(evaluation: StyleEvaluation, output: Path) -> Path:
    """Write style.md, style.json, the plot and two sheets into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    report = evaluation.report
    style_plot(report).save(output / "style.png", optimize=True)
    write_sheet(style_sheet(evaluation.cases, evaluation.made, 5), output / "style-1.jpg")
    write_sheet(style_sheet(evaluation.outside, evaluation.made_outside, 5), output / "style-outside.jpg")
    write_json(report, output / "style.json")
    page = output / "style.md"
    page.write_text(style_text(report), encoding="utf-8")
    return page
