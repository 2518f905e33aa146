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
    """The networks of eDiff-I appendix A: the U-Net of the base model, the Efficient U-Net of the upscalers.

    `size` is the side in pixels the network was trained at. Attention sides are feature-map sides at that size, as in
    the paper's Table 2. `patch` folds patch x patch pixels into channels before the first convolution (1: none), so
    the top feature map has side `size / patch`. With large patches the noise of a patch has more numbers than the
    network has channels: with `noise_gain` a gain on the noisy picture, learnt from the noise level, is part of the
    output, so that the channels need not carry noise to it. `pixel_channels`: width of the full-resolution layers
    behind a patched network (0: none), which see every pixel and remove what the network could not carry.
    `residual_std`: standard deviation of what a picture has beyond its low-resolution condition; above 0 the network
    predicts that difference alone (a small network that need not copy the condition through its patches spends
    itself on the detail). `canvas_positions`: every level is also told where on the canvas, by size and crop, its
    places lie. `block_multipliers`: how many times `residual_blocks` each level has, finest first; where they are
    given, the network is an Efficient U-Net (Tables 3 and 4).

    Raises:
        ValueError: sides, levels or multipliers do not go together.
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
    noise_gain: bool = False
    low_resolution: bool = False
    residual_std: float = 0.0
    micro_conditioning: bool = False
    canvas_positions: bool = False
    block_multipliers: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        levels = len(self.channel_multipliers)
        if levels == 0 or min(self.channels, self.residual_blocks, self.patch, *self.channel_multipliers) < 1:
            raise ValueError("channels, residual_blocks, patch and every channel multiplier must be at least 1")
        if self.size < 1 or self.size % (self.patch * 2 ** (levels - 1)):
            raise ValueError(f"size {self.size} cannot be halved {levels - 1} times in patches of {self.patch}")
        strangers = {*self.self_attention_sides, *self.cross_attention_sides} - set(self.sides)
        if strangers:
            raise ValueError(f"attention at sides {sorted(strangers)}: the feature maps have sides {list(self.sides)}")
        if self.block_multipliers is not None and len(self.block_multipliers) != levels:
            raise ValueError(f"there are {len(self.block_multipliers)} block multipliers for {levels} levels")
        if self.residual_std and not self.low_resolution:
            raise ValueError("residual_std is of use only to a network with low_resolution")
        if self.canvas_positions and not self.micro_conditioning:
            raise ValueError("canvas_positions follow from size and crop: they need micro_conditioning")
        if self.canvas_positions and self.block_multipliers is not None:
            raise ValueError("an Efficient U-Net (block_multipliers) has no canvas positions")

    @property
    def blocks(self) -> tuple[int, ...]:
        """Residual blocks of each level, finest first."""
        multipliers = self.block_multipliers or (1,) * len(self.channel_multipliers)
        return tuple(self.residual_blocks * multiplier for multiplier in multipliers)

    @property
    def embedding_width(self) -> int:
        """Width of the global embedding (noise level, pooled CLIP embeddings, size and crop)."""
        return 4 * self.channels

    @property
    def context_width(self) -> int:
        """Width of the cross-attention keys' common embedding."""
        return max(128, 2 * self.channels)

    @property
    def sides(self) -> tuple[int, ...]:
        """Feature-map side of each level, finest first."""
        return tuple(self.size // self.patch // 2**level for level in range(len(self.channel_multipliers)))

    @property
    def input_channels(self) -> int:
        """Channels of the first convolution: the noisy picture, and the low-resolution one beside it when used."""
        return 3 * self.patch**2 * (2 if self.low_resolution else 1)
