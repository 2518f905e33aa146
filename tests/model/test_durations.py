"""Times in words."""

from __future__ import annotations

import pytest

from app.model.durations import estimated_time, measured_time


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.2, "1 s"), (42.4, "42 s"), (100.0, "2 min"), (7200.0, "2 h 0 min"), (5000.0, "83 min")]
)
def test_what_is_foreseen_is_told_roughly(seconds: float, told: str) -> None:
    assert estimated_time(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0123, "12 ms"), (0.0999, "0.1 s"), (42.44, "42.4 s"), (99.6, "1 min 40 s"), (119.7, "2 min 00 s")],
)
def test_what_was_measured_is_told_in_three_figures(seconds: float, told: str) -> None:
    assert measured_time(seconds) == told
