"""Attention measured (eDiff-I, figure 3): how much the text, and each place of a picture, is looked at by noise.

Nothing is painted: the phrases whose maps are shown are only looked for, not steered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.conditioning.attention_recorder import RecordedDenoiser, RecordedLevel
from engine.conditioning.brief import PhraseLayer, PhraseMasks
from engine.conditioning.picture import Picture
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import SolveSettings
from engine.models.storybook import StorybookDenoiser
from engine.training.evaluation.drafts import CHUNK, Drafting, asked
from engine.training.evaluation.pages import table, write_json
from engine.training.evaluation.plot import Axis, Series, plot
from engine.training.evaluation.setting import Setting
from engine.training.evaluation.sheets import sheet
from engine.training.evaluation.statistics import Estimate, case_means, estimate
from engine.training.evaluation.storybook import as_bytes, handing_down
from engine.training.world import Scene

STEPS, GUIDANCE, SEEDS = 16, 3.0, 2
MAP_SIDE = 128
SHOWN_LEVELS = 7
HIGH, LOW = 1.0, 0.1
"""Noise above which a picture's layout is still open, and below which only its surface is."""


class AttentionFigure(msgspec.Struct, frozen=True):
    """One noise level. `text`: share of attention on the sentence (words and the encoders' marks around it); `words`
    alone; `null`: on the learned null token; `padding`: on empty places past the sentence. `entropy`: of
    self-attention, over that of even attention. `uneven`: standard deviation over places of how often each is looked
    at, 0 where all are alike.
    """

    sigma: float
    text: Estimate
    words: Estimate
    null: Estimate
    padding: Estimate
    entropy: Estimate
    uneven: Estimate


class Arm(msgspec.Struct, frozen=True):
    """One model (or ensemble) by its parts, and what of the text's share at high noise is left at low noise."""

    name: str
    figures: tuple[AttentionFigure, ...]
    text_high: Estimate
    text_low: Estimate
    text_fall: Estimate
    uneven_rise: Estimate


class AttentionReport(msgspec.Struct, frozen=True):
    captions: int
    seeds: int
    arms: tuple[Arm, ...]


@dataclass(frozen=True, eq=False)
class Example:
    """The maps of one picture: of its words, how each is looked at, and of its places, at falling noise."""

    caption: str
    names: tuple[str, ...]
    levels: tuple[RecordedLevel, ...]
    picture: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class AttentionEvaluation:
    report: AttentionReport
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class _Seen:
    """Numbers of one level of one picture."""

    case: int
    level: RecordedLevel

    @property
    def text(self) -> float:
        return self.level.words + self.level.marks

    @property
    def padding(self) -> float:
        return 1.0 - self.text - self.level.style - self.level.null

    @property
    def entropy(self) -> float:
        return float("nan") if self.level.entropy is None else self.level.entropy

    @property
    def uneven(self) -> float:
        looked_at = self.level.looked_at
        return float("nan") if looked_at is None else float(looked_at.astype(np.float32).std())


def evaluate_attention(
    arms: Sequence[tuple[str, Sequence[StorybookDenoiser]]],
    setting: Setting,
    count: int,
    drafting: Drafting,
    seeds: int = SEEDS,
) -> AttentionEvaluation:
    """Record the attention of each arm (a name, and its parts from high noise to low) on `count` random captions.

    The first arm also gives the maps that are shown.
    """
    scenes = setting.scenes(3, count)
    measured: list[Arm] = []
    examples: tuple[Example, ...] = ()
    for name, parts in arms:
        seen, shown = _recorded(parts, scenes, seeds, drafting, name)
        measured.append(_arm(name, seen, count))
        examples = examples or shown
    return AttentionEvaluation(AttentionReport(count, seeds, tuple(measured)), examples)


def _recorded(
    parts: Sequence[StorybookDenoiser], scenes: Sequence[Scene], seeds: int, drafting: Drafting, name: str
) -> tuple[list[_Seen], tuple[Example, ...]]:
    """Every level of every picture, and the first pictures that show two things."""
    cases = [(case, seed) for case in range(len(scenes)) for seed in range(seeds)]
    seen: list[_Seen] = []
    examples: list[Example] = []
    for number, chunk in enumerate(batched_cases(cases)):
        pictures = [asked(scenes[case], seed, drafting.side) for case, seed in chunk]
        phrases = [phrases_of(scenes[case]) for case, _ in chunk]
        levels, drafts = _solve(parts, pictures, phrases, drafting, f"{name}, part {number + 1}")
        seen += [_Seen(case, level) for (case, _), own in zip(chunk, levels, strict=True) for level in own]
        for (case, seed), own, picture in zip(chunk, levels, drafts, strict=True):
            if seed == 0 and len(scenes[case].objects) == 2 and len(examples) < 3:
                examples.append(Example(scenes[case].caption, own[0].names, own, picture))
    return seen, tuple(examples)


