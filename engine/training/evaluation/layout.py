"""Layout control measured: does a painted phrase appear where it was painted?

The judge (trained on renders only) labels every pixel of a generated picture. For each painted object: presence, IoU
with its mask, containment (share of the object inside the mask), coverage (share of the mask that is the object), and
the swap test: same seed and prompt with the two masks exchanged, IoU with the object's own mask minus IoU with the
other's, averaged over both arrangements. Without control the swap test is exactly 0, whatever the prompt suggests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.api.defaults import LAYOUT_WEIGHTS
from engine.conditioning.brief import Brief
from engine.training.evaluation.design import CANVAS, Hand, Layout, obedient_pictures
from engine.training.evaluation.statistics import Estimate, case_means, estimate
from engine.training.judge_network import Judge, JudgeCard, class_index
from engine.training.world import World

Pictures = NDArray[np.uint8]
Generate = Callable[[Sequence[Brief], Sequence[int]], Sequence[Pictures]]
Progress = Callable[[int, int, str], None]

WEIGHTS = LAYOUT_WEIGHTS
PRESENT = 0.02
CHUNK = 16
TOLERANCE = 0.02
RULE = (
    "the smallest w' whose swap test is within 0.02 of the best, among those whose presence is not below w' = 0 "
    "(paired difference of at least -0.01)"
)


@dataclass(frozen=True)
class Verdict:
    """What the judge found of one object in a picture; NaN: `swap` of single objects, `containment` of absent ones."""

    layout: int
    presence: float
    iou: float
    containment: float
    coverage: float
    swap: float


class Row(msgspec.Struct, frozen=True):
    """One line of the table. `presence_gain`: presence minus presence without masks, paired by layout."""

    name: str
    weight: float | None
    presence: Estimate
    iou: Estimate
    containment: Estimate
    coverage: Estimate
    swap: Estimate
    presence_gain: Estimate | None


class Slice(msgspec.Struct, frozen=True):
    """The default weight and the ground truth on a part of the layouts."""

    name: str
    layouts: int
    presence: Estimate
    iou: Estimate
    swap: Estimate
    truth_iou: Estimate
    truth_swap: Estimate


class LayoutReport(msgspec.Struct, frozen=True):
    layouts: int
    seeds: int
    pictures: int
    seconds: float
    judge: JudgeCard
    rule: str
    default_weight: float
    rows: tuple[Row, ...]
    slices: tuple[Slice, ...]


@dataclass(frozen=True, eq=False)
class Shown:
    """Pictures of one layout at one weight, kept for the report: per arrangement (as painted, exchanged)."""

    layout: int
    weight: float
    exchanged: bool
    picture: Pictures


@dataclass(frozen=True, eq=False)
class Evaluation:
    report: LayoutReport
    layouts: tuple[Layout, ...]
    shown: tuple[Shown, ...]
    truths: Pictures


def overlap_of(found: NDArray[np.bool_], mask: NDArray[np.bool_]) -> float:
    """Intersection over union; 0 if both are empty."""
    union = np.count_nonzero(found | mask)
    return float(np.count_nonzero(found & mask) / union) if union else 0.0


def share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
    """Share of `whole` that is in `part`; NaN if `whole` is empty."""
    count = np.count_nonzero(whole)
    return float(np.count_nonzero(part & whole) / count) if count else float("nan")


def verdicts(number: int, layout: Layout, labels: NDArray[np.int64], exchanged: bool) -> list[Verdict]:
    """The judge's labels [128, 128] of one picture held against the masks it was asked for."""
    masks = [mask > 0.5 for mask in layout.painted(exchanged)]
    out = []
    for slot, item in enumerate(layout.scene.objects):
        found, own = labels == class_index("object", item.name), masks[slot]
        iou = overlap_of(found, own)
        swap = iou - overlap_of(found, masks[1 - slot]) if layout.pair else float("nan")
        present = float(found.mean() >= PRESENT)
        out.append(Verdict(number, present, iou, share(own, found), share(found, own), swap))
    return out


def judged(judge: Judge, pictures: Sequence[Pictures]) -> NDArray[np.int64]:
    """Labels [N, H, W] of uint8 pictures."""
    images = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1.0
    labels: NDArray[np.int64] = judge.labels(images).numpy()
    return labels


@dataclass(frozen=True)
class Order:
    """One picture to make."""

    layout: int
    weight: float
    exchanged: bool
    seed: int


def orders(layouts: Sequence[Layout], seeds: Sequence[int], weights: Sequence[float]) -> list[Order]:
    """Every picture of the evaluation. Without bias the arrangement cannot matter: one picture serves both."""
    return [
        Order(number, weight, exchanged, seed)
        for weight in weights
        for number, layout in enumerate(layouts)
        for seed in seeds
        for exchanged in ((False, True) if layout.pair and weight > 0 else (False,))
    ]


def arrangements(layout: Layout, order: Order) -> tuple[bool, ...]:
    """Arrangements of the masks that a picture is held against."""
    return (False, True) if order.weight == 0 and layout.pair else (order.exchanged,)


def at_canvas(picture: Pictures) -> Pictures:
    """The picture at the size of the masks, whatever the model's own size is."""
    if picture.shape[:2] == (CANVAS, CANVAS):
        return picture
    return np.asarray(Image.fromarray(picture).resize((CANVAS, CANVAS), Image.Resampling.BICUBIC))


def made(
    generate: Generate, todo: Sequence[Order], layouts: Sequence[Layout], progress: Progress
) -> Iterator[tuple[Order, Pictures]]:
    """The pictures of all orders, a chunk at a time."""
    for start in range(0, len(todo), CHUNK):
        chunk = todo[start : start + CHUNK]
        progress(start, len(todo), f"weight {chunk[0].weight:g}")
        briefs = [layouts[order.layout].brief(order.weight, order.exchanged) for order in chunk]
        pictures = generate(briefs, [order.seed for order in chunk])
        yield from zip(chunk, map(at_canvas, pictures), strict=True)
    progress(len(todo), len(todo), "judged")


