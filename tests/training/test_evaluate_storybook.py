from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.api.cards import ModelCard
from engine.training.evaluate import run_layout, run_style
from engine.training.evaluation.design import draw_layouts
from engine.training.evaluation.layout import WEIGHTS
from engine.training.evaluation.storybook import Recipe, Storybook
from engine.training.world import World
from tests.models.small import write_model

RECIPE = Recipe(steps=3, upscale_steps=2)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A miniature model of random weights whose two experts share the noise levels."""
    root = tmp_path_factory.mktemp("models")
    file = write_model(root) / "model.json"
    card = msgspec.json.decode(file.read_bytes(), type=ModelCard)
    bounds = {"high": (0.3, 80.0), "low": (0.002, 0.3), "refiner": (0.002, 0.3)}
    parts = [
        msgspec.structs.replace(part, sigma_min=low, sigma_max=high)
        for part in card.parts
        for low, high in (bounds.get(part.name, (part.sigma_min, part.sigma_max)),)
    ]
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(card, parts=tuple(parts))))
    return root


def test_a_picture_does_not_depend_on_its_batch(root: Path, world: World) -> None:
    storybook = Storybook.load(root, RECIPE)
    briefs = [layout.brief(0.5) for layout in draw_layouts(world, 3)]
    together = storybook.generate(briefs, [4, 5, 6])
    alone = storybook.generate(briefs[1:2], [5])[0]
    assert np.abs(alone.astype(int) - together[1]).max() <= 1
    assert not np.array_equal(together[1], storybook.generate(briefs[1:2], [6])[0])


def test_a_model_of_noise_is_measured_and_found_to_have_no_control(root: Path, world: World, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    report = run_layout(
        tmp_path,
        layouts=4,
        seeds=1,
        root=root,
        recipe=RECIPE,
        progress=lambda done, total, text: steps.append((done, total)),
    )
    rows = {row.weight: row for row in report.rows}
    assert set(rows) == {*WEIGHTS, None}
    assert all(abs(row.swap.mean) < 0.2 for weight, row in rows.items() if weight is not None)
    assert rows[None].swap.mean > 0.4
    assert steps[-1] == (report.pictures, report.pictures)
    assert {file.name for file in tmp_path.iterdir()} >= {"layout.md", "layout.json", "layout-1.png"}


def test_the_style_of_a_model_of_noise_is_measured(root: Path, world: World, tmp_path: Path) -> None:
    report = run_style(tmp_path, prompts=2, seeds=1, root=root, recipe=RECIPE)
    assert report.pictures == 4
    assert all(figure.wired.mean >= 0.0 for figure in report.figures)
    assert (tmp_path / "style-1.png").is_file()
