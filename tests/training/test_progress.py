"""What a run says of itself: work counted, speed told, a bar on a terminal and lines in a log."""

import io
import logging

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from engine.models.ediff.build import build_network
from engine.models.ediff.config import UNetConfig
from engine.models.ediff.denoiser import UNetDenoiser
from engine.training.checkpoint import TrainingState
from engine.training.config import Optimisation
from engine.training.losses import denoising_loss
from engine.training.progress import Progress, Tally, done_share
from engine.training.throughput import empty_embeddings, flops_per_picture, peak_flops
from tests.models.small import BASE, UPSCALER

BUDGET = Optimisation(batch=8, rate=1e-3, steps=100)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("config", [BASE, UPSCALER], ids=["base", "upscaler"])
def test_the_work_counted_is_that_of_a_real_pass(config: UNetConfig) -> None:
    network, picture = build_network(config), torch.zeros(1, 3, config.size, config.size)
    with FlopCounterMode(display=False) as counter:
        told = empty_embeddings(config)
        denoising_loss(UNetDenoiser(network), picture, picture, torch.ones(1), told).sum().backward()
    assert flops_per_picture(config) == counter.get_total_flops() > 0


def test_a_device_without_a_data_sheet_is_measured() -> None:
    assert peak_flops(torch.device("cpu"), torch.float32) > 1e8


def test_a_line_tells_speed_and_share_of_the_peak() -> None:
    clock = iter([0.0, 10.0])
    progress = Progress("base", BUDGET, flops=2e9, peak=1e12, stream=Terminal(), clock=lambda: next(clock))
    progress.show(TrainingState(step=1, pictures=8))
    progress.show(TrainingState(step=51, pictures=408, loss=0.25))
    line = progress.stream.getvalue().split("\r")[-1]  # type: ignore[attr-defined]  # a StringIO
    assert "base [############............] 51%, step 51" in line
    assert progress.sentence(TrainingState(step=51, pictures=408, loss=0.25), 40.0).endswith(
        "408 pictures, 40.0/s, 8.0% of peak, loss 0.2500"
    )


def test_a_log_gets_whole_lines_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    progress = Progress("base", BUDGET, 1e9, 1e12, stream=io.StringIO(), clock=lambda: now[0])
    with caplog.at_level(logging.INFO):
        assert progress.due(1)
        progress.show(TrainingState(step=1))
        now[0] = 5.0
        assert not progress.due(2)
        now[0] = 31.0
        assert progress.due(3)
        progress.show(TrainingState(step=3))
    assert [record.message.count("base [") for record in caplog.records] == [1, 1]


def test_a_terminal_keeps_its_last_line() -> None:
    terminal = Terminal()
    Progress("base", BUDGET, 1e9, 1e12, stream=terminal).finish(TrainingState(step=100))
    assert "100%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")


def test_an_evaluation_fills_no_log_and_leaves_whole_lines_in_it() -> None:
    now, log = [0.0], io.StringIO()
    tally = Tally(log, clock=lambda: now[0])
    for done in range(101):
        now[0] = float(done)
        tally.show(done, 100, "judged")
    tally.finish()
    told = [f"{done} of 100, judged" for done in (0, 30, 60, 90, 100)]
    assert log.getvalue() == "".join(f"{line}\n" for line in told)


def test_an_evaluation_draws_over_its_line_on_a_terminal() -> None:
    terminal = Terminal()
    tally = Tally(terminal)
    tally.show(1, 2, "judged")
    tally.show(2, 2, "judged")
    tally.finish()
    assert [line.strip() for line in terminal.getvalue().split("\r")] == ["", "1 of 2, judged", "2 of 2, judged"]
    assert terminal.getvalue().endswith("\n")


def test_of_two_budgets_the_one_spent_further_counts() -> None:
    both = Optimisation(batch=1, rate=1.0, steps=100, minutes=1.0)
    assert done_share(both, TrainingState(step=10, seconds=30.0)) == 0.5
    assert done_share(both, TrainingState(step=90, seconds=30.0)) == 0.9
    assert done_share(both, TrainingState(step=200)) == 1.0