def truth_verdicts(judge: Judge, layouts: Sequence[Layout], world: World) -> tuple[list[Verdict], Pictures]:
    """Verdicts on renders that obey the layouts in both arrangements: the most that any model could reach."""
    found: list[Verdict] = []
    pairs = [number for number, layout in enumerate(layouts) if layout.pair]
    straight = obedient_pictures(world, layouts, exchanged=False)
    for exchanged, numbers in ((False, list(range(len(layouts)))), (True, pairs)):
        chosen = [layouts[number] for number in numbers]
        pictures = obedient_pictures(world, chosen, exchanged=True) if exchanged else straight
        for number, labels in zip(numbers, judged(judge, list(pictures)), strict=True):
            found += verdicts(number, layouts[number], labels, exchanged)
    return found, straight


def of_layouts(found: Iterable[Verdict], name: str, count: int) -> NDArray[np.float64]:
    """One figure by layout."""
    return case_means(((verdict.layout, getattr(verdict, name)) for verdict in found), count)


def row(name: str, weight: float | None, found: Sequence[Verdict], bare: Sequence[Verdict], count: int) -> Row:
    """A line of the table from its verdicts; `bare` are those without masks."""
    gain = of_layouts(found, "presence", count) - of_layouts(bare, "presence", count)
    return Row(
        name,
        weight,
        presence=estimate(of_layouts(found, "presence", count)),
        iou=estimate(of_layouts(found, "iou", count)),
        containment=estimate(of_layouts(found, "containment", count)),
        coverage=estimate(of_layouts(found, "coverage", count)),
        swap=estimate(of_layouts(found, "swap", count)),
        presence_gain=estimate(gain) if weight else None,
    )


def default_weight(rows: Sequence[Row]) -> float:
    """The calibrated w' by RULE."""
    allowed = [r for r in rows if r.weight and r.presence_gain and r.presence_gain.mean >= -0.01]
    if not allowed:
        return 0.0
    best = max(r.swap.mean for r in allowed)
    return min(r.weight or 0.0 for r in allowed if r.swap.mean >= best - TOLERANCE)


def slice_of(name: str, keep: set[int], found: Sequence[Verdict], truth: Sequence[Verdict], count: int) -> Slice:
    """Figures on the layouts in `keep`."""
    ours, theirs = ([v for v in group if v.layout in keep] for group in (found, truth))
    presence, iou, swap = (estimate(of_layouts(ours, key, count)) for key in ("presence", "iou", "swap"))
    truths = (estimate(of_layouts(theirs, key, count)) for key in ("iou", "swap"))
    return Slice(name, len(keep), presence, iou, swap, *truths)


def slices(layouts: Sequence[Layout], found: Sequence[Verdict], truth: Sequence[Verdict]) -> tuple[Slice, ...]:
    """By hand, and by typical and atypical places; parts without a pair of objects are left out."""
    hands: tuple[Hand, ...] = ("doodle", "scribble", "square")
    parts: dict[str, set[int]] = {
        "drawn by hand": {n for n, layout in enumerate(layouts) if layout.hand != "square"},
        **{hand: {n for n, layout in enumerate(layouts) if layout.hand == hand} for hand in hands},
        "typical places": {n for n, layout in enumerate(layouts) if not layout.atypical},
        "atypical places": {n for n, layout in enumerate(layouts) if layout.atypical},
    }
    usable = {name: keep for name, keep in parts.items() if any(layouts[n].pair for n in keep)}
    return tuple(slice_of(name, keep, found, truth, len(layouts)) for name, keep in usable.items())


def evaluate_layout(
    generate: Generate,
    judge: Judge,
    layouts: Sequence[Layout],
    seeds: Sequence[int],
    weights: Sequence[float] = WEIGHTS,
    *,
    world: World,
    progress: Progress = lambda done, total, text: None,
) -> Evaluation:
    """Make and judge all pictures: `generate(briefs, seeds)` returns uint8 [H, W, 3] pictures.

    `weights` must hold 0, the baseline. Intervals are bootstrapped over layouts. Raises ValueError without a baseline.
    """
    if 0.0 not in weights:
        raise ValueError("the weights must include 0: without it nothing shows what the masks changed")
    begin = time.monotonic()
    found: dict[float, list[Verdict]] = {weight: [] for weight in weights}
    shown: list[Shown] = []
    todo = orders(layouts, seeds, weights)
    for order, picture in made(generate, todo, layouts, progress):
        layout = layouts[order.layout]
        labels = judged(judge, [picture])[0]
        for exchanged in arrangements(layout, order):
            found[order.weight] += verdicts(order.layout, layout, labels, exchanged)
        if order.seed == seeds[0]:
            shown.append(Shown(order.layout, order.weight, order.exchanged, picture))
    truth, truths = truth_verdicts(judge, layouts, world)
    rows = [row(f"w' = {weight:g}", weight, found[weight], found[0.0], len(layouts)) for weight in sorted(weights)]
    chosen = default_weight(rows)
    report = LayoutReport(
        layouts=len(layouts),
        seeds=len(seeds),
        pictures=len(todo),
        seconds=time.monotonic() - begin,
        judge=judge.card,
        rule=RULE,
        default_weight=chosen,
        rows=(*rows, row("ground truth (renders)", None, truth, found[0.0], len(layouts))),
        slices=slices(layouts, found[chosen], truth),
    )
    return Evaluation(report, tuple(layouts), tuple(shown), truths)
