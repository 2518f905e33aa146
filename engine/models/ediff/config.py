"""Configurations of the eDiff-I networks as data: the paper's tables and Storybook are instances of one type."""

from __future__ import annotations

import msgspec


class ContextShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lengths and widths of the embeddings a network is conditioned on (eDiff-I, appendix A).

    The cross-attention keys are `[CLIP text | T5 | CLIP image | null]`: `clip_tokens + t5_tokens + 2` columns.
    """

    clip_tokens: int
    clip_width: int
    t5_tokens: int
    t5_width: int
    image_width: int

    @property
    def columns(self) -> int:
        """Number of cross-attention keys: both texts, one picture token, one null token."""
        return self.clip_tokens + self.t5_tokens + 2


class UNetConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The U-Net of eDiff-I appendix A.

    `size` is the side in pixels the network was trained at. Attention sides are feature-map sides at that size, as in
    the paper's Table 2. `patch` folds patch x patch pixels into channels before the first convolution (1: none), so
    the top feature map has side `size / patch`. `pixel_channels`: width of the full-resolution layers behind a patched
    network (0: none). With large patches the noise of a patch has more numbers than the network has channels; these
    layers, which see every pixel, remove what the network could not carry. `residual_std`: standard deviation of what
    a picture has beyond its low-resolution condition; above 0 the network predicts that difference alone (a small
    network that need not copy the condition through its patches spends itself on the detail).
    """

    size: int
    channels: int
    channel_multipliers: tuple[int, ...]
    residual_blocks: int
    self_attention_sides: tuple[int, ...]
    cross_attention_sides: tuple[int, ...]
    context: ContextShape
    head_channels: int = 64
    dropout: float = 0.0
    patch: int = 1
    pixel_channels: int = 0
    low_resolution: bool = False
    residual_std: float = 0.0
    micro_conditioning: bool = False

    @property
    def sides(self) -> tuple[int, ...]:
        """Feature-map side of each level, finest first."""
        return tuple(self.size // self.patch // 2**level for level in range(len(self.channel_multipliers)))

    @property
    def input_channels(self) -> int:
        """Channels of the first convolution: the noisy picture, and the low-resolution one beside it when used."""
        return 3 * self.patch**2 * (2 if self.low_resolution else 1)


EDIFF_I_CONTEXT = ContextShape(clip_tokens=77, clip_width=768, t5_tokens=113, t5_width=4096, image_width=768)

EDIFF_I_BASE = UNetConfig(
    size=64,
    channels=256,
    channel_multipliers=(1, 2, 4, 4),
    residual_blocks=3,
    self_attention_sides=(32, 16, 8),
    cross_attention_sides=(32, 16, 8),
    context=EDIFF_I_CONTEXT,
)
"""Table 2: the 64x64 base model."""
