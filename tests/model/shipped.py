"""What tests need to know of the model that comes with the program, from its card."""

from __future__ import annotations

from engine.api.cascade import cascade
from engine.api.shipped import shipped_card

STAGES = cascade(shipped_card())
FINISHER = next(stage.finisher.name for stage in reversed(STAGES) if stage.finisher is not None)
"""A denoiser for low noise at the largest size that has one."""
