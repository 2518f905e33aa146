"""Trains a whole family in one go: encoders, judge, base, experts, upscalers, and writes the model's folder.

``python -m engine.training.family --runs RUNS``; on one large GPU ``--minutes 25 --batches 8 --device cuda``. It stops
after ``--limit`` minutes, at Ctrl-C or at a polite kill, and goes on where it was when it is started again with the
same arguments.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from safetensors.torch import load_file

from engine.models.catalogue import Catalogue
from engine.models.ediff.encoders import Encoders
from engine.models.weights import save_weights
from engine.training.checkpoint import AVERAGE, NETWORK, OPTIMISER, read_state
from engine.training.config import TrainingConfig
from engine.training.encoders import train_encoders
from engine.training.family_choice import CHOSEN, Chosen, choose
from engine.training.family_export import PLAN, export_family
from engine.training.family_judge import FamilyJudge
from engine.training.family_judge_training import measure, train
from engine.training.family_plan import FamilyPlan, Grown, Pace, read_family
from engine.training.processes import ALONE
from engine.training.records import read_record
from engine.training.sources import ConfiguredSource, Source
from engine.training.train import Workplace, pick_device, stop_signals
from engine.training.trainer import is_finished
from engine.training.world import World

log = logging.getLogger(__name__)

ENCODERS, JUDGE = "encoders", "judge"


@dataclass(frozen=True)
class Deadline:
    """When a call must end: `minutes` after it began (None: never), or when it is told to."""

    begun: float
    minutes: float | None
    told: Callable[[], bool]

    def reached(self) -> bool:
        """Whether to stop now."""
        return self.told() or self.left() <= 0.0

    def left(self) -> float:
        """Minutes left."""
        return float("inf") if self.minutes is None else self.minutes - (time.monotonic() - self.begun) / 60.0


@dataclass(frozen=True)
class Workshop:
    """Where and on what a family is trained. `slim`: keep of a finished run its averaged weights alone, in float16."""

    plan: FamilyPlan
    runs: Path
    device: torch.device
    deadline: Deadline
    slim: bool = False

    def work(self, folder: Path) -> bool:
        """Take every stage that is not done yet and write the model into `folder`; False where time ran out before."""
        self.runs.mkdir(parents=True, exist_ok=True)
        source = ConfiguredSource(self.runs / ENCODERS, self.device)
        place = Workplace(source, self.device, ALONE, self.deadline.reached)
        done = self._encoders() and self._judge() and all(self._tree(tree, place) for tree in self.plan.trees)
        if done:
            card = export_family(self.plan, self._chosen(source), self.runs, folder)
            Catalogue(folder.parent).load_part(folder.name, card.parts[0].name, "cpu")
            log.info("%s: %s", card.title, folder)
        return done

    def _encoders(self) -> bool:
        """Encoders and judge are trained whole or not at all: a call that is too short for them leaves them."""
        return self._whole(ENCODERS, self.plan.encoders.minutes or 0.0, self._train_encoders)

    def _judge(self) -> bool:
        return self._whole(JUDGE, self.plan.judge.minutes, self._train_judge)

    def _whole(self, name: str, minutes: float, make: Callable[[World, Path], None]) -> bool:
        folder = self.runs / name
        if folder.is_dir():
            return True
        if self.deadline.reached() or self.deadline.left() < minutes:
            log.info("%s: %.1f minutes in one piece, and there are not as many left in this call", name, minutes)
            return False
        log.info("%s: %.1f minutes", name, minutes)
        part = self.runs / f"{name}.part"
        shutil.rmtree(part, ignore_errors=True)
        make(World.load(name=self.plan.world).on(self.device), part)
        part.rename(folder)
        return True

    def _train_encoders(self, world: World, folder: Path) -> None:
        torch.manual_seed(0)
        train_encoders(world, self.plan.encoders, self.device).save(folder)
        Encoders.load(folder)

    def _train_judge(self, world: World, folder: Path) -> None:
        told = self.plan.judge
        network, seen = train(world, self.device, batch=told.batch, steps=0, minutes=told.minutes)
        card = measure(network, world, told.held_out, self.device, seen)
        log.info("%s", card)
        FamilyJudge(network.cpu(), card).save(folder)

    def _tree(self, tree: Grown, place: Workplace) -> bool:
        """Train the runs of a tree, of the middle experts only the chosen one's, and write its ensembles' files."""
        runs = self.runs / tree.folder
        middles = {candidate.middle for candidate in self.plan.choice.candidates}
        chosen_here = tree.folder == self.plan.choice.tree
        first = [run for run in tree.runs if not (chosen_here and run.name in middles)]
        if not all(self._run(run, runs, place) for run in first):
            return False
        if chosen_here:
            middle = self._chosen(place.source).middle
            if not all(self._run(run, runs, place) for run in tree.runs if run.name == middle):
                return False
        if tree.schedule is not None:
            tree.schedule.write_ensembles(runs)
        return True

    def _run(self, config: TrainingConfig, runs: Path, place: Workplace) -> bool:
        state = read_state(runs / config.name)
        if not is_finished(config, state):
            if self.deadline.reached():
                return False
            minutes = config.optimisation.minutes
            log.info("%s%s: %s minutes", f"{runs.name}/", config.name, "?" if minutes is None else f"{minutes:.1f}")
            if not place.train(config, runs):
                return False
        if self.slim:
            make_slim(runs / config.name)
        return True

    def _chosen(self, source: Source) -> Chosen:
        file = self.runs / CHOSEN
        if not file.is_file():
            choice = self.plan.choice
            found = choose(choice, self.plan.tree(choice.tree), self.runs / choice.tree, source, self.device)
            log.info("chosen: %s", found)
            file.write_bytes(msgspec.json.encode(found))
        return read_record(file, Chosen)


def make_slim(run: Path) -> None:
    """Keep of a finished run its averaged weights in float16: it can be started from, not trained on."""
    if not (run / OPTIMISER).is_file():
        return
    save_weights(load_file(run / AVERAGE), run / AVERAGE)
    for name in (NETWORK, OPTIMISER):
        (run / name).unlink(missing_ok=True)


def main() -> None:
    """Train what is left of the family."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, default=PLAN)
    parser.add_argument("--runs", type=Path, required=True, help="folder of checkpoints, encoders and judge")
    parser.add_argument("--folder", type=Path, help="where the model is written (RUNS/model/NAME)")
    parser.add_argument("--minutes", type=float, help="how long all of it takes (as the plan says)")
    parser.add_argument("--batches", type=int, default=1, help="times as many pictures in a batch (8 on a large GPU)")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--limit", type=float, help="minutes after which this call stops, to be started again")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--compile", action="store_true", help="compile the networks that start from nothing")
    parser.add_argument("--slim", action="store_true", help="keep of finished runs the averaged weights in float16")
    told = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_float32_matmul_precision("high")
    if told.threads is not None:
        torch.set_num_threads(told.threads)
    plan = read_family(told.plan, Pace(told.minutes, told.batches, told.compile))
    begun = time.monotonic()
    with stop_signals() as should_stop:
        deadline = Deadline(begun, told.limit, should_stop)
        shop = Workshop(plan, told.runs, pick_device(told.device, 0), deadline, told.slim)
        done = shop.work(told.folder or told.runs / "model" / plan.name)
    log.info("%s after %.1f minutes", "done" if done else "stopped: start again to go on",
             (time.monotonic() - begun) / 60)  # fmt: skip


if __name__ == "__main__":
    main()
