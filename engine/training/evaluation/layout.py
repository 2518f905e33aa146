"""Layout control measured: does a painted phrase appear where it was painted?

The judge (trained on renders only) labels every pixel of a generated picture. For each painted object: presence, IoU
with its mask, containment (share of the object inside the mask), coverage (share of the mask that is the object), and
the swap test: same seed and prompt with the two masks exchanged, IoU with the object's own mask minus IoU with the
other's, averaged over both arrangements. Without control the swap test is exactly 0, whatever the prompt suggests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.api.defaults import LAYOUT_WEIGHTS
from engine.conditioning.brief import Brief
from engine.models.ediff.encoders import Encoders
from engine.training.evaluation.design import CANVAS, Hand, Layout, Steering, obedient_pictures
from engine.training.evaluation.eyes import Eye, class_of, figures_of
from engine.training.evaluation.features import frechet_distance, picture_features
from engine.training.evaluation.statistics import Estimate, case_means, estimate, estimate_of_any
from engine.training.world import World

Pictures = NDArray[np.uint8]
Generate = Callable[[Sequence[Brief], Sequence[int]], Sequence[Pictures]]
Progress = Callable[[int, int, str], None]

WEIGHTS = tuple(sorted({*LAYOUT_WEIGHTS, 0.25, 2.0}))
"""Those of the studio's default, and one between and one beyond them, to see where layout is paid for in fidelity."""
CHUNK = 16
TOLERANCE = 0.02
RULE = (
    "the smallest w' whose swap test is within 0.02 of the best, among those whose presence is not below w' = 0 "
    "(paired difference of at least -0.01)"
)


@dataclass(frozen=True, eq=False)
class Bench:
    """What layouts are measured with; `generate(briefs, seeds)` returns uint8 [H, W, 3] pictures."""

    generate: Generate
    judge: Eye
    encoders: Encoders
    world: World
    progress: Progress = lambda done, total, text: None


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
    """One line of the table. `presence_gain`: presence minus presence without masks, paired by layout. `fd`: Fréchet
    distance of the pictures of the first arrangement to renders of the layouts; None where there are too few.
    `containment` is None where no thing was found anywhere.
    """

    name: str
    weight: float | None
    presence: Estimate
    iou: Estimate
    containment: Estimate | None
    coverage: Estimate
    swap: Estimate
    presence_gain: Estimate | None
    fd: float | None = None


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
    judge: dict[str, float]
    rule: str
    default_weight: float
    rows: tuple[Row, ...]
    slices: tuple[Slice, ...]


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture of one layout under one steering, kept for the report: as painted, or with the masks exchanged."""

    layout: int
    steering: Steering
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


def verdicts(judge: Eye, number: int, layout: Layout, labels: NDArray[np.int64], exchanged: bool) -> list[Verdict]:
    """The judge's labels [128, 128] of one picture held against the masks it was asked for."""
    masks = [mask > 0.5 for mask in layout.painted(exchanged)]
    out = []
    for slot, item in enumerate(layout.scene.objects):
        found, own = labels == class_of(judge.vocabulary, "object", item.name), masks[slot]
        iou = overlap_of(found, own)
        swap = iou - overlap_of(found, masks[1 - slot]) if layout.pair else float("nan")
        present = float(found.mean() >= judge.present)
        out.append(Verdict(number, present, iou, share(own, found), share(found, own), swap))
    return out


def as_tensor(pictures: Sequence[Pictures]) -> torch.Tensor:
    """uint8 [H, W, 3] pictures as float [N, 3, H, W] in -1..1."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1.0


def judged(judge: Eye, pictures: Sequence[Pictures]) -> NDArray[np.int64]:
    """Labels [N, H, W] of uint8 pictures."""
    labels: NDArray[np.int64] = judge.labels(as_tensor(pictures)).numpy()
    return labels


@dataclass(frozen=True)
class Order:
    """One picture to make."""

    layout: int
    steering: Steering
    exchanged: bool
    seed: int


def orders(layouts: Sequence[Layout], seeds: Sequence[int], arms: Sequence[Steering]) -> list[Order]:
    """Every picture of the evaluation. Without bias the arrangement cannot matter: one picture serves both."""
    return [
        Order(number, steering, exchanged, seed)
        for steering in arms
        for number, layout in enumerate(layouts)
        for seed in seeds
        for exchanged in ((False, True) if layout.pair and steering.weight > 0 else (False,))
    ]


def arrangements(layout: Layout, order: Order) -> tuple[bool, ...]:
    """Arrangements of the masks that a picture is held against."""
    return (False, True) if order.steering.weight == 0 and layout.pair else (order.exchanged,)


def at_canvas(picture: Pictures) -> Pictures:
    """The picture at the size of the masks, whatever the model's own size is."""
    if picture.shape[:2] == (CANVAS, CANVAS):
        return picture
    return np.asarray(Image.fromarray(picture).resize((CANVAS, CANVAS), Image.Resampling.BICUBIC))


