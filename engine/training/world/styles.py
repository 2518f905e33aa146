"""Style filters and palette shifts of the drawn world. Identities of things survive all of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

import torch

from engine.training.world.fields import Canvas, blur, colour, mix
from engine.training.world.scene import Tone

WOBBLE = 0.011  # displacement of outlines in watercolour, as a fraction of the view


def wobble(canvas: Canvas, loose: torch.Tensor) -> torch.Tensor:
    """Displacement [B, 2, S, S] of a loose hand, for the scenes where `loose` [B] is 1."""
    field = torch.stack([canvas.noise(0, 13.0), canvas.noise(1, 13.0)], 1)
    return field * (WOBBLE * loose[:, None, None, None])


def grain(canvas: Canvas) -> torch.Tensor:
    """Paper grain of about unit variance [B, 1, S, S]: fades out when pixels are larger than the grain."""
    return torch.nn.functional.interpolate(
        canvas.grain[:, None], (canvas.size, canvas.size), mode="bilinear", antialias=True
    )


def watercolour(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Pale washes: soft colours let the paper through, pigment gathers at outlines and in blotches."""
    soft = mix(picture, blur(picture, 0.010), torch.tensor(0.7, device=picture.device))
    rim = (coverage - blur(coverage, 0.02)).abs().amax(1, keepdim=True)
    body = coverage[:, :-1].sum(1, keepdim=True).clamp(max=1.0)
    blotch = 0.5 * canvas.noise(2, 4.0)[:, None] + 0.5 * canvas.noise(3, 11.0)[:, None]
    wash = (0.72 + 0.08 * blotch + 0.14 * body + 0.25 * rim).clamp(0.3, 1.0)
    paper = colour(0.99, 0.975, 0.94, picture) * (1.0 + 0.022 * grain(canvas))
    pigment = soft * (1.0 - 0.30 * rim + 0.012 * grain(canvas))
    return mix(paper, pigment, wash)


def glow(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """A dark blue night in which things shine with their own colours."""
    body = coverage[:, :-1].sum(1, keepdim=True).clamp(max=1.0)
    dusk = picture * colour(0.38, 0.42, 0.70, picture) + colour(0.0, 0.01, 0.07, picture)
    bright = (picture * colour(1.0, 1.04, 1.10, picture) + 0.03).clamp(0, 1)
    light = blur(picture * body, 0.055)
    lit = mix(dusk, bright, body)
    return 1.0 - (1.0 - lit.clamp(0, 1)) * (1.0 - (0.95 * light * (1.0 - 0.75 * body)).clamp(0, 1))


def paper(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Cut sheets: fewer tones, cream rims around things, and shadows between the sheets."""
    body = coverage[:, :-1].sum(1, keepdim=True).clamp(max=1.0)
    ground = coverage[:, -1:]
    flat = posterised(blur(picture, 0.012), 6.0)
    flat = mix(flat, picture, 0.35 + 0.55 * body)
    flat = flat * (1.0 - 0.38 * (blur(ground, 0.022) * (1.0 - ground) * (1.0 - body)))
    thrown = blur(
        torch.roll(body, (max(1, round(0.025 * canvas.size)), max(1, round(0.018 * canvas.size))), (2, 3)), 0.02
    )
    flat = flat * (1.0 - 0.45 * thrown * (1.0 - body))
    rim = ((blur(body, 0.016) * 4.5).clamp(max=1.0) * (1.0 - body)).clamp(0, 1)
    return mix(flat, colour(0.99, 0.97, 0.91, picture), rim) * (1.0 + 0.016 * grain(canvas))


def posterised(picture: torch.Tensor, levels: float) -> torch.Tensor:
    """Softened steps of brightness, so that the edge of a step is not finer than a pixel."""
    scaled = picture * levels
    whole = torch.floor(scaled)
    return (whole + ((scaled - whole - 0.5) * 3.0 + 0.5).clamp(0, 1)) / levels


def plain(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Clear colours; things throw a soft shadow that sets them off from what lies behind."""
    body = coverage[:, :-1].sum(1, keepdim=True).clamp(max=1.0)
    return picture * (1.0 - 0.28 * blur(body, 0.03) * (1.0 - body))


def tinted(picture: torch.Tensor, tones: Sequence[Tone]) -> torch.Tensor:
    """The pictures [B, 3, S, S], 0..1, in the scenes' palettes."""
    rows = torch.tensor([(*t.gains, *t.shadow, t.saturation, t.contrast) for t in tones], device=picture.device)
    rows = rows[:, :, None, None]
    gains, shadow, saturation, contrast = rows[:, :3], rows[:, 3:6], rows[:, 6:7], rows[:, 7:]
    grey = picture.mean(1, keepdim=True)
    shifted = (grey + (picture - grey) * saturation - 0.5) * contrast + 0.5
    shifted = shifted * gains
    return (shifted + shadow * (1.0 - shifted)).clamp(0.0, 1.0)


def textured(canvas: Canvas, picture: torch.Tensor, strength: torch.Tensor) -> torch.Tensor:
    """A free texture over the picture, `strength` [B]: weave, streaks or blotches as the scene's numbers say."""
    choice = canvas.uniform(312, 3)
    share = (choice / choice.sum(1, keepdim=True).clamp(min=1e-6))[:, :, None, None]
    threads = canvas.uniform(315, 1, 14.0, 24.0)[:, :, None] * 2.0 * pi
    weave = torch.sin(canvas.x * threads) * torch.sin(canvas.y * threads)
    streaks = canvas.noise(1, 14.0, 6.0)
    blotches = canvas.noise(0, 5.0)
    field = share[:, 0] * weave * 1.6 + share[:, 1] * streaks + share[:, 2] * blotches
    return picture * (1.0 + strength[:, None, None, None] * field[:, None])