def batched_cases(cases: Sequence[tuple[int, int]]) -> list[Sequence[tuple[int, int]]]:
    return [cases[start : start + CHUNK] for start in range(0, len(cases), CHUNK)]


def _solve(
    parts: Sequence[StorybookDenoiser],
    pictures: Sequence[Picture],
    phrases: Sequence[PhraseMasks],
    drafting: Drafting,
    text: str,
) -> tuple[list[tuple[RecordedLevel, ...]], list[NDArray[np.uint8]]]:
    told: dict[float, tuple[RecordedLevel, ...]] = {}

    def tell(levels: tuple[RecordedLevel, ...]) -> None:
        told[levels[0].sigma] = levels

    recorded = [RecordedDenoiser(part, part.sigma_min, part.sigma_max, phrases, tell) for part in parts]
    denoiser = handing_down(recorded)
    grid = make_sigmas("edm", STEPS, denoiser.sigma_max, max(denoiser.sigma_min, 0.002))
    drafts = drafting(denoiser, pictures, SolveSettings(grid, "dpmpp_2m", GUIDANCE), text)
    falling = [told[sigma] for sigma in sorted(told, reverse=True)]
    return list(zip(*falling, strict=True)), [as_bytes(draft) for draft in drafts]


def phrases_of(scene: Scene) -> PhraseMasks:
    """The things of a scene as phrases that steer nothing."""
    mask = np.ones((8, 8), np.float32)
    named = [phrase for phrase in scene.phrases if phrase.kind in ("object", "sky", "ground")]
    layers = tuple(PhraseLayer(f"{n} {p.name}", p.start, p.end, mask) for n, p in enumerate(named))
    return PhraseMasks(scene.caption, layers, weight=0.0)


def _arm(name: str, seen: Sequence[_Seen], cases: int) -> Arm:
    sigmas = sorted({one.level.sigma for one in seen}, reverse=True)
    figures = tuple(_figure([one for one in seen if one.level.sigma == sigma], cases) for sigma in sigmas)
    high, low = ([one for one in seen if held(one.level.sigma)] for held in (_is_high, _is_low))
    text_high, text_low = (case_means([(one.case, one.text) for one in part], cases) for part in (high, low))
    uneven_high, uneven_low = (case_means([(one.case, one.uneven) for one in part], cases) for part in (high, low))
    return Arm(
        name,
        figures,
        estimate(text_high),
        estimate(text_low),
        estimate(text_high - text_low),
        estimate(uneven_low - uneven_high),
    )


def _is_high(sigma: float) -> bool:
    return sigma >= HIGH


def _is_low(sigma: float) -> bool:
    return sigma <= LOW


def _figure(seen: Sequence[_Seen], cases: int) -> AttentionFigure:
    def over_cases(values: Sequence[float]) -> Estimate:
        return estimate(case_means(list(zip((one.case for one in seen), values, strict=True)), cases))

    return AttentionFigure(
        seen[0].level.sigma,
        over_cases([one.text for one in seen]),
        over_cases([one.level.words for one in seen]),
        over_cases([one.level.null for one in seen]),
        over_cases([one.padding for one in seen]),
        over_cases([one.entropy for one in seen]),
        over_cases([one.uneven for one in seen]),
    )


def text_finding(arm: Arm) -> str:
    """Whether the text is looked at less as noise falls, in a sentence."""
    told = f"{arm.text_high} of attention goes to the sentence above noise {HIGH:g}, {arm.text_low} below {LOW:g}"
    if arm.text_fall.low > 0.0:
        share = f"{100 * arm.text_fall.mean / arm.text_high.mean:.0f} % of it"
        return f"The paper's finding shows for the {arm.name}: {told}; it falls by {arm.text_fall}, {share}."
    if arm.text_fall.high < 0.0:
        return f"The paper's finding does not show for the {arm.name}, but its opposite: {told}."
    return f"The paper's finding does not show for the {arm.name}: {told}."


def own_finding(arm: Arm) -> str:
    """Whether places are looked at less evenly as noise falls, in a sentence."""
    rise = f"unevenness changes by {arm.uneven_rise} from above {HIGH:g} to below {LOW:g}"
    shows = "shows" if arm.uneven_rise.low > 0.0 else "does not show"
    told = "That self-attention is spread evenly at high noise and gathers at low noise"
    return f"{told} {shows} for the {arm.name}: {rise}."


MAPS = """
## Maps

Not chosen: the first captions with two things, of the first model, first seed. Each map is scaled to its own strongest
place, whose share stands in the caption for each column; the last row of each picture is how often each place is
looked at by self-attention.

![Maps](attention-maps.png)
"""


