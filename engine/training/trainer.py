"""The training loop: one network on its share of the noise levels, resumable at any moment, on any device."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

import torch
from msgspec.structs import replace
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from engine.models.ediff.build import build_network
from engine.models.ediff.canvas_positions import POSITIONS
from engine.models.ediff.denoiser import UNetDenoiser
from engine.models.ediff.embeddings import Embeddings
from engine.models.ediff.layers import Painted
from engine.models.ediff.network import DenoisingNetwork
from engine.models.ediff.pixel_layers import PIXELS
from engine.models.weights import load_weights
from engine.training.batches import BatchStream, Passes
from engine.training.checkpoint import (
    AVERAGE,
    TrainingState,
    find_checkpoint,
    load_networks,
    load_optimiser,
    read_state,
    take_snapshot,
    write_checkpoint,
)
from engine.training.config import Optimisation, TrainingConfig
from engine.training.ema import MovingAverage
from engine.training.errors import TrainingError
from engine.training.losses import denoising_loss
from engine.training.optimiser import optimiser_of
from engine.training.processes import ALONE, Processes
from engine.training.progress import done_share
from engine.training.sharding import divide

MEAN_OVER = 100
"""Steps over which the reported loss is averaged, by an exponential mean."""


class Watcher(Protocol):
    """Whoever is told how a run goes; see `Progress`."""

    def due(self, step: int) -> bool:
        """Whether to tell now."""
        ...

    def show(self, state: TrainingState) -> None:
        """Tell of `state`."""
        ...


class Trainer:
    """Trains one network; `runs` is the folder where every run keeps its checkpoint under its name.

    Each batch is made of micro-batches that are numbered through the whole run (`Passes`). Which process computes
    which has no influence on the sum of their gradients: a configuration learns the same in any number of processes.

    Raises:
        TrainingError: parent run, batch and processes do not go together.
        CheckpointError, ModelFileError: the run's checkpoint is damaged or that of another network.
    """

    def __init__(
        self,
        config: TrainingConfig,
        stream: BatchStream,
        runs: Path,
        *,
        device: torch.device | str = "cpu",
        processes: Processes = ALONE,
    ) -> None:
        self.config, self.processes, self.device = config, processes, torch.device(device)
        self.passes = Passes.of(config, processes)
        self._stream, self._folder = stream, runs / config.name
        self._noise = config.noise.distribution()
        found = find_checkpoint(self._folder)
        self.state = replace(read_state(self._folder), device=device_name(self.device))
        self.network = self._new_network(runs, fresh=found is None)
        self.average = MovingAverage(self.network, config.optimisation.ema)
        if found is not None:
            load_networks(found, self.network, self.average)
        self._loss = self._distributed(_Loss(self.network))
        self._optimiser = optimiser_of(self.network, config.optimisation, processes)
        if found is not None:
            load_optimiser(found, self._optimiser)
        loss = self.state.loss
        self._mean = None if loss is None else torch.tensor(loss, device=self.device)

    def _new_network(self, runs: Path, *, fresh: bool) -> DenoisingNetwork:
        with _drawn_by(self.config.seed):
            network = build_network(self.config.network)
        parent = self.config.start_from
        if parent is not None and fresh:
            source = find_checkpoint(runs / parent)
            if source is None:
                raise TrainingError(f"{runs / parent}: run {self.config.name!r} starts from it; train it first.")
            load_weights(network, source / AVERAGE, may_lack=(PIXELS, POSITIONS))
        layout = torch.channels_last if self.config.execution.channels_last else torch.preserve_format
        network.gradient_checkpointing = self.config.execution.gradient_checkpointing
        return network.to(self.device, memory_format=layout)  # type: ignore[call-overload, no-any-return]  # torch's stub wants positions

    def _distributed(self, loss: _Loss) -> nn.Module:
        shards = self.config.execution.sharding == "shards" and self.processes.count > 1
        if shards:
            divide(self.network)
            divide(self.average.network)
        if self.config.execution.compile:
            self.network.compile()
        return loss if shards or self.processes.count == 1 else DistributedDataParallel(loss)

    @property
    def finished(self) -> bool:
        """Whether the budget is spent."""
        return is_finished(self.config, self.state)

    def run(self, watcher: Watcher | None = None, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Train until the budget is spent, counting earlier runs, or until `should_stop`; the end is always saved."""
        begun = saved = time.monotonic()
        before, stopped = self.state.seconds, False
        while not self.finished and not stopped:
            self._take_step()
            now = time.monotonic()
            save_due = now - saved >= self.config.execution.save_seconds
            seconds, stop, save, tell = self.processes.highest(
                before + now - begun, should_stop(), save_due, watcher is not None and watcher.due(self.state.step)
            )
            self.state = replace(self.state, seconds=seconds)
            stopped = bool(stop)
            if save and not stopped:
                self.save()
                saved = time.monotonic()
            if tell and watcher is not None:
                watcher.show(self._told())
        self.save()

    def _take_step(self) -> None:
        loss = self.step()
        self._mean = loss if self._mean is None else torch.lerp(self._mean, loss, 1.0 / MEAN_OVER)
        done = self.state.step + 1
        self.state = replace(self.state, step=done, pictures=self.state.pictures + self.config.optimisation.batch)

    def step(self) -> Tensor:
        """Take one optimiser step and return the loss, a scalar on the device, the mean over the whole batch."""
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate(self.config.optimisation, self.state)
        self._optimiser.zero_grad()
        own = self.passes.own(self.state.step)
        total = torch.zeros((), device=self.device)
        for place, index in enumerate(own, start=1):
            with self._gradients_exchanged(last=place == len(own)):
                loss = self._pass(index) / len(own)
                loss.backward()
            total += loss.detach()
        if self.config.optimisation.clip_norm > 0.0:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.config.optimisation.clip_norm)
        self._optimiser.step()
        self.average.update(self.network, self.state.step)
        return self.processes.mean(total)

    def _pass(self, index: int) -> Tensor:
        """Mean loss of micro-batch number `index`, from which noise, its levels and what the network drops follow."""
        batch = self._stream.batch(index).to(self.device)
        number = 2**32 * self.config.seed + index
        generator = torch.Generator(self.device).manual_seed(number)
        sigma = self._noise.sample(len(batch.pictures), generator)
        noise = torch.randn(batch.pictures.shape, generator=generator, device=self.device)
        half = self.config.execution.precision == "bfloat16"
        painted = None if batch.phrases is None else batch.phrases.at(sigma)
        dropping = _drawn_by(number, self.device) if self.config.network.dropout else nullcontext()
        with dropping, torch.autocast(self.device.type, torch.bfloat16, enabled=half):
            loss: Tensor = self._loss(batch.pictures, noise, sigma, batch.embeddings, painted)
        return loss

    def _gradients_exchanged(self, *, last: bool) -> AbstractContextManager[None]:
        """Let the processes exchange gradients once a step, in the last pass."""
        if isinstance(self._loss, DistributedDataParallel) and not last:
            return self._loss.no_sync()
        return nullcontext()

    def save(self) -> None:
        """Write the checkpoint; all processes take part, the first one writes, and none goes on before it is there."""
        self.state = self._told()
        snapshot = take_snapshot(self.network, self.average, self._optimiser)
        if self.processes.is_first:
            write_checkpoint(self._folder, self.state, snapshot)
        self.processes.wait()

    def _told(self) -> TrainingState:
        """The state with the present mean loss."""
        return self.state if self._mean is None else replace(self.state, loss=self._mean.item())


