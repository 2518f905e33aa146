"""Procedural fields on a batch of scenes: coordinates, smooth noise and soft dots, the same picture at every size.

Every random number comes from the scene's own seed, so a scene looks the same in any batch and at any size. Fields are
band-limited: what is finer than a pixel fades out as it would when a large picture is scaled down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
import torch.nn.functional as F

from engine.training.world.scene import Scene

LATTICE = 26
CHANNELS = 4
GRAIN = 72
DRAWS = 320


@dataclass(frozen=True, eq=False)
class Canvas:
    """Coordinates and random numbers of a batch of B scenes seen at S x S pixels, all float32.

    x [B, 1, S] and y [B, S, 1]: canvas coordinates of the pixel centres, in units of the view's side.
    horizon [B, 1, 1]; draws [B, DRAWS] in 0..1; normal numbers in lattice [B, CHANNELS, LATTICE, LATTICE] and
    grain [B, GRAIN, GRAIN].
    """

    x: torch.Tensor
    y: torch.Tensor
    horizon: torch.Tensor
    draws: torch.Tensor
    lattice: torch.Tensor
    grain: torch.Tensor

    @property
    def size(self) -> int:
        """Pixels along a side."""
        return self.x.shape[-1]

    @property
    def pixel(self) -> float:
        """Side of a pixel in canvas units."""
        return 1.0 / self.size

    def select(self, index: torch.Tensor) -> Canvas:
        """The canvas of the scenes numbered by `index`."""
        return Canvas(*(getattr(self, field.name)[index] for field in fields(self)))

    def uniform(self, start: int, count: int, low: float = 0.0, high: float = 1.0) -> torch.Tensor:
        """Random numbers [B, count] of each scene; the caller keeps a range of its own of the DRAWS."""
        return low + (high - low) * self.draws[:, start : start + count]

    def noise(self, channel: int, frequency: float, stretch: float = 1.0) -> torch.Tensor:
        """Smooth noise of about unit variance, [B, S, S]; `stretch` > 1 makes it broad.

        The canvas may reach 1.6 units: at most (LATTICE - 2) / 1.6 cells a unit, beyond them the noise fades to 0.
        """
        across = spline(self.x[:, 0] * frequency / stretch)
        down = spline(self.y[:, :, 0] * frequency)
        return 2.1 * torch.bmm(torch.bmm(down, self.lattice[:, channel]), across.transpose(1, 2))

    def dots(self, x: torch.Tensor, y: torch.Tensor, radius: torch.Tensor, aspect: float = 1.0) -> torch.Tensor:
        """Sum of Gaussian dots with unit peaks, [B, S, S]; x, y, radius [B, K]; `aspect` > 1 makes them broad."""
        across, down = blurred(radius * aspect, self.pixel), blurred(radius, self.pixel)
        peak = radius**2 * aspect / (across * down)
        gx = torch.exp(-0.5 * ((self.x - x[:, :, None]) / across[:, :, None]) ** 2)
        gy = torch.exp(-0.5 * ((self.y.transpose(1, 2) - y[:, :, None]) / down[:, :, None]) ** 2)
        return torch.bmm((gy * peak[:, :, None]).transpose(1, 2), gx)

    def edge(self, distance: torch.Tensor) -> torch.Tensor:
        """Coverage 0..1 of a shape from the signed distance (positive inside) in canvas units: one pixel wide."""
        return (distance * self.size + 0.5).clamp(0.0, 1.0)


def blurred(radius: torch.Tensor, pixel: float) -> torch.Tensor:
    """Radius of a Gaussian dot after a pixel's own blur."""
    return torch.sqrt(radius**2 + (0.35 * pixel) ** 2)


def spline(position: torch.Tensor) -> torch.Tensor:
    """Cubic B-spline weights [B, S, LATTICE] of the positions [B, S], in lattice cells."""
    nodes = torch.arange(LATTICE, device=position.device, dtype=position.dtype)
    t = (position[:, :, None] + 1.5 - nodes).abs()
    near = 2.0 / 3.0 - t**2 + t**3 / 2.0
    far = (2.0 - t).clamp(min=0.0) ** 3 / 6.0
    return torch.where(t < 1.0, near, far)


