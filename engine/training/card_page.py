"""The readable page of a model card: what the model is and knows, how it was trained, what was measured."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.api.cards import ModelCard
from engine.training.evaluation.layout import LayoutReport
from engine.training.evaluation.style import StyleReport
from engine.training.judge_network import JudgeCard

KINDS = {"object": "Things", "sky": "Skies", "ground": "Grounds", "style": "Styles", "tone": "Palettes"}


def measured(results: Path, judge: Path) -> dict[str, float]:
    """The headline figures of the reports below `results` and of the judge's own card; nothing where nothing is."""
    figures: dict[str, float] = {}
    if judge.is_file():
        card = msgspec.json.decode(judge.read_bytes(), type=JudgeCard)
        figures["judge: mean IoU on held-out renders"] = card.miou_clean
    layout, style = results / "layout.json", results / "style.json"
    if layout.is_file():
        report = msgspec.json.decode(layout.read_bytes(), type=LayoutReport)
        for row in report.rows:
            figures[f"layout, {row.name}: presence"] = row.presence.mean
            figures[f"layout, {row.name}: swap"] = row.swap.mean
    if style.is_file():
        for figure in msgspec.json.decode(style.read_bytes(), type=StyleReport).figures:
            figures[f"style, {figure.name}: change with a reference"] = figure.change.mean
    return figures


STORYBOOK_AGAIN = """```
python -m engine.training.encoders RUNS/encoders
sinopia train resources/configs/small/root.toml --runs RUNS
```

and so on for `base`, `high`, `low`, `upscaler-plain`, `upscaler` and `refiner` (each names the run it starts from),
then `python -m engine.training.export --runs RUNS`."""


def page(card: ModelCard, again: str = STORYBOOK_AGAIN) -> str:
    """Markdown of a model card; `again`: how the model is trained again."""
    words = "\n".join(f"- **{KINDS.get(kind, kind)}**: {', '.join(known)}" for kind, known in card.words.items())
    parts = "\n".join(
        f"| {part.name} | {part.size}x{part.size} | {part.sigma_min:.3g} to {part.sigma_max:.3g} | "
        f"{part.parameters:,} | {part.about} |"
        for part in card.parts
    )
    figures = "\n".join(f"| {name} | {value:.3f} |" for name, value in card.figures.items())
    return f"""# {card.title}

{card.about}

Licence: {card.licence}.

## What it knows

{words}

## Parts

| part | picture | noise levels (sigma) | parameters | |
|---|---|---|---|---|
{parts}

Beside them: a CLIP (text and picture towers, open_clip's model class, contrastive training on drawn scenes) and a T5
encoder (span corruption on captions), both frozen after their own training. Weights are float16 safetensors.

{card.trained} The default paint-with-words weight w' is {card.default_weight:g}, chosen by the layout evaluation.

## Measured

| figure | value |
|---|---|
{figures}

The reports behind the figures, with pictures, are in `resources/docs/results`.

## Train it again

{again} Drawing scenes needs the font Noto Color Emoji (Debian:
`fonts-noto-color-emoji`); the finished model does not.
"""
