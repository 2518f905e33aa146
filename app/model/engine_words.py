"""What an engine computes on and holds, in words: one short line, and the facts behind it."""

from __future__ import annotations

from collections.abc import Mapping

from app.model.engine_state import EngineCondition, EngineState

_THERE = (EngineCondition.READY, EngineCondition.WARMING)
NOTHING_LOADED = "no model loaded"


def holding(state: EngineState) -> str:
    """Device and models in one line ("CPU · Storybook loaded, 218 MB"); "" while there is no engine or no device."""
    if state.condition not in _THERE or not state.device:
        return ""
    families = _families(state.models)
    size = megabytes(sum(state.models.values()))
    name = next(iter(families)) if len(families) == 1 else f"{len(families)} models"
    return f"{_device(state)} · {f'{name} loaded, {size}' if families else NOTHING_LOADED}"


def holding_facts(state: EngineState) -> tuple[tuple[str, str], ...]:
    """The device, every loaded part with its size, by model, and the most memory used so far; names with values."""
    rows = [("Computes on", _device(state))] if state.device else []
    for family, parts in _families(state.models).items():
        rows.append((f"{family} loaded", megabytes(sum(parts.values()))))
        rows += [(f"    {part}", megabytes(size)) for part, size in sorted(parts.items())]
    if state.device and not state.models:
        rows.append(("Loaded", "Nothing; models are loaded when a picture needs them"))
    if state.peak_memory:
        rows.append(("Most memory used", megabytes(state.peak_memory)))
    return tuple(rows)


def megabytes(size: int) -> str:
    """Bytes, as exact as one wants to know."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _families(models: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """The loaded parts by model: "storybook/base" is the part "base" of Storybook."""
    families: dict[str, dict[str, int]] = {}
    for reference, size in models.items():
        family, _, part = reference.partition("/")
        families.setdefault(_title(family), {})[part.replace("-", " ") or family] = size
    return families


def _title(family: str) -> str:
    return family[:1].upper() + family[1:]


def _device(state: EngineState) -> str:
    return state.device.upper()
