from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.models.errors import ModelFileError
from engine.training.judge import class_iou, confusion, degrade, lesson, loss_of, measure
from engine.training.judge_network import CLASSES, OBJECTS, Judge, JudgeNetwork
from engine.training.world import World


def test_the_stored_judge_sees_held_out_renders_as_its_card_says(world: World) -> None:
    judge = Judge.load()
    found = measure(judge.network, world, 96, degraded=False)
    assert found.miou == pytest.approx(judge.card.miou_clean, abs=0.06)
    assert found.object_miou > 0.7
    assert found.presence_recall > 0.95


def test_the_stored_judge_holds_out_against_degraded_pictures(world: World) -> None:
    judge = Judge.load()
    assert measure(judge.network, world, 48, degraded=True).miou > 0.7
    assert judge.card.miou_degraded >= 0.8


def test_lessons_share_every_pixel_among_the_classes(world: World) -> None:
    scenes = world.sample(np.random.default_rng(0), 8)
    batch = lesson(world, scenes, 32)
    torch.testing.assert_close(batch.shares.sum(1), torch.ones(8, 32, 32))
    for scene, shares in zip(scenes, batch.shares, strict=True):
        there = {CLASSES[i][1] for i in range(OBJECTS) if shares[i].any()}
        assert there <= {item.name for item in scene.objects}


def test_degrading_spoils_one_half_and_leaves_the_other(world: World) -> None:
    images = world.render(world.sample(np.random.default_rng(0), 8), 32).images
    spoilt = degrade(images, np.random.default_rng(1))
    assert torch.equal(spoilt[4:], images[4:])
    assert (spoilt[:4] - images[:4]).abs().mean() > 0.005
    assert spoilt.abs().max() <= 1.0


def test_a_few_steps_of_training_lower_the_loss(world: World) -> None:
    torch.manual_seed(0)
    network = JudgeNetwork().train()
    batch = lesson(world, world.sample(np.random.default_rng(0), 12), 64)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(8):
        loss = loss_of(network, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]


def test_iou_counts_hits_over_the_union() -> None:
    truth, found = torch.zeros(1, 4, 4, dtype=torch.long), torch.zeros(1, 4, 4, dtype=torch.long)
    truth[0, :2], found[0, 1:3] = 1, 1
    iou = class_iou(confusion(truth, found))
    assert iou[1].item() == pytest.approx(4 / 12)
    assert iou[0].item() == pytest.approx(4 / 12)


def test_a_judge_comes_back_from_its_folder(tmp_path: Path) -> None:
    judge = Judge.load()
    judge.save(tmp_path)
    picture = torch.rand(2, 3, 128, 128) * 2 - 1
    assert torch.equal(Judge.load(tmp_path).labels(picture), judge.labels(picture))


def test_a_missing_judge_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"judge\.safetensors"):
        Judge.load(tmp_path)