def attention_text(report: AttentionReport) -> str:
    """The Markdown page without its maps, which shows attention-text.png and attention-self.png."""
    heads = ["noise", "sentence", "of it words", "null token", "empty places", "self: entropy", "self: unevenness"]
    findings = "\n".join(f"* {told(arm)}" for arm in report.arms for told in (text_finding, own_finding))
    tables = "\n\n".join(
        f"## {arm.name.capitalize()}\n\n{table(heads, [_cells(f) for f in arm.figures])}" for arm in report.arms
    )
    most_null = max(figure.null.mean for arm in report.arms for figure in arm.figures)
    return f"""# Attention by noise level

{report.captions} random captions x {report.seeds} seeds, {STEPS} steps, guidance {GUIDANCE:g}, nothing painted. The
conditional half of guidance is recorded; shares are means over all heads, layers and places, with 95 % bootstrap
intervals over captions. After eDiff-I, figure 3.

{findings}

Where the paper's network has one null token to look at when it needs no text, this one also has the empty places past
the end of the sentence, whose keys are all alike; the two columns together are what the text does not get. The null
token alone gets at most {100 * most_null:.1f} %.

![Text](attention-text.png)

![Self-attention](attention-self.png)

{tables}

* Entropy: 1 where a place looks at all places alike. Unevenness: standard deviation, over places, of how often each is
  looked at; 0 where all are looked at alike.
"""


def _cells(figure: AttentionFigure) -> list[str]:
    shares = (figure.text, figure.words, figure.null, figure.padding, figure.entropy, figure.uneven)
    return [f"{figure.sigma:.3g}", *map(str, shares)]


def text_plot(report: AttentionReport) -> Image.Image:
    """Shares of the sentence and of places that no word stands in, over sigma."""
    series = []
    for arm in report.arms:
        series.append(Series(f"sentence, {_short(arm)}", tuple((f.sigma, f.text.mean) for f in arm.figures)))
        unread = tuple((f.sigma, f.null.mean + f.padding.mean) for f in arm.figures)
        series.append(Series(f"null and empty, {_short(arm)}", unread))
    return plot("Share of cross-attention", Axis("noise", logarithmic=True), Axis("share"), series)


def own_plot(report: AttentionReport) -> Image.Image:
    series = []
    for arm in report.arms:
        series.append(Series(f"entropy, {_short(arm)}", tuple((f.sigma, f.entropy.mean) for f in arm.figures)))
        series.append(Series(f"unevenness, {_short(arm)}", tuple((f.sigma, f.uneven.mean) for f in arm.figures)))
    return plot("Self-attention", Axis("noise", logarithmic=True), Axis("entropy, unevenness"), series)


def _short(arm: Arm) -> str:
    return arm.name.partition(" ")[0]


def map_sheet(examples: Sequence[Example]) -> Image.Image:
    """A row for each thing of each picture, a column for each noise level."""
    places = np.linspace(0, len(examples[0].levels) - 1, SHOWN_LEVELS).round().astype(int)
    heads = [f"noise {examples[0].levels[at].sigma:.3g}" for at in places] + ["picture"]
    rows, captions = [], []
    for example in examples:
        levels = [example.levels[at] for at in places]
        picture = np.asarray(Image.fromarray(example.picture).resize((MAP_SIDE, MAP_SIDE), Image.Resampling.BICUBIC))
        for number, name in enumerate(example.names):
            maps = [level.phrases[number].astype(np.float32) for level in levels]
            peaks = ", ".join(f"{100 * each.max():.0f}" for each in maps)
            rows.append([*map(grey, maps), picture])
            captions.append(f"{name.partition(' ')[2]} in “{example.caption}”: strongest place {peaks} %")
        looked_at = [level.looked_at for level in levels if level.looked_at is not None]
        if len(looked_at) == len(levels):
            rows.append([*(grey(each.astype(np.float32)) for each in looked_at), picture])
            captions.append("how often each place is looked at by self-attention")
    return sheet(rows, heads, captions)


def grey(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A map from black (0) to white (its own greatest value), uint8 [S, S, 3]."""
    scaled = np.rint(255.0 * values / max(float(values.max()), 1e-9)).astype(np.uint8)
    enlarged = Image.fromarray(scaled).resize((MAP_SIDE, MAP_SIDE), Image.Resampling.NEAREST)
    return np.repeat(np.asarray(enlarged)[..., None], 3, axis=2)


def write_attention(evaluation: AttentionEvaluation, output: Path) -> Path:
    """Write attention.md, attention.json and the pictures into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    text_plot(evaluation.report).save(output / "attention-text.png", optimize=True)
    own_plot(evaluation.report).save(output / "attention-self.png", optimize=True)
    if evaluation.examples:
        map_sheet(evaluation.examples).save(output / "attention-maps.png", optimize=True)
    write_json(evaluation.report, output / "attention.json")
    page = output / "attention.md"
    page.write_text(attention_text(evaluation.report) + (MAPS if evaluation.examples else ""), encoding="utf-8")
    return page
