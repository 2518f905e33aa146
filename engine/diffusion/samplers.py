"""The samplers by the names a project file uses."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.diffusion.multistep import adams_bashforth, dpmpp_2m
from engine.diffusion.stepping import Sampler, euler_step, heun_step, kutta_step, single_step_sampler

euler = single_step_sampler(euler_step)
heun = single_step_sampler(heun_step)
deis_3kutta = single_step_sampler(kutta_step)

SAMPLERS: Mapping[str, Sampler] = MappingProxyType(
    {
        "euler": euler,
        "heun": heun,
        "dpmpp_2m": dpmpp_2m,
        "deis_3kutta": deis_3kutta,
        # One evaluation integrates a constant slope, in sigma and in log sigma alike: order 1 is Euler's rule.
        "deis_ab1": euler,
        "deis_ab2": adams_bashforth(2, "sigma"),
        "deis_ab3": adams_bashforth(3, "sigma"),
        "deis_ab4": adams_bashforth(4, "sigma"),
        "deis_log_ab1": euler,
        "deis_log_ab2": adams_bashforth(2, "log"),
        "deis_log_ab3": adams_bashforth(3, "log"),
        "deis_log_ab4": adams_bashforth(4, "log"),
    }
)
"""Evaluations per step: 1 for euler, dpmpp_2m and the Adams-Bashforth family, 2 for heun, 3 for deis_3kutta."""
