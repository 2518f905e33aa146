"""The training loop: one network on its share of the noise levels, resumable at any moment."""

from __future__ import annotations

import argparse
import logging
import math
import time
from pathlib import Path

import torch

from engine.models.ediff.denoiser import UNetDenoiser
from engine.models.ediff.encoders import Encoders
from engine.models.ediff.unet import UNet
from engine.models.weights import load_weights
from engine.training.checkpoint import AVERAGE, TrainingState, load_checkpoint, save_checkpoint
from engine.training.config import Optimisation, TrainingConfig, read_config
from engine.training.data import SceneStream, TrainingBatch
from engine.training.ema import MovingAverage
from engine.training.losses import denoising_loss
from engine.training.world import World

log = logging.getLogger(__name__)


class Trainer:
    """Trains one network; `runs` is the folder where every run keeps its checkpoint under its name."""

    def __init__(self, config: TrainingConfig, stream: SceneStream, runs: Path) -> None:
        torch.manual_seed(config.seed)
        self.config, self._stream, self._folder = config, stream, runs / config.name
        self.network = UNet(config.network)
        if config.start_from is not None and not self._folder.exists():
            load_weights(self.network, runs / config.start_from / AVERAGE)
        self.average = MovingAverage(self.network, config.optimisation.ema)
        optimisation = config.optimisation
        self._optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=optimisation.rate, betas=optimisation.betas,
            weight_decay=optimisation.weight_decay, fused=True,
        )  # fmt: skip
        self.state = load_checkpoint(self._folder, self.network, self.average, self._optimiser)
        self._noise = config.noise.distribution()

    def run(self, save_seconds: float = 120.0, log_steps: int = 50) -> None:
        """Train until the configured minutes are spent, counting those of earlier runs."""
        begun, saved = time.monotonic(), time.monotonic()
        before, logged = self.state.seconds, self.state
        while self.state.seconds < 60.0 * self.config.optimisation.minutes:
            loss = self.step(self._stream.batch(self.state.step))
            seconds = before + time.monotonic() - begun
            mean = loss if self.state.loss is None else 0.99 * self.state.loss + 0.01 * loss
            self.state = TrainingState(
                self.state.step + 1, self.state.pictures + self.config.optimisation.batch, seconds, mean
            )
            if self.state.step % log_steps == 0:
                self._report(logged)
                logged = self.state
            if time.monotonic() - saved > save_seconds:
                self.save()
                saved = time.monotonic()
        self.save()

    def step(self, batch: TrainingBatch) -> float:
        """Take one optimiser step and return the loss."""
        generator = torch.Generator().manual_seed(2**32 * self.config.seed + self.state.step)
        sigma = self._noise.sample(len(batch.pictures), generator)
        noise = torch.randn(batch.pictures.shape, generator=generator)
        with torch.autocast("cpu", torch.bfloat16):
            denoiser = UNetDenoiser(self.network)
            loss = denoising_loss(denoiser, batch.pictures, noise, sigma, batch.embeddings).mean()
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.optimisation.clip_norm)
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate(self.config.optimisation, self.state)
        self._optimiser.step()
        self.average.update(self.network, self.state.step)
        return loss.item()

    def save(self) -> None:
        """Write the checkpoint."""
        save_checkpoint(self._folder, self.state, self.network, self.average, self._optimiser)

    def _report(self, before: TrainingState) -> None:
        pictures, seconds = self.state.pictures - before.pictures, self.state.seconds - before.seconds
        log.info(
            "%s step %d, %d pictures, %.1f/s, loss %.4f, %.1f of %.1f min",
            self.config.name, self.state.step, self.state.pictures, pictures / max(seconds, 1e-9),
            self.state.loss or 0.0, self.state.seconds / 60.0, self.config.optimisation.minutes,
        )  # fmt: skip


def learning_rate(optimisation: Optimisation, state: TrainingState) -> float:
    """Linear warm-up, then a cosine from the full rate to a twentieth over the minutes of the run."""
    warm = min(1.0, (state.step + 1) / optimisation.warmup)
    done = min(1.0, state.seconds / (60.0 * optimisation.minutes))
    return optimisation.rate * warm * (0.05 + 0.95 * 0.5 * (1.0 + math.cos(math.pi * done)))


def main() -> None:
    """Run one configuration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--runs", type=Path, required=True, help="folder of checkpoints and encoders")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(arguments.threads)
    config = read_config(arguments.config)
    stream = SceneStream(config, World.load(), Encoders.load(arguments.runs / "encoders"))
    Trainer(config, stream, arguments.runs).run()


if __name__ == "__main__":
    main()
