"""A whole family in miniature, from nothing to a model that draws; and the shipped plan's sizes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from engine.conditioning.brief import Brief
from engine.models.catalogue import Catalogue
from engine.models.ediff.build import build_network
from engine.models.ediff.t5 import T5Config, T5Encoder
from engine.models.eight_bits import packed
from engine.models.open_clip_bridge import build_clip
from engine.training.checkpoint import OPTIMISER, read_state
from engine.training.config import TrainingConfig, read_toml
from engine.training.encoders import EncoderPlan, new_clip_config, new_t5_config
from engine.training.errors import TrainingConfigError, TrainingError
from engine.training.family import Deadline, Workshop
from engine.training.family_choice import CHOSEN
from engine.training.family_export import PLAN, FamilyCardText, ship
from engine.training.family_judge import FamilyJudge
from engine.training.family_plan import FamilyFile, FamilyPlan, Pace, read_family
from engine.training.replay import Replay, block_of
from engine.training.throughput import flops_per_picture
from engine.training.world import World
from tests.training.toy_family import write_plan

MIB = 2**20


def shop(plan: Path, runs: Path, limit: float | None = None, *, slim: bool = False) -> Workshop:
    return Workshop(
        read_family(plan), runs, torch.device("cpu"), Deadline(time.monotonic(), limit, lambda: False), slim
    )


def test_one_call_makes_a_family_that_draws(world: World, tmp_path: Path) -> None:
    plan, runs, folder = write_plan(tmp_path), tmp_path / "runs", tmp_path / "models" / "family"
    torch.manual_seed(0)
    assert not shop(plan, runs, limit=0.0).work(folder)  # no time: nothing is begun
    assert not (runs / "encoders").exists()
    assert shop(plan, runs, slim=True).work(folder)
    assert read_state(runs / "base" / "base").step == 2
    chosen = msgspec.json.decode((runs / CHOSEN).read_bytes())
    trained = {run.name for run in (runs / "base").iterdir() if run.is_dir()}
    assert trained == {"base", "high-3", "high-9", "low", chosen["middle"]}  # of the middles, the chosen one's alone
    assert {file.stem for file in (runs / "base").glob("*.json")} == {"config-a", "config-d-9"}
    assert not list(runs.rglob(OPTIMISER))
    _draws(folder)
    before = (runs / "base" / "base" / "state.json").stat().st_mtime_ns
    assert shop(plan, runs, slim=True).work(folder)  # again: nothing is trained twice
    assert (runs / "base" / "base" / "state.json").stat().st_mtime_ns == before
    _ships(plan, runs, folder)


def _ships(plan: Path, runs: Path, folder: Path) -> None:
    """It takes the place of the model that comes with the program, and nothing of that is left."""
    shipped = folder.with_name("storybook")
    with pytest.raises(TrainingError, match="not finished"):
        ship(read_family(plan), folder, shipped)
    (shipped / "parts").mkdir(parents=True)
    (shipped / "parts" / "refiner.json").write_text("{}")
    assert ship(read_family(plan), runs, shipped).name == "storybook"
    assert {file.name for file in shipped.rglob("*")} == {file.name for file in folder.rglob("*")}
    assert {place.name for place in folder.parent.iterdir()} == {"family", "storybook"}


def _draws(folder: Path) -> None:
    catalogue = Catalogue(folder.parent)
    card = catalogue.card("family")
    assert [part.name for part in card.parts] == ["base", "high", "middle", "low", "upscaler", "enlarger"]
    high, middle, low = card.parts[1:4]
    assert (low.sigma_min, high.sigma_max) == (0.002, 80.0)
    assert low.sigma_max == pytest.approx(middle.sigma_min)
    assert middle.sigma_max == pytest.approx(high.sigma_min)
    assert len(card.words["object"]) > 149
    brief = Brief(prompt="a red owl left of two cats", low_resolution=torch.zeros(3, 8, 8))
    for part in card.parts:
        side = part.size if part.name == "enlarger" else 16
        drawn = catalogue.load_part("family", part.name, "cpu")(torch.randn(1, 3, side, side), torch.ones(1), [brief])
        assert drawn.shape == (1, 3, side, side)
        assert drawn.isfinite().all()
    assert len(FamilyJudge.load(folder / "judge").read(torch.zeros(2, 3, 64, 64))) == 2


def test_the_shipped_family_fits_into_its_34_mib() -> None:
    """What the card names, at the card's precision: parts in eight bits, encoders in sixteen."""
    plan = read_family(PLAN)
    sizes = [2 * _encoder_parameters(plan.encoders)]
    runs = {f"{tree.folder}/{run.name}".lstrip("/"): run for tree in plan.trees for run in tree.runs}
    chosen = {"base/high": "base/high-3", "base/middle": "base/middle-3"}
    for part in read_toml(plan.card, FamilyCardText).parts.values():
        network = build_network(runs[chosen.get(part.run, part.run)].network)
        kept = packed(network.state_dict()).values()
        sizes.append(sum(tensor.element_size() * tensor.numel() for tensor in kept))
    assert len(sizes) == 7  # encoders, three experts of the base, two of SR256, SR1024
    assert max(sizes[1:]) < 16 * MIB
    assert sum(sizes) <= 34 * MIB


