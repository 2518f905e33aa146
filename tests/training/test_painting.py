"""Training with phrases painted: loose strokes over the right parts, told by the right tokens, and learnt from."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor

from engine.conditioning.paint_with_words import PhraseMaps
from engine.models.ediff.encoders import Encoders
from engine.training.batches import TrainingBatch
from engine.training.config import Optimisation, TrainingConfig
from engine.training.data import SceneStream
from engine.training.painting import loosely_painted, painted_phrases
from engine.training.pictures.settings import DrawnData
from engine.training.replay import ReplayedStream, block_of
from engine.training.trainer import Trainer
from engine.training.world import Scene, World
from tests.models.small import BASE, random_encoders

SIDE = 32


def drawn(world: World, count: int, seed: int = 0) -> tuple[tuple[Scene, ...], Tensor]:
    """Scenes and the exact masks of their phrases."""
    scenes = world.sample(np.random.default_rng(seed), count)
    return scenes, world.render(scenes, SIDE).masks


def overlap(one: Tensor, other: Tensor) -> float:
    both, either = (one > 0.5) & (other > 0.5), (one > 0.5) | (other > 0.5)
    return float(both.sum() / either.sum())


def config(painted: float, **changes: object) -> TrainingConfig:
    optimisation = Optimisation(batch=8, rate=2e-3, steps=3, warmup=1)
    made = TrainingConfig("run", BASE, optimisation, data=DrawnData(painted=painted))
    return msgspec.structs.replace(made, **changes)


def told(encoders: Encoders, caption: str, columns: tuple[int, ...]) -> str:
    """The words of a caption that CLIP's `columns` read."""
    offsets, _ = encoders.token_offsets(caption)
    spans = [offsets[column] for column in columns if column < encoders.shape.clip_tokens]
    return caption[spans[0][0] : spans[-1][1]].strip() if spans else ""


def test_loose_strokes_cover_their_part_and_are_not_it(world: World) -> None:
    scenes, masks = drawn(world, 24)
    rough = loosely_painted(masks, np.random.default_rng(1))
    assert rough.shape == masks.shape
    assert 0.0 <= rough.min() <= rough.max() <= 1.0
    things = [(b, phrase.mask) for b, scene in enumerate(scenes) for phrase in scene.masked if phrase.kind == "object"]
    own = [overlap(rough[b, m], masks[b, m]) for b, m in things if masks[b, m].mean() > 0.03]
    assert 0.5 < float(np.median(own)) < 0.95
    again = loosely_painted(masks, np.random.default_rng(1))
    assert torch.equal(rough, again)


def test_every_layer_owns_the_tokens_of_its_phrase_and_lies_over_its_part(world: World) -> None:
    scenes, masks = drawn(world, 16)
    encoders = random_encoders()
    maps = painted_phrases(scenes, masks, encoders, 1.0, np.random.default_rng(2))
    assert maps is not None
    assert len(maps.rows) >= 8  # the small encoders do not read every caption to its end
    for picture, painting in zip(maps.rows, maps.paintings, strict=True):
        caption = scenes[picture].caption
        for layer, columns in zip(painting.layers, painting.columns, strict=True):
            phrase = next(p for p in scenes[picture].masked if p.start == layer.start)
            words = told(encoders, caption, columns)
            assert caption[phrase.start : phrase.end] in words or words in caption[phrase.start : phrase.end]
            if masks[picture, phrase.mask].mean() > 0.1:
                assert overlap(torch.tensor(layer.mask), masks[picture, phrase.mask]) > 0.4


def test_things_are_painted_over_their_surroundings(world: World) -> None:
    scenes, masks = drawn(world, 32)
    maps = painted_phrases(scenes, masks, random_encoders(), 1.0, np.random.default_rng(3))
    assert maps is not None
    kinds = [
        [next(p.kind for p in scenes[picture].masked if p.start == layer.start) for layer in painting.layers]
        for picture, painting in zip(maps.rows, maps.paintings, strict=True)
    ]
    assert any(len(set(row)) > 1 for row in kinds)
    assert all("object" not in row[: row.index(last)] for row in kinds if (last := row[-1]) != "object")


def test_a_share_of_the_pictures_is_painted(world: World) -> None:
    scenes, masks = drawn(world, 150, seed=5)
    encoders = random_encoders()
    made = [painted_phrases(scenes, masks, encoders, share, np.random.default_rng(4)) for share in (0.0, 0.4, 1.0)]
    none, some, most = (0 if maps is None else len(maps.rows) for maps in made)
    assert none == 0
    assert 0.25 < some / most < 0.55
    assert most > 70


def matrices(batch: TrainingBatch) -> Tensor:
    assert isinstance(batch.phrases, PhraseMaps)
    return batch.phrases.matrix((8, 8))


def test_the_same_number_gives_the_same_strokes_also_when_used_again(world: World) -> None:
    encoders = random_encoders()
    first, again, other = (SceneStream(config(1.0), world, encoders).batch(index) for index in (3, 3, 4))
    assert torch.equal(matrices(first), matrices(again))
    assert not torch.equal(matrices(first), matrices(other))
    twice = ReplayedStream(config(1.0), SceneStream(config(1.0), world, encoders), reuse=2)
    uses = [index for index in range(100) if block_of(index, 2) == 3]
    assert len(uses) == 2
    for index in uses:
        assert torch.equal(matrices(twice.batch(index)), matrices(first))


def test_pictures_are_painted_only_where_a_run_asks_for_it(world: World) -> None:
    encoders = random_encoders()
    plain, painted = (SceneStream(config(share), world, encoders).batch(0) for share in (0.0, 1.0))
    assert plain.phrases is None
    assert torch.equal(plain.pictures, painted.pictures)
    assert torch.equal(plain.embeddings.t5, painted.embeddings.t5)


def test_a_network_learns_through_the_painted_attention(world: World, tmp_path: Path) -> None:
    """The very first loss is that of an unpainted run (a fresh network's head is zero); what is learnt differs."""
    encoders = random_encoders()
    runs = {
        share: Trainer(config(share), SceneStream(config(share), world, encoders, 8), tmp_path / str(share))
        for share in (0.0, 1.0)
    }
    losses = {share: [float(trainer.step()) for _ in range(4)] for share, trainer in runs.items()}
    assert losses[0.0][0] == losses[1.0][0]
    assert losses[0.0][3] != losses[1.0][3]


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="choose 0 to 1"):
        DrawnData(painted=1.5)
    with pytest.raises(ValueError, match="whole pictures"):
        DrawnData(painted=0.5, patches=2)
