"""The network that a configuration describes."""

from __future__ import annotations

from engine.models.ediff.config import UNetConfig
from engine.models.ediff.efficient_unet import EfficientUNet
from engine.models.ediff.network import DenoisingNetwork
from engine.models.ediff.unet import UNet


def build_network(config: UNetConfig) -> DenoisingNetwork:
    """Return the network of `config` with fresh weights: an Efficient U-Net where it has block multipliers."""
    return UNet(config) if config.block_multipliers is None else EfficientUNet(config)
