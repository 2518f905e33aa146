"""How the low-resolution condition of an upscaler is spoilt in training, as data: a light way, and Real-ESRGAN's."""

from __future__ import annotations

import msgspec

from engine.models.ediff.config import UNetConfig

Range = tuple[float, float]


class LightDegradation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="light"):
    """One bending, one blur, one loss of detail and one noise, each strength drawn from 0 to its limit.

    `size`: side of the small picture; `blur`: standard deviation in pixels; `noise`: standard deviation in the
    pictures' units; `resize`: share of the side that is left where detail is lost; `bend`: standard deviation in pixels
    of how far contours are moved about, which an unsure upscaler does to them.
    """

    size: int
    blur: float = 1.2
    noise: float = 0.12
    resize: float = 0.5
    bend: float = 0.0


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the two orders of Real-ESRGAN: blur, resize, noise and JPEG, in this order (section 3.1).

    Attributes:
        blur: probability that a picture is blurred at all.
        deviation: range of the blur's standard deviation, pixels.
        sinc: probability that the blur is a sinc filter, which rings.
        resize: probabilities of enlarging, shrinking and keeping the size.
        scale: the smallest and the largest resize.
        gaussian: probability of Gaussian noise; the others get Poisson noise.
        noise: range of the Gaussian noise's standard deviation, of 255.
        poisson: range of the scale of the Poisson noise.
        grey: probability that the noise is the same in all colours.
        jpeg: range of the JPEG quality; None for no JPEG.
    """

    blur: float = 1.0
    deviation: Range = (0.2, 3.0)
    sinc: float = 0.1
    resize: tuple[float, float, float] = (0.2, 0.7, 0.1)
    scale: Range = (0.15, 1.5)
    gaussian: float = 0.5
    noise: Range = (1.0, 30.0)
    poisson: Range = (0.05, 3.0)
    grey: float = 0.4
    jpeg: Range | None = (30.0, 95.0)

    def __post_init__(self) -> None:
        shares = (self.blur, self.sinc, self.gaussian, self.grey, *self.resize)
        if not all(0.0 <= share <= 1.0 for share in shares) or abs(sum(self.resize) - 1.0) > 1e-6:
            raise ValueError("probabilities are 0 to 1, and those of resize add up to 1")
        ranges = (self.deviation, self.scale, self.noise, self.poisson, self.jpeg or (1.0, 1.0))
        if not all(0.0 <= low <= high for low, high in ranges) or not 0.0 < self.scale[0] <= 1.0 <= self.scale[1]:
            raise ValueError("ranges are [low, high] from 0 up, and that of scale lies around 1")
        if self.jpeg is not None and not 1.0 <= self.jpeg[0] <= self.jpeg[1] <= 100.0:
            raise ValueError("JPEG qualities are 1 to 100")


SECOND = Order(
    blur=0.8, deviation=(0.2, 1.5), resize=(0.3, 0.4, 0.3), scale=(0.3, 1.2), noise=(1.0, 25.0), poisson=(0.05, 2.5)
)


class RealEsrganDegradation(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="real-esrgan"
):
    """Real-ESRGAN's two orders; the defaults are the settings its authors train with.

    `size`: side of the small picture; `shapes`: probabilities of the blurs, Gaussian isotropic and anisotropic,
    generalised Gaussian both ways, plateau both ways; `final_sinc`: probability of the sinc filter at the end.
    """

    size: int
    first: Order = Order()
    second: Order = SECOND
    shapes: tuple[float, float, float, float, float, float] = (0.45, 0.25, 0.12, 0.03, 0.12, 0.03)
    generalised_shape: Range = (0.5, 4.0)
    plateau_shape: Range = (1.0, 2.0)
    final_sinc: float = 0.8

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError("the small picture's size is at least 1")
        if min(self.shapes) < 0.0 or abs(sum(self.shapes) - 1.0) > 1e-6:
            raise ValueError("the probabilities of the blurs' shapes are at least 0 and add up to 1")


LOWEST = 0.02
"""Noise level at which the way down of a picture that is drawn again takes its last step, to none."""


class Redraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which run draws again, how many of the pictures, and how much of them.

    Attributes:
        run: name of the run whose averaged network draws.
        network: that run's network.
        share: share of the pictures that are drawn again.
        noise: range of the noise they get, drawn evenly in its logarithm; more noise leaves less of a picture.
        steps: steps of the way down.
        guidance: guidance on the way, as drafts are drawn with.
    """

    run: str
    network: UNetConfig
    share: float = 0.5
    noise: Range = (0.2, 1.0)
    steps: int = 4
    guidance: float = 3.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.share <= 1.0:
            raise ValueError("share is a share of the pictures: choose 0 to 1")
        if not LOWEST < self.noise[0] <= self.noise[1]:
            raise ValueError(f"noise is [low, high], both above {LOWEST}")
        if self.steps < 2:
            raise ValueError("steps of the way down: at least 2")


Degradation = LightDegradation | RealEsrganDegradation
