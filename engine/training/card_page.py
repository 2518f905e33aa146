"""The readable page of a model card: what the model is and knows, how it was trained, what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from engine.api.cards import ModelCard
from engine.training.evaluation.layout import LayoutReport
from engine.training.evaluation.style import StyleReport
from engine.training.judge_network import JudgeCard
from engine.training.records import read_record

Read = TypeVar("Read")

KINDS = {
    "object": "Things", "sky": "Skies", "ground": "Grounds", "style": "Styles", "tone": "Palettes",
    "colour": "Colours of things", "number": "Numbers", "relation": "Relations", "plural": "Plurals",
}  # fmt: skip


def measured(results: Path, judge: Path) -> dict[str, float]:
    """The headline figures of the reports below `results` and of the judge's own card; nothing where nothing is.

    Raises:
        TrainingError: a report or the card cannot be read.
    """
    figures: dict[str, float] = {}
    if (card := _read(judge, JudgeCard)) is not None:
        figures["judge: mean IoU on held-out renders"] = card.miou_clean
    if (layout := _read(results / "layout.json", LayoutReport)) is not None:
        for row in layout.rows:
            figures[f"layout, {row.name}: presence"] = row.presence.mean
            figures[f"layout, {row.name}: swap"] = row.swap.mean
    if (style := _read(results / "style.json", StyleReport)) is not None:
        for figure in style.figures:
            figures[f"style, {figure.name}: change with a reference"] = figure.change.mean
    return figures


def _read(file: Path, kind: type[Read]) -> Read | None:
    return read_record(file, kind) if file.is_file() else None


STORYBOOK_AGAIN = """```
python -m engine.training.encoders RUNS/encoders
sinopia train resources/configs/small/root.toml --runs RUNS
```

and so on for `shared`, `cut`, `placed`, `settled`, `base`, `upscaler-plain`, `upscaler`, `refiner` and `enlarger` (each
names the run it starts from, if any); the experts are those of the tree `base-experts`, into whose folder the finished
run `base` is copied (`cp -r RUNS/base RUNS/experts/base`). Then `python -m engine.training.export --runs RUNS`."""


def page(card: ModelCard, again: str = STORYBOOK_AGAIN) -> str:
    """Markdown of a model card; `again`: how the model is trained again."""
    return f"""# {card.title}

{card.about}

Licence: {card.licence}.

## What it knows

{_words(card)}

## Parts

{_parts(card)}

Beside them: a CLIP (text and picture towers, open_clip's model class, contrastive training on drawn scenes) and a T5
encoder (span corruption on captions), both frozen after their own training. Weights of the parts are safetensors
of eight bits with a scale for each row, those of the encoders float16.

{card.trained} The default paint-with-words weight w' is {card.default_weight:g}, chosen by the layout evaluation.

## Measured

{_figures(card)}

The reports behind the figures, with pictures, are in `resources/docs/results`.

## Train it again

{again} Drawing scenes needs the font Noto Color Emoji (Debian:
`fonts-noto-color-emoji`); the finished model does not.
"""


def _words(card: ModelCard) -> str:
    return "\n".join(f"- **{KINDS.get(kind, kind)}**: {', '.join(known)}" for kind, known in card.words.items())


def _parts(card: ModelCard) -> str:
    rows = (
        f"| {part.name} | {part.size}x{part.size} | {part.sigma_min:.3g} to {part.sigma_max:.3g} | "
        f"{part.parameters:,} | {part.about} |"
        for part in card.parts
    )
    return "\n".join(("| part | picture | noise levels (sigma) | parameters | |", "|---|---|---|---|---|", *rows))


def _figures(card: ModelCard) -> str:
    rows = (f"| {name} | {value:.3f} |" for name, value in card.figures.items())
    return "\n".join(("| figure | value |", "|---|---|", *rows))
