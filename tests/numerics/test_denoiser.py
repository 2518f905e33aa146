"""Preconditioning (eDiff-I eq. 1) and the seam to samplers."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.diffusion.denoiser import EdmPreconditioned, condition, loss_weight, preconditioning
from tests.numerics.toys import Gaussian, noise, per_picture

SIGMAS = torch.tensor([0.002, 0.1, 0.5, 3.0, 80.0], dtype=torch.float64)


def test_inputs_and_targets_of_the_network_have_unit_variance() -> None:
    """EDM derives the factors from these two demands (EDM appendix B.6)."""
    c = preconditioning(SIGMAS)
    torch.testing.assert_close(c.c_in**2 * (SIGMAS**2 + 0.25), torch.ones_like(SIGMAS))
    residual = (1 - c.c_skip) ** 2 * 0.25 + c.c_skip**2 * SIGMAS**2
    torch.testing.assert_close(residual, c.c_out**2)


def test_the_loss_weight_cancels_the_output_factor() -> None:
    torch.testing.assert_close(loss_weight(SIGMAS) * preconditioning(SIGMAS).c_out ** 2, torch.ones_like(SIGMAS))


def test_noise_condition_is_a_quarter_of_the_logarithm() -> None:
    torch.testing.assert_close(preconditioning(SIGMAS).c_noise, SIGMAS.log() / 4)


def test_a_network_with_the_right_output_makes_the_exact_denoiser() -> None:
    gaussian, x = Gaussian(), noise(5, 3, 4, 4)

    def network(scaled: Tensor, c_noise: Tensor, mean: float) -> Tensor:
        c = preconditioning((4 * c_noise).exp())
        noisy = scaled / per_picture(c.c_in, scaled)
        clean = gaussian(noisy, (4 * c_noise).exp(), [mean] * len(noisy))
        return (clean - per_picture(c.c_skip, x) * noisy) / per_picture(c.c_out, x)

    out = EdmPreconditioned(network)(x, SIGMAS, mean=0.2)
    torch.testing.assert_close(out, gaussian(x, SIGMAS, [0.2] * 5))


def test_a_half_precision_network_leaves_the_skip_path_in_full_precision() -> None:
    x = noise(5, 3, 4, 4, dtype=torch.float32)
    silent = EdmPreconditioned(lambda scaled, c_noise: torch.zeros_like(scaled, dtype=torch.bfloat16))
    out = silent(x, SIGMAS.float())
    assert out.dtype == torch.float32
    torch.testing.assert_close(out, per_picture(preconditioning(SIGMAS.float()).c_skip, x) * x)


def test_a_conditioned_denoiser_owns_every_step_itself() -> None:
    bound = condition(Gaussian(), [0.0])
    assert bound.for_step(80.0, 40.0) is bound.for_step(40.0, 0.0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_noise_level_reaches_the_denoiser_in_the_precision_of_the_state(dtype: torch.dtype) -> None:
    x = noise(2, 3, 4, 4, dtype=dtype)
    out = condition(Gaussian(), [0.0, 1.0])(x, 2.0)
    assert torch.equal(out, Gaussian()(x, torch.tensor([2.0, 2.0], dtype=dtype), [0.0, 1.0]))
