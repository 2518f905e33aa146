"""Training in miniature: a small network on made-up pictures; also a program, for tests that kill or multiply it."""

import argparse
from pathlib import Path

import msgspec
import torch
from torch import Tensor

from engine.models.ediff.embeddings import Embeddings
from engine.training.batches import Passes, TrainingBatch, dropped, kept
from engine.training.config import TrainingConfig, read_config
from engine.training.processes import ALONE, joined
from engine.training.trainer import Trainer

TOML = """
name = "toy"
[network]
size = 16
channels = 16
channel_multipliers = [1, 2]
residual_blocks = 1
self_attention_sides = [8]
cross_attention_sides = [8, 16]
head_channels = 8
micro_conditioning = true
[network.context]
clip_tokens = 12
clip_width = 16
t5_tokens = 14
t5_width = 16
image_width = 16
[optimisation]
batch = 4
rate = 2e-3
steps = 4
warmup = 2
schedule = "constant"
[execution]
precision = "float32"
micro_batch = 2
"""


class ToyStream:
    """Pictures of one colour each that `t5` names, and random other embeddings; every index has its own."""

    def __init__(self, config: TrainingConfig, pictures: int) -> None:
        self.config, self.pictures = config, pictures
        self.asked: list[int] = []

    def batch(self, index: int) -> TrainingBatch:
        self.asked.append(index)
        generator = torch.Generator().manual_seed(index)
        shape, side = self.config.network.context, self.config.network.size

        def draw(*shape: int) -> Tensor:
            return torch.randn(self.pictures, *shape, generator=generator)

        embeddings = Embeddings(
            draw(shape.clip_tokens, shape.clip_width), draw(shape.clip_width),
            draw(shape.t5_tokens, shape.t5_width), draw(shape.image_width), draw(6).abs(),
        )  # fmt: skip
        colours = embeddings.t5[:, 0, :3].tanh()
        pictures = colours[:, :, None, None].expand(-1, -1, side, side).contiguous()
        keep = kept(self.config.dropout, self.pictures, generator)
        return TrainingBatch(pictures, dropped(embeddings, keep))


def toy_config(folder: Path, **changes: object) -> TrainingConfig:
    """The toy's configuration with top-level fields changed."""
    file = folder / "toy.toml"
    file.write_text(TOML, encoding="utf-8")
    return msgspec.structs.replace(read_config(file), **changes)


def with_optimisation(config: TrainingConfig, **changes: object) -> TrainingConfig:
    return msgspec.structs.replace(config, optimisation=msgspec.structs.replace(config.optimisation, **changes))


def with_execution(config: TrainingConfig, **changes: object) -> TrainingConfig:
    return msgspec.structs.replace(config, execution=msgspec.structs.replace(config.execution, **changes))


def toy_trainer(config: TrainingConfig, runs: Path) -> Trainer:
    """A trainer of one process on the toy's pictures."""
    return Trainer(config, ToyStream(config, Passes.of(config, ALONE).pictures), runs)


def main() -> None:
    """Train by a configuration file, alone or in the processes that the environment names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("runs", type=Path)
    told = parser.parse_args()
    torch.set_num_threads(1)
    config = read_config(told.config)
    with joined("cpu") as processes:
        stream = ToyStream(config, Passes.of(config, processes).pictures)
        Trainer(config, stream, told.runs, processes=processes).run()


if __name__ == "__main__":
    main()
