"""Lets an observer see the attention weights of a network of `engine.models.ediff` while it is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import torch
from torch import Tensor, nn

from engine.conditioning.attention_recorder import AttentionObserver
from engine.models.ediff.layers import CrossAttention, Painted, SelfAttention, split_heads, to_rows


@contextmanager
def observed(network: nn.Module, observer: AttentionObserver) -> Iterator[None]:
    """Tell `observer` the weights of every attention layer of `network` that is called inside the `with` block.

    The weights are computed beside those of the layer, from the same input: what the network returns stays the same
    bit for bit. Afterwards the network is as it was.
    """
    handles = []
    for layer in network.modules():
        if isinstance(layer, CrossAttention):
            handles.append(layer.register_forward_pre_hook(partial(_see_cross, observer)))
        elif isinstance(layer, SelfAttention):
            handles.append(layer.register_forward_pre_hook(partial(_see_own, observer)))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def cross_shares(layer: CrossAttention, x: Tensor, context: Tensor, painted: Painted | None) -> Tensor:
    """Return the weights with which `layer` would attend, float32 [B, heads, h*w, T]."""
    q = split_heads(layer.to_q(to_rows(layer.norm(x))), layer.heads)
    k = split_heads(layer.to_k(context), layer.heads)
    return shares(q, k) if painted is None else painted.shares(q, k, (x.shape[2], x.shape[3]))


def own_shares(layer: SelfAttention, x: Tensor) -> Tensor:
    """Return the weights with which `layer` would attend, float32 [B, heads, h*w, h*w]."""
    q, k, _ = (split_heads(rows, layer.heads) for rows in layer.to_qkv(to_rows(layer.norm(x))).chunk(3, dim=-1))
    return shares(q, k)


def shares(q: Tensor, k: Tensor) -> Tensor:
    """softmax(q k^T / sqrt(d)) of [B, heads, N, d] and [B, heads, T, d] in float32."""
    with torch.autocast(q.device.type, enabled=False):
        return torch.softmax(q.float() @ k.float().transpose(-1, -2) * q.shape[-1] ** -0.5, dim=-1)


def _see_cross(observer: AttentionObserver, layer: nn.Module, given: tuple[Tensor, Tensor, Painted | None]) -> None:
    if isinstance(layer, CrossAttention):
        observer.cross(cross_shares(layer, *given), (given[0].shape[2], given[0].shape[3]))


def _see_own(observer: AttentionObserver, layer: nn.Module, given: tuple[Tensor]) -> None:
    if isinstance(layer, SelfAttention):
        observer.own(own_shares(layer, *given), (given[0].shape[2], given[0].shape[3]))
