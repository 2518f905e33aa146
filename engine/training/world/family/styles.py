"""The family's styles: filters from a canvas, a picture [B, 3, S, S] and the coverage of things and ground."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import pi
from types import MappingProxyType

import torch
import torch.nn.functional as F

from engine.training.world import styles
from engine.training.world.fields import Canvas, blur, colour, mix, smooth
from engine.training.world.styles import grain, posterised

CELLS = 11  # panes of stained glass across the view
PIXELS = 44  # pixels of pixel art across the view


def brightness(picture: torch.Tensor) -> torch.Tensor:
    """Luma of RGB [B, 3, S, S] as [B, 1, S, S], in the picture's own range (ITU-R BT.601, rounded)."""
    return 0.30 * picture[:, :1] + 0.59 * picture[:, 1:2] + 0.11 * picture[:, 2:]


def bodies(coverage: torch.Tensor) -> torch.Tensor:
    """All things together, [B, 1, S, S]."""
    return coverage[:, :-1].sum(1, keepdim=True).clamp(max=1.0)


def contours(coverage: torch.Tensor, width: float) -> torch.Tensor:
    """Lines along the edges of things and ground, [B, 1, S, S], about `width` of the view wide."""
    soft = blur(coverage, width)
    return ((4.0 * soft * (1.0 - soft)) ** 2).amax(1, keepdim=True)


def details(picture: torch.Tensor, fine: float, gain: float) -> torch.Tensor:
    """Dark lines of the picture itself: where it is darker than its surroundings, [B, 1, S, S]."""
    light = brightness(picture)
    return ((blur(light, 2.2 * fine) - blur(light, fine)) * gain).clamp(0.0, 1.0)


