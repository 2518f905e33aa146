"""Times in words: as exact as they are known."""

from __future__ import annotations


def estimated_time(seconds: float) -> str:
    """A time that is foreseen: whole seconds, then minutes, then hours."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def measured_time(seconds: float) -> str:
    """A time that was taken, with as many figures as one wants to read."""
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 99.5:
        return f"{seconds:.1f} s"
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left:02d} s"
