"""Size and crop conditioning measured (SDXL, section 2.2): do things reach over the border that is told to be a cut?

Pictures were trained with the rectangle that they were cut out of. A thing can only be cut off where the picture ends
and its canvas does not. The same captions and seeds are made as the rectangle moves, and the judge tells which borders
the thing touches and where its middle lies; renders of the world in the same rectangles tell what is to be expected.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.conditioning.brief import SizeCrop
from engine.conditioning.picture import Picture
from engine.diffusion.denoiser import Denoiser
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import SolveSettings
from engine.training.evaluation.drafts import EXAMPLES, Drafting, asked, renders
from engine.training.evaluation.eyes import Eye, class_of, figures_of
from engine.training.evaluation.setting import Setting, relation_told
from engine.training.evaluation.statistics import Estimate, estimate
from engine.training.world import Scene, Tone, View
from engine.training.world.sampling import place

STEPS, GUIDANCE = 16, 3.0
CANVAS = 1.5
"""Side of the cut canvas in sides of the picture, within what the model was trained on (1 to 1.6)."""
OFFSETS = (0.0, 0.125, 0.25, 0.375, 0.5)
RENDERED = 4
"""Renders for each caption made: they cost little, and tell what to expect without the chance of few pictures."""
SIDE = 64
"""Pixels a side at which borders are looked at; 2 of them are the border."""
BORDER = 2
TOUCHED = 0.06
"""A border is touched where the thing owns this share of it."""
BORDERS = ("left", "right", "top", "bottom")
ACROSS, DOWN, WHOLE = "across", "down", "whole"


@dataclass(frozen=True)
class Cut:
    """A rectangle: the picture's place along one way of a larger canvas (or the `whole` canvas)."""

    way: str
    offset: float

    @property
    def view(self) -> View:
        """The rectangle in sides of the picture."""
        if self.way == ACROSS:
            return View(width=CANVAS, left=self.offset)
        return View(height=CANVAS, top=self.offset) if self.way == DOWN else View()

    def size(self, side: int) -> SizeCrop:
        """What a model of pictures `side` pixels wide is told."""
        return SizeCrop((side, side), self.view.original(side), self.view.crop(side))


CUTS = (Cut(WHOLE, 0.0), *(Cut(way, offset) for way in (ACROSS, DOWN) for offset in OFFSETS))


class CropFigure(msgspec.Struct, frozen=True):
    """One rectangle: how often each border is touched where the thing is there, and the thing's middle, 0..1."""

    way: str
    offset: float
    presence: Estimate
    touches: dict[str, Estimate]
    across: Estimate
    down: Estimate


class CropChange(msgspec.Struct, frozen=True):
    """A border from where its side of the canvas is whole to where most of it is cut away: share touched, paired."""

    border: str
    whole: Estimate
    cut: Estimate
    change: Estimate
    truth_change: Estimate


class CropReport(msgspec.Struct, frozen=True):
    captions: int
    pictures: int
    seconds: float
    judge: dict[str, float]
    figures: tuple[CropFigure, ...]
    truths: tuple[CropFigure, ...]
    changes: tuple[CropChange, ...]
    agreement: float
    """Correlation of the model's and the renders' shares over all rectangles and borders."""


@dataclass(frozen=True, eq=False)
class CropEvaluation:
    """`shown` [shown rectangles, examples, 3, S, S] are the drafts of the first captions."""

    report: CropReport
    captions: tuple[str, ...]
    shown: Tensor


@dataclass(frozen=True, eq=False)
class Reading:
    """What the judge found of each picture's thing, [N]; NaN where it is not there."""

    presence: NDArray[np.float64]
    touches: dict[str, NDArray[np.float64]]
    across: NDArray[np.float64]
    down: NDArray[np.float64]


def draw_scene(setting: Setting, cut: Cut, number: int) -> Scene:
    """One thing in a plain scene seen through the rectangle; the thing and its caption are the same in every one."""
    rng = np.random.default_rng((9, number))
    known = setting.vocabulary.names
    name, sky, ground = (str(rng.choice(known(kind))) for kind in ("object", "sky", "ground"))
    horizon, alike = float(rng.uniform(0.42, 0.68)), int(rng.integers(2**31))
    objects = place([name], View(), horizon, np.random.default_rng(alike))
    scene = Scene("", (), objects, sky, ground, horizon, setting.plain_style, Tone("neutral"), View(), alike)
    told = setting.retold(scene, lambda made: relation_told(made) is None, np.random.default_rng(alike))
    view = cut.view
    seen_horizon = horizon * view.height - view.top
    placed = place([name], view, seen_horizon, np.random.default_rng((alike, *_whole_numbers(cut))))
    return replace(told, objects=placed, horizon=seen_horizon, view=view)


def _whole_numbers(cut: Cut) -> tuple[int, int]:
    return (WHOLE, ACROSS, DOWN).index(cut.way), round(1000 * cut.offset)