def made(
    bench: Bench, todo: Sequence[Order], layouts: Sequence[Layout]
) -> Iterator[tuple[Sequence[Order], list[Pictures]]]:
    """The pictures of all orders, a chunk at a time."""
    for start in range(0, len(todo), CHUNK):
        chunk = todo[start : start + CHUNK]
        bench.progress(start, len(todo), f"weight {chunk[0].steering.weight:g}")
        briefs = [layouts[order.layout].brief(order.steering, order.exchanged) for order in chunk]
        yield chunk, [at_canvas(picture) for picture in bench.generate(briefs, [order.seed for order in chunk])]
    bench.progress(len(todo), len(todo), "judged")


@dataclass(eq=False)
class Findings:
    """What is kept of the pictures of one steering: verdicts, and features of those of the first arrangement."""

    verdicts: list[Verdict] = field(default_factory=list)
    features: list[NDArray[np.float64]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Measured:
    """All that was made: findings by steering, and the pictures of the first seed."""

    pictures: int
    found: dict[Steering, Findings]
    shown: tuple[Shown, ...]


def measure(bench: Bench, layouts: Sequence[Layout], seeds: Sequence[int], arms: Sequence[Steering]) -> Measured:
    """Make and judge every layout under every steering."""
    found = {steering: Findings() for steering in arms}
    shown: list[Shown] = []
    todo = orders(layouts, seeds, arms)
    for chunk, pictures in made(bench, todo, layouts):
        features = picture_features(bench.encoders, as_tensor(pictures))
        for order, picture, labels, feature in zip(
            chunk, pictures, judged(bench.judge, pictures), features, strict=True
        ):
            layout, own = layouts[order.layout], found[order.steering]
            for exchanged in arrangements(layout, order):
                own.verdicts += verdicts(bench.judge, order.layout, layout, labels, exchanged)
            if not order.exchanged:
                own.features.append(feature)
            if order.seed == seeds[0]:
                shown.append(Shown(order.layout, order.steering, order.exchanged, picture))
    return Measured(len(todo), found, tuple(shown))


def truth_verdicts(bench: Bench, layouts: Sequence[Layout]) -> tuple[list[Verdict], Pictures]:
    """Verdicts on renders that obey the layouts, in both arrangements."""
    found: list[Verdict] = []
    pairs = [number for number, layout in enumerate(layouts) if layout.pair]
    straight = obedient_pictures(bench.world, layouts, exchanged=False)
    for exchanged, numbers in ((False, list(range(len(layouts)))), (True, pairs)):
        chosen = [layouts[number] for number in numbers]
        pictures = obedient_pictures(bench.world, chosen, exchanged=True) if exchanged else straight
        labelled = judged(bench.judge, list(pictures)) if numbers else ()
        for number, labels in zip(numbers, labelled, strict=True):
            found += verdicts(bench.judge, number, layouts[number], labels, exchanged)
    return found, straight


def distance(bench: Bench, own: Findings, truths: Pictures) -> float | None:
    """FD of pictures to renders of the same layouts; None with fewer than two of either."""
    if min(len(own.features), len(truths)) < 2:
        return None
    return frechet_distance(np.stack(own.features), picture_features(bench.encoders, as_tensor(list(truths))))


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
        containment=estimate_of_any(of_layouts(found, "containment", count)),
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
    bench: Bench, layouts: Sequence[Layout], seeds: Sequence[int], weights: Sequence[float] = WEIGHTS
) -> Evaluation:
    """Make and judge all pictures at every weight.

    `weights` must hold 0, the baseline. Intervals are bootstrapped over layouts. Raises ValueError without a baseline.
    """
    if 0.0 not in weights:
        raise ValueError("the weights must include 0: without it nothing shows what the masks changed")
    begin, count = time.monotonic(), len(layouts)
    arms = {weight: Steering(weight) for weight in sorted(weights)}
    measured = measure(bench, layouts, seeds, list(arms.values()))
    truth, truths = truth_verdicts(bench, layouts)
    bare = measured.found[arms[0.0]].verdicts
    rows = []
    for weight, steering in arms.items():
        own = measured.found[steering]
        line = row(f"w' = {weight:g}", weight, own.verdicts, bare, count)
        rows.append(msgspec.structs.replace(line, fd=distance(bench, own, truths)))
    chosen = default_weight(rows)
    report = LayoutReport(
        layouts=count,
        seeds=len(seeds),
        pictures=measured.pictures,
        seconds=time.monotonic() - begin,
        judge=figures_of(bench.judge),
        rule=RULE,
        default_weight=chosen,
        rows=(*rows, row("ground truth (renders)", None, truth, bare, count)),
        slices=slices(layouts, measured.found[arms[chosen]].verdicts, truth),
    )
    return Evaluation(report, tuple(layouts), measured.shown, truths)