def flat(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Even areas of clear colour."""
    return mix(posterised(blur(picture, 0.004), 5.0), picture, 0.30 + 0.60 * bodies(coverage))


def oil(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Daubs: the smoothest of four neighbourhoods (Kuwahara), and the relief of bristles."""
    reach = max(1, round(0.018 * canvas.size))
    side = reach + 1
    padded = F.pad(picture, (reach,) * 4, mode="replicate")
    mean = F.avg_pool2d(padded, side, 1)
    spread = (F.avg_pool2d(padded**2, side, 1) - mean**2).sum(1, keepdim=True)
    size = canvas.size
    corners = [(y, x) for y in (0, reach) for x in (0, reach)]
    means = torch.stack([mean[..., y : y + size, x : x + size] for y, x in corners])
    spreads = torch.stack([spread[..., y : y + size, x : x + size] for y, x in corners])
    best = spreads.argmin(0, keepdim=True).expand(-1, -1, 3, -1, -1)
    daubs = means.gather(0, best)[0]
    turn = 0.6 + 0.35 * canvas.noise(1, 1.2)
    across = canvas.x * torch.cos(turn) + canvas.y * torch.sin(turn)
    wander = 2.5 * canvas.noise(0, 9.0)
    bristle = torch.sin(across * 2 * pi * 16.0 + wander) * canvas.noise(2, 12.0).clamp(-1.5, 1.5)
    vivid = brightness(daubs) + (daubs - brightness(daubs)) * 1.25
    return vivid * (1.0 + 0.10 * bristle[:, None]) + 0.02 * bristle[:, None]


def ink(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Black pen on white paper with a thin grey wash."""
    light = brightness(picture)
    lines = torch.maximum(contours(coverage, 0.007), details(picture, 0.006, 9.0))
    wash = posterised(blur(light, 0.012), 3.0)
    tone = 0.80 + 0.20 * wash - 0.30 * (1.0 - light) * bodies(coverage)
    paper = colour(0.98, 0.975, 0.955, picture) * (1.0 + 0.01 * grain(canvas))
    return mix(paper * tone, colour(0.06, 0.06, 0.09, picture), lines)


def neon(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Glowing tubes along the edges, in the dark."""
    own = picture - picture.amin(1, keepdim=True)
    vivid = (own / own.amax(1, keepdim=True).clamp(min=0.08)).clamp(0.0, 1.0)
    pale = smooth(0.12 - own.amax(1, keepdim=True), 0.0, 0.12)
    vivid = mix(vivid, colour(0.95, 0.35, 0.95, picture), pale)
    inner = (picture - blur(picture, 0.014)).abs().amax(1, keepdim=True) * 3.0 * (0.35 + 0.65 * bodies(coverage))
    tubes = torch.maximum(contours(coverage, 0.010), inner.clamp(max=1.0))
    light = vivid * tubes
    halo = blur(light, 0.03) * 1.5 + blur(light, 0.07)
    dark = picture * colour(0.07, 0.05, 0.14, picture) + colour(0.02, 0.01, 0.06, picture)
    return dark + light * 1.1 + halo + 0.25 * smooth(tubes, 0.7, 1.0)


def sepia(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """An old photograph: brown, faded, darker to the corners, grainy."""
    light = brightness(blur(picture, 0.004))
    brown = mix(colour(0.16, 0.09, 0.04, picture), colour(0.97, 0.88, 0.70, picture), smooth(light, -0.08, 1.0))
    line = (torch.arange(canvas.size, device=picture.device) + 0.5) / canvas.size * 2 - 1
    corner = (line[:, None] ** 2 + line[None, :] ** 2)[None, None]
    return brown * (1.03 - 0.22 * corner) + 0.022 * grain(canvas)


def pixel(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Square pixels of few colours."""
    cells = min(PIXELS, canvas.size)
    coarse = F.interpolate(picture, (cells, cells), mode="area")
    few = (coarse * 6.0).round() / 6.0
    return F.interpolate(few, (canvas.size, canvas.size), mode="nearest")


def panes(canvas: Canvas) -> tuple[torch.Tensor, torch.Tensor]:
    """Centre of the pane around every point in pixels [B, S, S, 2], and distance to the next lead [B, S, S]."""
    inner = canvas.lattice[:, :2, 1 : CELLS + 1, 1 : CELLS + 1].clamp(-1.4, 1.4) * 0.27
    grid = torch.arange(CELLS, device=inner.device, dtype=inner.dtype) + 0.5
    points = torch.stack([grid[None, :].expand(CELLS, CELLS), grid[:, None].expand(CELLS, CELLS)])
    points = ((points + inner) / CELLS).flatten(2).transpose(1, 2)  # [B, CELLS^2, 2]
    line = (torch.arange(canvas.size, device=inner.device, dtype=inner.dtype) + 0.5) / canvas.size
    where = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1).view(1, -1, 2).expand(len(points), -1, -1)
    near, index = torch.cdist(where, points).topk(2, dim=2, largest=False)
    centre = points.gather(1, index[:, :, :1].expand(-1, -1, 2))
    shape = (len(points), canvas.size, canvas.size)
    return centre.view(*shape, 2), (near[:, :, 1] - near[:, :, 0]).view(shape) / 2


def glass(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Panes of glowing colour in lead; things keep their outlines."""
    centre, gap = panes(canvas)
    body = bodies(coverage)
    seen = F.grid_sample(blur(picture, 0.02), centre * 2 - 1, padding_mode="border", align_corners=False)
    even = mix(seen, blur(picture, 0.005), 0.85 * body)
    grey = brightness(even)
    lit = (grey + (even - grey) * 1.75 - 0.5) * 1.15 + 0.56
    pane_lead = smooth(0.008 - gap, 0.0, 0.006)[:, None] * (1.0 - 0.80 * body)
    lead = torch.maximum(pane_lead, contours(coverage, 0.012))
    shine = 1.0 + 0.10 * canvas.noise(2, 7.0)[:, None]
    return mix(lit * shine, colour(0.05, 0.05, 0.06, picture), lead)


def chalk(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Rubbed pastel on a blackboard: lines are strong, areas let the board through."""
    board = colour(0.13, 0.20, 0.17, picture) * (1.0 + 0.08 * canvas.noise(0, 3.0)[:, None])
    body, light = bodies(coverage), brightness(picture)
    dusty = mix(picture, torch.ones_like(picture), torch.tensor(0.28, device=picture.device))
    rough = grain(canvas)
    strokes = torch.sin((canvas.x + 0.8 * canvas.y) * 2 * pi * 24.0 + 1.5 * canvas.noise(1, 9.0))[:, None]
    amount = (0.16 + 0.30 * light) * (1.0 - body) + (0.45 + 0.40 * light) * body + 0.06 * strokes
    laid = smooth(amount + 0.08 * rough, 0.15, 0.75)
    lines = (contours(coverage, 0.009) + 0.12 * rough).clamp(0.0, 1.0)
    drawn = mix(board, dusty, laid * (0.55 + 0.40 * body))
    return mix(drawn, colour(0.96, 0.96, 0.92, picture), lines * 0.9)


def woodcut(canvas: Canvas, picture: torch.Tensor, coverage: torch.Tensor) -> torch.Tensor:
    """Black carved lines, thick in the shadows, over one warm tint."""
    light, body = brightness(blur(picture, 0.006)), bodies(coverage)
    turned = canvas.y * (1.0 - body[:, 0]) + (0.7 * canvas.x + 0.7 * canvas.y) * body[:, 0]
    wave = 0.5 + 0.5 * torch.sin((turned + 0.012 * canvas.noise(0, 6.0)) * 2 * pi * 22.0)[:, None]
    carved = smooth(light * (1.25 + 0.45 * body) + 0.05 + 0.12 * body - wave, -0.14, 0.14)
    lines = torch.maximum(contours(coverage, 0.012), details(picture, 0.008, 8.0))
    paper = mix(colour(0.93, 0.86, 0.70, picture), picture, 0.15 + 0.65 * body)
    return mix(colour(0.09, 0.07, 0.06, picture), paper, carved * (1.0 - lines))


Filter = Callable[[Canvas, torch.Tensor, torch.Tensor], torch.Tensor]
FILTERS: Mapping[str, Filter] = MappingProxyType(
    {
        "flat": flat, "watercolour": styles.watercolour, "oil": oil, "ink": ink, "neon": neon, "sepia": sepia,
        "pixel": pixel, "paper": styles.paper, "glass": glass, "chalk": chalk, "woodcut": woodcut, "glow": styles.glow,
    }
)  # fmt: skip
