"""Our solvers against the stock schedulers of diffusers: same network, same noise, same grid, same picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
import torch
from diffusers import EDMDPMSolverMultistepScheduler, EDMEulerScheduler, HeunDiscreteScheduler
from torch import Tensor

from engine.diffusion.denoiser import EdmPreconditioned, condition
from engine.diffusion.samplers import SAMPLERS
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.stepping import StepFacts
from tests.numerics.toys import TinyNetwork, ignore, noise, per_picture

STEPS = 12


@dataclass(eq=False)
class Tiny:
    """A network in EDM preconditioning."""

    network: TinyNetwork
    sigma_min: float = 0.002
    sigma_max: float = 80.0

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[None]) -> Tensor:
        return EdmPreconditioned(self.network)(x, sigma)


@dataclass(eq=False)
class TinyEpsilon:
    """The same kind of network as an epsilon predictor on a variance-preserving scale."""

    network: TinyNetwork
    sigma_min: float = 0.002
    sigma_max: float = 80.0

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[None]) -> Tensor:
        s = per_picture(sigma, x)
        epsilon: Tensor = self.network(x / (s**2 + 1).sqrt(), torch.zeros_like(sigma))
        return x - s * epsilon


def test_euler_equals_the_stock_edm_euler() -> None:
    network, x = TinyNetwork(), 80.0 * noise(2, 3, 8, 8, dtype=torch.float32)
    stock = EDMEulerScheduler(sigma_min=0.002, sigma_max=80.0, sigma_data=0.5, rho=7.0)
    stock.set_timesteps(STEPS)
    theirs = x
    with torch.no_grad():
        for t in stock.timesteps:
            F = network(stock.scale_model_input(theirs, t), t.expand(2))
            theirs = stock.step(F, t, theirs).prev_sample
        ours = SAMPLERS["euler"](condition(Tiny(network), [None] * 2), x, make_sigmas("edm", STEPS), ignore)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_dpmpp_2m_equals_the_stock_multistep_after_our_heun_start() -> None:
    network, x = TinyNetwork(), 80.0 * noise(2, 3, 8, 8, dtype=torch.float32)
    seen: list[StepFacts] = []
    stock = EDMDPMSolverMultistepScheduler(
        sigma_min=0.002,
        sigma_max=80.0,
        sigma_data=0.5,
        rho=7.0,
        solver_order=2,
        algorithm_type="dpmsolver++",
        solver_type="midpoint",
        lower_order_final=False,
        euler_at_final=False,
        final_sigmas_type="zero",
    )
    stock.set_timesteps(STEPS)
    with torch.no_grad():
        ours = SAMPLERS["dpmpp_2m"](condition(Tiny(network), [None] * 2), x, make_sigmas("edm", STEPS), seen.append)
        theirs = x
        for index, t in enumerate(stock.timesteps):
            F = network(stock.scale_model_input(theirs, t), t.expand(2))
            theirs = stock.step(F, t, theirs).prev_sample
            # The stock scheduler starts with an Euler step where we take Heun's; go on from ours with its history.
            theirs = seen[0].x if index == 0 else theirs
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


# The scheduler itself hands a tensor to numpy in a way numpy 2 deprecates.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_heun_equals_the_stock_heun() -> None:
    network = TinyNetwork()
    stock = HeunDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", prediction_type="epsilon",
        use_karras_sigmas=True,
    )  # fmt: skip
    stock.set_timesteps(STEPS)
    grid = tuple(dict.fromkeys(stock.sigmas.tolist()))
    assert len(grid) == STEPS + 1
    x = grid[0] * noise(2, 3, 8, 8, dtype=torch.float32)
    theirs = x
    with torch.no_grad():
        for t in stock.timesteps:
            epsilon = network(stock.scale_model_input(theirs, t), torch.zeros(2))
            theirs = stock.step(epsilon, t, theirs).prev_sample
        ours = SAMPLERS["heun"](condition(TinyEpsilon(network), [None] * 2), x, grid, ignore)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["euler", "heun", "dpmpp_2m", "deis_3kutta", "deis_ab3", "deis_log_ab3"])
def test_all_samplers_agree_on_a_network_when_steps_are_many(name: str) -> None:
    bound, x = condition(Tiny(TinyNetwork().double()), [None] * 2), 80.0 * noise(2, 3, 8, 8)
    with torch.no_grad():
        reference = SAMPLERS["deis_3kutta"](bound, x, make_sigmas("edm", 120), ignore)
        out = SAMPLERS[name](bound, x, make_sigmas("edm", 60), ignore)
    assert float((out - reference).abs().max()) < (0.3 if name == "euler" else 0.03)