class _Loss(nn.Module):
    """The loss as a module, so that what wraps a module for several processes wraps the whole computation."""

    def __init__(self, network: DenoisingNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, pictures: Tensor, noise: Tensor, sigma: Tensor, embeddings: Embeddings, painted: Painted | None
    ) -> Tensor:
        """Mean loss of a micro-batch, a scalar."""
        return denoising_loss(UNetDenoiser(self.network), pictures, noise, sigma, embeddings, painted).mean()


@contextmanager
def _drawn_by(seed: int, device: torch.device | None = None) -> Iterator[None]:
    """Let a seed alone say what layers draw by themselves; whoever else draws outside the block does not notice."""
    cuda = [device] if device is not None and device.type == "cuda" else []
    with torch.random.fork_rng(devices=cuda):
        torch.manual_seed(seed)
        yield


def is_finished(config: TrainingConfig, state: TrainingState) -> bool:
    """Whether a run has spent its steps or its minutes."""
    return done_share(config.optimisation, state) >= 1.0


def learning_rate(optimisation: Optimisation, state: TrainingState) -> float:
    """Linear warm-up, then constant, or a cosine from the full rate to a twentieth over the budget of the run."""
    warm = min(1.0, (state.step + 1) / optimisation.warmup) if optimisation.warmup else 1.0
    if optimisation.schedule == "constant":
        return optimisation.rate * warm
    done = done_share(optimisation, state)
    return optimisation.rate * warm * (0.05 + 0.95 * 0.5 * (1.0 + math.cos(math.pi * done)))


def device_name(device: torch.device) -> str:
    """What people call a device."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
