"""Errors of the diffusion core.

DiffusionError
├── ScheduleError    noise levels that no solve can follow
├── EnsembleError    experts that leave a gap, overlap, or own no part of the solve
└── SolveError       a solve that was asked for something impossible, or that left the numbers
"""

from __future__ import annotations


class DiffusionError(ValueError):
    """Something about a solve cannot work; the message names the value and what to change."""


class ScheduleError(DiffusionError):
    """Noise levels out of order or out of range."""


class EnsembleError(DiffusionError):
    """The experts' noise intervals do not cover the solve, or overlap."""


class SolveError(DiffusionError):
    """The pictures of a solve, its start or its result contradict each other."""
