"""The optimisers: what a step of Muon does to matrices, that the rest is AdamW's, and that a run goes on exactly."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.training.config import Optimisation, read_config
from engine.training.errors import TrainingConfigError
from engine.training.optimiser import RMS, Muon, matrices_of_blocks, optimiser_of, orthogonal
from tests.training.muon_step import MUON, with_gradients
from tests.training.toy import TOML, toy_config, toy_trainer, with_optimisation


def random_matrices(seed: int, count: int, rows: int, columns: int) -> torch.Tensor:
    return torch.randn(count, rows, columns, generator=torch.Generator().manual_seed(seed))


@settings(max_examples=40)
@given(st.integers(0, 2**31), st.integers(1, 3), st.integers(1, 24), st.integers(1, 24))
def test_orthogonal_matrices_keep_directions_and_lose_sizes(seed: int, count: int, rows: int, columns: int) -> None:
    """Against the singular value decomposition: the same singular vectors, singular values near 1 where they were not
    far below the greatest.
    """
    matrices = random_matrices(seed, count, rows, columns)
    U, S, Vh = torch.linalg.svd(matrices, full_matrices=False)
    made = U.mT @ orthogonal(matrices).float() @ Vh.mT
    values = made.diagonal(dim1=1, dim2=2)
    clear = S / S.amax(-1, keepdim=True) > 0.1
    assert (values[clear] > 0.55).all()
    assert (values < 1.3).all()
    assert (made - torch.diag_embed(values)).abs().max() < 0.12


def test_a_step_of_a_matrix_has_the_size_of_one_of_adamw_whatever_the_gradient_s() -> None:
    before = with_gradients(1)
    after = {scale: with_gradients(1, scale) for scale in (1.0, 128.0)}
    for network in after.values():
        optimiser_of(network, MUON).step()
    triples = zip(matrices_of_blocks(before), *map(matrices_of_blocks, after.values()), strict=True)
    for old, small, large in triples:
        step = (small - old).detach()
        assert step.square().mean().sqrt().item() == pytest.approx(MUON.rate * RMS, rel=0.25)
        torch.testing.assert_close(large, small, rtol=0.0, atol=1e-6)


def test_everything_but_the_matrices_of_blocks_moves_as_adamw_moves_it() -> None:
    ours, theirs = with_gradients(2), with_gradients(2)
    mixed, plain = optimiser_of(ours, MUON), torch.optim.AdamW(theirs.parameters(), lr=MUON.rate, weight_decay=0.0)
    for _ in range(3):
        mixed.step()
        plain.step()
    known = set(matrices_of_blocks(ours))
    pairs = [(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True) if a not in known]
    assert len(pairs) > len(known)
    for own, wanted in pairs:
        torch.testing.assert_close(own, wanted)


def test_weights_decay_by_the_rate_as_adamw_s_do() -> None:
    settled, decaying = with_gradients(3), with_gradients(3)
    weight = matrices_of_blocks(settled)[0].detach().clone()
    optimiser_of(settled, MUON).step()
    optimiser_of(decaying, Optimisation(batch=1, rate=1e-2, steps=1, method="muon", weight_decay=0.5)).step()
    moved = matrices_of_blocks(decaying)[0] - matrices_of_blocks(settled)[0]
    torch.testing.assert_close(moved.detach(), -0.5 * 1e-2 * weight)


def test_matrices_without_a_gradient_stay() -> None:
    network = with_gradients(4)
    still = matrices_of_blocks(network)[0]
    still.grad = None
    before = still.detach().clone()
    optimiser_of(network, MUON).step()
    assert torch.equal(still, before)


def test_a_resumed_run_of_muon_goes_on_as_if_never_stopped(tmp_path: Path) -> None:
    config = with_optimisation(toy_config(tmp_path), method="muon", schedule="constant")
    whole, halves = toy_trainer(config, tmp_path / "whole"), toy_trainer(config, tmp_path / "halves")
    whole.run()
    halves.run(should_stop=lambda: halves.state.step >= 2)
    again = toy_trainer(config, tmp_path / "halves")
    assert isinstance(again._optimiser, Muon)
    assert len(again._optimiser.state) == len(list(again.network.parameters()))
    again.run()
    assert again.state.step == whole.state.step == 4
    for own, wanted in zip(again.network.parameters(), whole.network.parameters(), strict=True):
        torch.testing.assert_close(own, wanted, rtol=1e-5, atol=1e-5)


def test_a_run_divided_among_processes_cannot_ask_for_muon(tmp_path: Path) -> None:
    file = tmp_path / "toy.toml"
    text = TOML.replace("[optimisation]", '[optimisation]\nmethod = "muon"')
    assert text != TOML
    file.write_text(text.replace("[execution]", '[execution]\nsharding = "shards"'), encoding="utf-8")
    with pytest.raises(TrainingConfigError, match="every matrix whole"):
        read_config(file)