def smooth(value: torch.Tensor, low: float, high: float) -> torch.Tensor:
    """Smoothstep from `low` to `high`."""
    t = ((value - low) / (high - low)).clamp(0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def mix(a: torch.Tensor, b: torch.Tensor, amount: torch.Tensor) -> torch.Tensor:
    """`a` where `amount` is 0, `b` where it is 1; all of shapes that go together."""
    return a + (b - a) * amount


def colour(red: float, green: float, blue: float, like: torch.Tensor) -> torch.Tensor:
    """A colour 0..1 as [1, 3, 1, 1] beside `like`."""
    return torch.tensor([red, green, blue], device=like.device, dtype=like.dtype).view(1, 3, 1, 1)


def blur(picture: torch.Tensor, sigma: float) -> torch.Tensor:
    """Gaussian blur of [B, C, S, S] with `sigma` as a fraction of the side; edges are repeated."""
    pixels = sigma * picture.shape[-1]
    reach = max(1, int(2.5 * pixels + 0.5))
    offsets = torch.arange(-reach, reach + 1, device=picture.device, dtype=picture.dtype)
    kernel = torch.exp(-0.5 * (offsets / pixels) ** 2)
    kernel = kernel / kernel.sum()
    flat = picture.reshape(-1, 1, *picture.shape[-2:])
    flat = F.conv2d(F.pad(flat, (reach, reach, 0, 0), mode="replicate"), kernel.view(1, 1, 1, -1))
    flat = F.conv2d(F.pad(flat, (0, 0, reach, reach), mode="replicate"), kernel.view(1, 1, -1, 1))
    return flat.reshape(picture.shape)


def bent(images: torch.Tensor, amount: float, rng: np.random.Generator) -> torch.Tensor:
    """Pictures [B, C, S, S] with their outlines bent by smooth displacements of about `amount` of the side."""
    count, size = len(images), images.shape[-1]
    coarse = torch.from_numpy(rng.standard_normal((count, 2, 9, 9), dtype=np.float32)) * amount
    field = F.interpolate(coarse.to(images.device), (size, size), mode="bicubic").permute(0, 2, 3, 1)
    same = torch.eye(2, 3, device=images.device).expand(count, 2, 3)
    straight = F.affine_grid(same, list(images.shape), align_corners=False)
    return F.grid_sample(images, straight + field, padding_mode="reflection", align_corners=False)


def canvas_of(scenes: Sequence[Scene], size: int, device: torch.device | str = "cpu") -> Canvas:
    """The canvas of the scenes at `size` pixels."""
    count = len(scenes)
    cells = CHANNELS * LATTICE**2
    draws = np.empty((count, DRAWS), np.float32)
    normal = np.empty((count, cells + GRAIN**2), np.float32)
    for row, scene in enumerate(scenes):
        rng = np.random.Generator(np.random.SFC64(scene.seed))
        rng.random(dtype=np.float32, out=draws[row])
        rng.standard_normal(dtype=np.float32, out=normal[row])
    place = np.array([(s.view.left, s.view.top, s.horizon + s.view.top) for s in scenes], np.float32)
    left, top, horizon = torch.from_numpy(place).to(device).T
    centres = (torch.arange(size, device=device, dtype=torch.float32) + 0.5) / size
    numbers = torch.from_numpy(normal).to(device)
    return Canvas(
        x=(centres + left[:, None])[:, None, :],
        y=(centres + top[:, None])[:, :, None],
        horizon=horizon[:, None, None],
        draws=torch.from_numpy(draws).to(device),
        lattice=numbers[:, :cells].reshape(count, CHANNELS, LATTICE, LATTICE),
        grain=numbers[:, cells:].reshape(count, GRAIN, GRAIN),
    )
