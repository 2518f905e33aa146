"""Paint-with-words taken apart: what each of its choices does to layout, one changed at a time from the defaults."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec

from engine.training.evaluation.design import Layout, Steering
from engine.training.evaluation.eyes import figures_of, judge_text
from engine.training.evaluation.layout import Bench, Verdict, distance, measure, of_layouts, truth_verdicts
from engine.training.evaluation.pages import table, write_json
from engine.training.evaluation.statistics import Estimate, estimate

BARE, DEFAULT = "nothing painted", "defaults"
VARIANTS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "norm per layer": {"norm": "layer"},
        "norm per range of each row": {"norm": "range"},
        "antialias off": {"resize": "paper"},
        "small strokes kept": {"resize": "keep"},
        "signed masks off": {"repel": 0.0},
        "signed masks in full": {"repel": 1.0},
        "phrases encoded alone": {"isolate": True},
    }
)
"""What is changed from the defaults: norm per head, antialias on, half repelled outside, phrases in their sentence."""


class AblationRow(msgspec.Struct, frozen=True):
    """One arm. `*_change`: against the defaults, paired by layout; None for the defaults themselves."""

    name: str
    presence: Estimate
    swap: Estimate
    iou: Estimate
    presence_change: Estimate | None
    swap_change: Estimate | None
    fd: float | None


class AblationReport(msgspec.Struct, frozen=True):
    layouts: int
    seeds: int
    pictures: int
    seconds: float
    weight: float
    repel: float
    truth_swap: Estimate
    judge: dict[str, float]
    rows: tuple[AblationRow, ...]


def arms_at(weight: float) -> dict[str, Steering]:
    """Nothing painted, the defaults, and every variant at one weight."""
    plain = Steering(weight)
    return {
        BARE: Steering(0.0),
        DEFAULT: plain,
        **{name: replace(plain, **changes) for name, changes in VARIANTS.items()},  # type: ignore[arg-type]
    }


def evaluate_ablations(bench: Bench, layouts: Sequence[Layout], seeds: Sequence[int], weight: float) -> AblationReport:
    """Make and judge every layout under every variant at the weight w'."""
    begin, arms = time.monotonic(), arms_at(weight)
    measured = measure(bench, layouts, seeds, list(arms.values()))
    truth, truths = truth_verdicts(bench, layouts)
    base = measured.found[arms[DEFAULT]].verdicts
    rows = []
    for name, steering in arms.items():
        own = measured.found[steering]
        line = ablation_row(name, own.verdicts, base, len(layouts))
        rows.append(msgspec.structs.replace(line, fd=distance(bench, own, truths)))
    return AblationReport(
        layouts=len(layouts),
        seeds=len(seeds),
        pictures=measured.pictures,
        seconds=time.monotonic() - begin,
        weight=weight,
        repel=arms[DEFAULT].repel,
        truth_swap=estimate(of_layouts(truth, "swap", len(layouts))),
        judge=figures_of(bench.judge),
        rows=tuple(rows),
    )


def ablation_row(name: str, found: Sequence[Verdict], base: Sequence[Verdict], count: int) -> AblationRow:
    """A line from its verdicts; `base` are those of the defaults."""
    own = {key: of_layouts(found, key, count) for key in ("presence", "swap", "iou")}
    changes = {
        f"{key}_change": None if name == DEFAULT else estimate(own[key] - of_layouts(base, key, count))
        for key in ("presence", "swap")
    }
    presence, swap, iou = (estimate(values) for values in own.values())
    return AblationRow(name, presence, swap, iou, **changes, fd=None)


def finding(row: AblationRow) -> str:
    """What a change does to the swap test, in a sentence; a difference counts where its interval leaves 0."""
    change = row.swap_change
    if change is None:
        return ""
    if change.low > 0.0:
        return f"{row.name.capitalize()} follows the masks better: {signed(change)} in the swap test."
    if change.high < 0.0:
        return f"{row.name.capitalize()} follows the masks worse: {signed(change)} in the swap test."
    return f"{row.name.capitalize()} makes no difference that these layouts show: {signed(change)} in the swap test."


def signed(change: Estimate | None) -> str:
    """A difference with its sign and interval."""
    return "" if change is None else f"{change.mean:+.3f} [{change.low:+.3f}, {change.high:+.3f}]"


def ablation_text(report: AblationReport) -> str:
    """The Markdown page."""
    heads = ["", "presence", "change", "swap test", "change", "IoU", "FD"]
    lines = [
        [
            row.name, str(row.presence), signed(row.presence_change), str(row.swap), signed(row.swap_change),
            str(row.iou), "" if row.fd is None else f"{row.fd:.4f}",
        ]
        for row in report.rows
    ]  # fmt: skip
    findings = "\n".join(f"* {finding(row)}" for row in report.rows if row.name not in (BARE, DEFAULT))
    return f"""# Layout control taken apart

{report.layouts} layouts x {report.seeds} seeds, {report.pictures} pictures in {report.seconds / 60:.1f} minutes, all at
w' = {report.weight:g}. One thing is changed at a time; changes are paired by layout, with 95 % bootstrap intervals over
layouts. The defaults: the maximum of QK^T per head, masks brought to each layer's grid with antialias, phrases repelled
outside their masks by {report.repel:g}, phrases encoded within their sentence. The figures are those of the layout
report; renders that obey the layouts exactly have a swap test of {report.truth_swap}.

{table(heads, lines)}

{findings}

Antialias and the keeping of small strokes matter for strokes narrower than a cell of a layer's grid; these layouts are
painted with strokes about as wide as their things.

## The judge

{judge_text(report.judge)}
"""


def write_ablations(report: AblationReport, output: Path) -> Path:
    """Write layout-ablations.md and .json into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    write_json(report, output / "layout-ablations.json")
    page = output / "layout-ablations.md"
    page.write_text(ablation_text(report), encoding="utf-8")
    return page