def _encoder_parameters(plan: EncoderPlan) -> int:
    clip = new_clip_config(plan, plan.clip_vocabulary)
    with torch.device("meta"):
        tower = build_clip(clip.embed_dim, clip.vision_cfg, clip.text_cfg)
        t5 = T5Encoder(msgspec.convert(new_t5_config(plan, plan.t5_vocabulary).to_dict(), T5Config))
    return sum(parameter.numel() for model in (tower, t5) for parameter in model.parameters())


def test_enlarging_stays_within_a_budget_of_operations() -> None:
    """Ten guided evaluations: 240 billion operations to 256, 1,200 billion to 1024. Seconds are for a clock to tell."""
    runs = {(tree.folder, run.name): run for tree in read_family(PLAN).trees for run in tree.runs}

    def forward(run: TrainingConfig) -> float:
        return flops_per_picture(run.network) / 3 * ((run.picture_size or run.network.size) / run.network.size) ** 2

    assert 20 * forward(runs["sr256", "high"]) <= 240e9
    assert 20 * forward(runs["", "sr1024"]) <= 1200e9


def test_all_lengths_scale_and_add_up() -> None:
    whole = read_toml(PLAN, FamilyFile).minutes
    plan, quick = read_family(PLAN), read_family(PLAN, Pace(0.03 * whole, batches=4))
    middles = {candidate.middle for candidate in plan.choice.candidates[1:]}

    def total(of: FamilyPlan) -> float:
        trained = sum(
            run.optimisation.minutes or 0.0 for tree in of.trees for run in tree.runs if run.name not in middles
        )
        return float((of.encoders.minutes or 0.0) + of.judge.minutes + trained)

    assert 0.9 * whole < total(plan) < 0.98 * whole  # starting, choosing and writing take time, too
    assert total(quick) == pytest.approx(total(plan) * 0.03)
    for ours, theirs in zip(plan.trees, quick.trees, strict=True):
        batches = [(run.optimisation.batch, run.name) for run in ours.runs]
        assert [(run.optimisation.batch, run.name) for run in theirs.runs] == [(4 * b, name) for b, name in batches]
    assert quick.encoders.clip_batch == 4 * plan.encoders.clip_batch
    roots = [run.execution.compile for tree in read_family(PLAN, Pace(compiled=True)).trees for run in tree.runs]
    assert sum(roots) == 3


def test_every_network_is_made_for_the_encoders() -> None:
    plan = read_family(PLAN)
    told = plan.encoders
    for run in (run for tree in plan.trees for run in tree.runs):
        shape = run.network.context
        assert (shape.clip_tokens, shape.t5_tokens) == (told.clip_tokens, told.t5_tokens)
        assert {shape.clip_width, shape.t5_width, shape.image_width} == {told.width}


def test_a_choice_of_what_is_not_there_is_told(tmp_path: Path) -> None:
    plan = write_plan(tmp_path)
    plan.write_text(plan.read_text().replace('high = "high-9"', 'high = "high-8"'))
    with pytest.raises(TrainingConfigError, match="high-8"):
        read_family(plan)


def test_each_fresh_batch_is_used_as_often_as_said_and_far_apart() -> None:
    uses: dict[int, list[int]] = {}
    for index in range(8 * 400):
        uses.setdefault(block_of(index, 8), []).append(index)
    settled = [found for block, found in uses.items() if 150 < block < 250]
    assert all(len(found) == 8 for found in settled)
    assert all(np.diff(found).min() >= 64 for found in settled)


@pytest.mark.parametrize("count", [1, 2, 4, 8])
def test_processes_draw_every_batch_once_between_them(count: int) -> None:
    """Each keeps what it will use again, and none draws what another draws."""
    drawn: list[int] = []

    def draw(block: int) -> str:
        drawn.append(block)
        return str(block)

    for rank in range(count):
        replay = Replay(draw, 8)
        for index in range(rank, 8 * 800, count):
            assert replay.use(index) == str(block_of(index, 8))
    assert len(drawn) == len(set(drawn)) < 1.2 * 800


def test_training_needs_only_what_it_says() -> None:
    """Where neither the app's libraries nor diffusers, cv2 or torchvision are, the program still starts."""
    code = (
        "import sys\n"
        "for name in ('diffusers', 'PySide6', 'cv2', 'torchvision'): sys.modules[name] = None\n"
        "import engine.training.family"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PLAN.parents[3], check=False).returncode == 0