def read(judge: Eye, pictures: Tensor, names: Sequence[str]) -> Reading:
    """Which borders the named thing of each picture touches; pictures [N, 3, H, W] in -1..1."""
    enlarged = torch.nn.functional.interpolate(pictures, (SIDE, SIDE), mode="bicubic", antialias=True).clamp(-1.0, 1.0)
    labels = judge.labels(enlarged).numpy()
    own = [found == class_of(judge.vocabulary, "object", name) for found, name in zip(labels, names, strict=True)]
    there = np.array([found.mean() >= judge.present for found in own])
    touches = {border: blank(there, [strip(found, border).any(0).mean() >= TOUCHED for found in own])
               for border in BORDERS}  # fmt: skip
    middles = [np.argwhere(found).mean(0) / SIDE if found.any() else np.zeros(2) for found in own]
    down, across = (blank(there, [middle[axis] for middle in middles]) for axis in (0, 1))
    return Reading(there.astype(np.float64), touches, across, down)


def strip(found: NDArray[np.bool_], border: str) -> NDArray[np.bool_]:
    """The outermost pixels along a border, [BORDER, SIDE]."""
    strips = {
        "left": found[:, :BORDER].T,
        "right": found[:, -BORDER:].T,
        "top": found[:BORDER],
        "bottom": found[-BORDER:],
    }
    return strips[border]


def blank(there: NDArray[np.bool_], values: Sequence[float]) -> NDArray[np.float64]:
    """The values where the thing is there, NaN elsewhere."""
    out: NDArray[np.float64] = np.where(there, np.asarray(values, np.float64), np.nan)
    return out


def share(values: NDArray[np.float64]) -> Estimate:
    """Mean with its interval; where the thing is nowhere, nothing is touched."""
    return estimate(values if not np.isnan(values).all() else np.zeros(1))


def figure(cut: Cut, found: Reading) -> CropFigure:
    """The figures of one rectangle."""
    touches = {border: share(found.touches[border]) for border in BORDERS}
    return CropFigure(cut.way, cut.offset, estimate(found.presence), touches, share(found.across), share(found.down))


def extremes(border: str) -> tuple[Cut, Cut]:
    """The rectangles in which a border is the canvas' own, and in which most is cut away beyond it."""
    way = ACROSS if border in ("left", "right") else DOWN
    first, last = Cut(way, OFFSETS[0]), Cut(way, OFFSETS[-1])
    return (first, last) if border in ("left", "top") else (last, first)


def change(border: str, made: dict[Cut, Reading], drawn: dict[Cut, Reading]) -> CropChange:
    """How much more often a border is touched when it is a cut."""
    whole, cut = extremes(border)
    ours, theirs = ([group[at].touches[border] for at in (whole, cut)] for group in (made, drawn))
    return CropChange(border, share(ours[0]), share(ours[1]), share(ours[1] - ours[0]), share(theirs[1] - theirs[0]))


def evaluate_crop(denoiser: Denoiser, judge: Eye, setting: Setting, count: int, drafting: Drafting) -> CropEvaluation:
    """Make `count` captions of one thing in every rectangle, from the same seeds."""
    begin, side = time.monotonic(), drafting.side
    grid = make_sigmas("order6", STEPS, denoiser.sigma_max, max(denoiser.sigma_min, 0.002))
    settings = SolveSettings(grid, "dpmpp_2m", GUIDANCE)
    made: dict[Cut, Reading] = {}
    drawn: dict[Cut, Reading] = {}
    shown, captions = [], tuple(draw_scene(setting, CUTS[0], number).caption for number in range(count))
    for cut in CUTS:
        scenes = [draw_scene(setting, cut, number) for number in range(RENDERED * count)]
        names = [scene.objects[0].name for scene in scenes]
        pictures = [asked_in(scene, number, cut.size(side)) for number, scene in enumerate(scenes[:count])]
        drafts = drafting(denoiser, pictures, settings, f"{cut.way}, {cut.offset:g}")
        made[cut] = read(judge, drafts, names[:count])
        drawn[cut] = read(judge, renders(setting.world, scenes, side), names)
        shown.append(drafts[:EXAMPLES])
    figures, truths = (tuple(figure(cut, group[cut]) for cut in CUTS) for group in (made, drawn))
    report = CropReport(
        captions=count,
        pictures=count * len(CUTS),
        seconds=time.monotonic() - begin,
        judge=figures_of(judge),
        figures=figures,
        truths=truths,
        changes=tuple(change(border, made, drawn) for border in BORDERS),
        agreement=agreement(figures, truths),
    )
    return CropEvaluation(report, captions[:EXAMPLES], torch.stack(shown))


def asked_in(scene: Scene, seed: int, size: SizeCrop) -> Picture:
    """The scene's caption asked for in a rectangle."""
    return replace(asked(scene, seed, size.target[0]), size=size)


def agreement(figures: Sequence[CropFigure], truths: Sequence[CropFigure]) -> float:
    """Correlation over all rectangles and borders; 0 where the one or the other never changes."""
    ours, theirs = ([each.touches[border].mean for each in group for border in BORDERS] for group in (figures, truths))
    if np.std(ours) == 0.0 or np.std(theirs) == 0.0:
        return 0.0
    return float(np.corrcoef(ours, theirs)[0, 1])
