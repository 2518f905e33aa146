"""The trainer's program: one run, or a whole tree of experts; stopped at any moment, it goes on when started again.

Several GPUs or machines: ``torchrun --nproc-per-node 8 -m engine.training.train CONFIG --runs RUNS``.
"""

from __future__ import annotations

import argparse
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.training.batches import Passes
from engine.training.branching import is_schedule, read_schedule
from engine.training.checkpoint import read_state
from engine.training.config import TrainingConfig, read_config
from engine.training.errors import TrainingError
from engine.training.processes import Processes, joined
from engine.training.progress import Progress
from engine.training.sources import ConfiguredSource, Source
from engine.training.throughput import flops_per_picture, peak_flops
from engine.training.trainer import Trainer, is_finished

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workplace:
    """What every run of a program call shares."""

    source: Source
    device: torch.device
    processes: Processes
    should_stop: Callable[[], bool]

    def train(self, config: TrainingConfig, runs: Path) -> bool:
        """Train one run to the end of its budget; return False where it was stopped before."""
        if is_finished(config, read_state(runs / config.name)):
            return True
        stream = self.source.stream(config, Passes.of(config, self.processes).pictures)
        trainer = Trainer(config, stream, runs, device=self.device, processes=self.processes)
        progress = self._progress(config) if self.processes.is_first else None
        trainer.run(progress, self.should_stop)
        if progress is not None:
            progress.finish(trainer.state)
        return trainer.finished

    def is_told_to_stop(self) -> bool:
        """Whether any of the processes was told to stop; all of them must ask."""
        return bool(self.processes.highest(self.should_stop())[0])

    def _progress(self, config: TrainingConfig) -> Progress:
        """Its lines; the first process speaks for all."""
        dtype = getattr(torch, config.execution.precision)
        peak = peak_flops(self.device, dtype) * self.processes.count
        return Progress(config.name, config.optimisation, flops_per_picture(config.network), peak)


def train_file(file: Path, runs: Path, place: Workplace) -> None:
    """Train what `file` describes: one run in `runs`, or every run of a tree in the folder of its name.

    Raises:
        TrainingError: the file or what it needs cannot be used.
    """
    if not is_schedule(file):
        place.train(read_config(file), runs)
        return
    schedule = read_schedule(file)
    folder = runs / schedule.name
    for number, config in enumerate(schedule.runs, start=1):
        if place.processes.is_first:
            log.info("%s: model %s, %d of %d", schedule.name, config.name, number, len(schedule.runs))
        if not place.train(config, folder) or place.is_told_to_stop():
            return
    if place.processes.is_first:
        for written in schedule.write_ensembles(folder):
            log.info("%s", written)


def pick_device(name: str, local: int) -> torch.device:
    """The device of this process; "auto" is a GPU where there is one.

    Raises:
        TrainingError: a GPU is asked for and there is none for this process.
    """
    there = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name == "cpu" or (name == "auto" and there == 0):
        return torch.device("cpu")
    if local >= there:
        raise TrainingError(f"process {local} of this machine wants a GPU of its own, and there are {there}.")
    torch.cuda.set_device(local)
    return torch.device("cuda", local)


@contextmanager
def stop_signals() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C or a polite kill end training after the present step, with a checkpoint, a second one at once."""
    asked = threading.Event()

    def ask(number: int, frame: object) -> None:
        asked.set()
        signal.signal(number, previous[number])

    previous = {int(number): signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def main() -> None:
    """Train what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path, help="configuration of one run, or schedule of a tree (TOML)")
    parser.add_argument("--runs", type=Path, required=True, help="folder of checkpoints and encoders")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--threads", type=int)
    told = parser.parse_args()
    if told.threads is not None:
        torch.set_num_threads(told.threads)
    kind = "cuda" if told.device != "cpu" and torch.cuda.is_available() else "cpu"
    with joined(kind) as processes, stop_signals() as should_stop:
        level = logging.INFO if processes.is_first else logging.WARNING
        logging.basicConfig(level=level, format="%(asctime)s %(message)s")
        _check(told.config)
        device = pick_device(told.device, processes.local)
        source = ConfiguredSource(told.runs / "encoders", device)
        train_file(told.config, told.runs, Workplace(source, device, processes, should_stop))


def _check(file: Path) -> None:
    """Read the file before anything slow is loaded."""
    if is_schedule(file):
        read_schedule(file)
    else:
        read_config(file)


if __name__ == "__main__":
    main()
