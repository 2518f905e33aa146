"""The encoder of T5, alone: what transformers needs seconds to import, in the few operations that it comes to.

Weights and `config.json` have the names that transformers gives them, so either reads what the other wrote, and the
embeddings are the same. After Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text
Transformer" (section 2.1), and version 1.1 of its networks with gated feed-forward layers (Shazeer, "GLU Variants
Improve Transformer").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import torch
import torch.nn.functional as F
from torch import Tensor, nn

Activation = Callable[[Tensor], Tensor]


class T5Config(msgspec.Struct, frozen=True, tag_field="model_type", tag="t5"):
    """The keys of transformers' `config.json` that shape an encoder."""

    vocab_size: int
    d_model: int
    d_kv: int
    d_ff: int
    num_layers: int
    num_heads: int
    feed_forward_proj: str = "relu"
    layer_norm_epsilon: float = 1e-6
    relative_attention_num_buckets: int = 32
    relative_attention_max_distance: int = 128

    def __post_init__(self) -> None:
        if self.feed_forward_proj not in _ACTIVATIONS:
            raise ValueError(f"feed_forward_proj {self.feed_forward_proj!r} is none of {', '.join(_ACTIVATIONS)}")


def gelu_new(x: Tensor) -> Tensor:
    """GELU by tanh, in the order of operations that T5 1.1 was trained with."""
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


_ACTIVATIONS: Mapping[str, Activation] = {"relu": F.relu, "gated-gelu": gelu_new}


class T5Encoder(nn.Module):
    """Token ids in, embeddings out."""

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.config = config
        self.shared = nn.Embedding(config.vocab_size, config.d_model)
        self.encoder = _Stack(config)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Embed `ids` [B, T] where `mask` [B, T] is not 0, to float [B, T, d_model]; what is masked means nothing."""
        embeddings: Tensor = self.encoder(ids, mask)
        return embeddings

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.shared.weight.device


class _Stack(nn.Module):
    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.d_model)
        self.block = nn.ModuleList(_Block(config, first=layer == 0) for layer in range(config.num_layers))
        self.final_layer_norm = _RmsNorm(config)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Hidden states [B, T, d_model] of ids int64 [B, T]; `mask` [B, T] is 0 where there is padding."""
        x = self.embed_tokens(ids)
        first: Any = self.block[0]
        bias = first.layer[0].SelfAttention.position_bias(ids.shape[1])
        # Not -inf, so that a text in which all is masked gives no NaN.
        scores = torch.where(mask.bool()[:, None, None, :], bias, torch.finfo(x.dtype).min)
        for block in self.block:
            x = block(x, scores)
        normed: Tensor = self.final_layer_norm(x)
        return normed


class _Block(nn.Module):
    def __init__(self, config: T5Config, *, first: bool) -> None:
        super().__init__()
        self.layer = nn.ModuleList([_AttentionLayer(config, first=first), _FeedForwardLayer(config)])

    def forward(self, x: Tensor, scores: Tensor) -> Tensor:
        attended: Tensor = self.layer[0](x, scores)
        fed: Tensor = self.layer[1](attended)
        return fed


class _AttentionLayer(nn.Module):
    def __init__(self, config: T5Config, *, first: bool) -> None:
        super().__init__()
        self.SelfAttention = _Attention(config, first=first)
        self.layer_norm = _RmsNorm(config)

    def forward(self, x: Tensor, scores: Tensor) -> Tensor:
        attended: Tensor = x + self.SelfAttention(self.layer_norm(x), scores)
        return attended


class _FeedForwardLayer(nn.Module):
    def __init__(self, config: T5Config) -> None:
        super().__init__()
        gated = config.feed_forward_proj.startswith("gated-")
        self.DenseReluDense = _GatedFeedForward(config) if gated else _FeedForward(config)
        self.layer_norm = _RmsNorm(config)

    def forward(self, x: Tensor) -> Tensor:
        fed: Tensor = x + self.DenseReluDense(self.layer_norm(x))
        return fed


class _Attention(nn.Module):
    """Dot products are not scaled: the initialisation did that. The first layer holds the position bias of all."""

    def __init__(self, config: T5Config, *, first: bool) -> None:
        super().__init__()
        inner = config.num_heads * config.d_kv
        self.heads, self.farthest = config.num_heads, config.relative_attention_max_distance
        self.q = nn.Linear(config.d_model, inner, bias=False)
        self.k = nn.Linear(config.d_model, inner, bias=False)
        self.v = nn.Linear(config.d_model, inner, bias=False)
        self.o = nn.Linear(inner, config.d_model, bias=False)
        if first:
            self.relative_attention_bias = nn.Embedding(config.relative_attention_num_buckets, config.num_heads)

    def forward(self, x: Tensor, scores: Tensor) -> Tensor:
        q, k, v = (each(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for each in (self.q, self.k, self.v))
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=scores, scale=1.0)
        projected: Tensor = self.o(attended.transpose(1, 2).flatten(2))
        return projected

    def position_bias(self, length: int) -> Tensor:
        """What distance adds to the scores of the heads, [1, heads, length, length]."""
        table = self.relative_attention_bias
        place = torch.arange(length, device=table.weight.device)
        buckets = distance_buckets(place[None, :] - place[:, None], table.num_embeddings, self.farthest)
        bias: Tensor = table(buckets).permute(2, 0, 1)[None]
        return bias


class _FeedForward(nn.Module):
    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.activation = _ACTIVATIONS[config.feed_forward_proj]
        self.wi = nn.Linear(config.d_model, config.d_ff, bias=False)
        self.wo = nn.Linear(config.d_ff, config.d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        fed: Tensor = self.wo(self.activation(self.wi(x)))
        return fed


class _GatedFeedForward(nn.Module):
    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.activation = _ACTIVATIONS[config.feed_forward_proj]
        self.wi_0 = nn.Linear(config.d_model, config.d_ff, bias=False)
        self.wi_1 = nn.Linear(config.d_model, config.d_ff, bias=False)
        self.wo = nn.Linear(config.d_ff, config.d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        fed: Tensor = self.wo(self.activation(self.wi_0(x)) * self.wi_1(x))
        return fed


class _RmsNorm(nn.Module):
    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(config.d_model))
        self.epsilon = config.layer_norm_epsilon

    def forward(self, x: Tensor) -> Tensor:
        variance = x.to(torch.float32).pow(2).mean(-1, keepdim=True)
        return self.weight * (x * torch.rsqrt(variance + self.epsilon)).to(self.weight.dtype)


def distance_buckets(distance: Tensor, buckets: int, farthest: int) -> Tensor:
    """The bucket of each signed distance in tokens: half of them for each direction (Raffel et al., section 2.1).

    In each half, the first half are exact distances and the rest grow by logarithm up to `farthest`, beyond which all
    are one. int64 of any shape in, the same shape out, 0..buckets-1.
    """
    half = buckets // 2
    exact = half // 2
    away = distance.abs()
    grown = torch.log(away.float() / exact) / math.log(farthest / exact) * (half - exact)
    far = torch.clamp(exact + grown.to(torch.long), max=half - 1)
    return (distance > 0).to(torch.long) * half + torch.where(away < exact, away, far)
