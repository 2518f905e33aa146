"""The three encoders of an eDiff-I model: CLIP text and picture (open_clip's model class), and a T5 encoder."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from engine.api.decoding import decode_json
from engine.conditioning.spans import TokenSpans
from engine.models.ediff.config import ContextShape
from engine.models.ediff.t5 import T5Config, T5Encoder
from engine.models.ediff.tokenizer import Offsets, SentenceTokenizer, load_tokenizer
from engine.models.errors import ModelFileError
from engine.models.open_clip_bridge import build_clip
from engine.models.weights import load_weights, save_weights

CLIP_CONFIG, CLIP_WEIGHTS = "open_clip_config.json", "open_clip_model.safetensors"


class ClipConfig(msgspec.Struct, frozen=True):
    """open_clip's own configuration keys."""

    embed_dim: int
    vision_cfg: dict[str, Any]
    text_cfg: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class EncodedText:
    """Text embeddings of a batch of captions, float32.

    `clip_text` [B, clip_tokens, width] and `t5` [B, t5_tokens, width] are zero past the end of the text;
    `clip_pooled` [B, width] has norm sqrt(width).
    """

    clip_text: Tensor
    clip_pooled: Tensor
    t5: Tensor


class Encoders(nn.Module):
    """Frozen encoders with their tokenizers; text and pictures in, embeddings out."""

    def __init__(
        self,
        clip_config: ClipConfig,
        t5: T5Encoder,
        clip_tokenizer: SentenceTokenizer,
        t5_tokenizer: SentenceTokenizer,
        t5_tokens: int,
    ) -> None:
        super().__init__()
        self.clip_config = clip_config
        self.clip = build_clip(clip_config.embed_dim, clip_config.vision_cfg, clip_config.text_cfg)
        self.t5 = t5
        self.clip_tokenizer, self.t5_tokenizer = clip_tokenizer, t5_tokenizer
        self.shape = ContextShape(
            clip_tokens=clip_config.text_cfg["context_length"],
            clip_width=clip_config.text_cfg["width"],
            t5_tokens=t5_tokens,
            t5_width=t5.config.d_model,
            image_width=clip_config.embed_dim,
        )

    @property
    def picture_size(self) -> int:
        """Side in pixels of the square the picture tower looks at."""
        return int(self.clip_config.vision_cfg["image_size"])

    @torch.no_grad()
    def encode_text(self, texts: Sequence[str]) -> EncodedText:
        """Embed captions; longer ones are cut at each encoder's token limit (see `token_offsets` for what is cut)."""
        ids, _ = self.clip_tokenizer.windows(texts, self.shape.clip_tokens)
        hidden, pooled = self.clip_text(ids.to(self.device))
        t5_ids, mask = self.t5_tokenizer.windows(texts, self.shape.t5_tokens)
        mask = mask.to(self.device)
        t5 = self.t5(t5_ids.to(self.device), mask)
        return EncodedText(hidden, pooled, t5 * mask[:, :, None])

    def clip_text(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """CLIP tokens before pooling, zero after the end of text, and the pooled embedding at norm sqrt(width)."""
        clip: Any = self.clip
        x = clip.token_embedding(ids) + clip.positional_embedding
        x = clip.ln_final(clip.transformer(x, attn_mask=clip.attn_mask))
        end = ids.argmax(dim=-1)  # the end-of-text id is the highest; padding repeats it, argmax finds the first
        pooled = x[torch.arange(len(x)), end] @ clip.text_projection
        inside = torch.arange(ids.shape[1], device=ids.device) <= end[:, None]
        return x * inside[:, :, None], to_unit_scale(pooled)

    @torch.no_grad()
    def encode_pictures(self, pictures: Tensor) -> Tensor:
        """Embed pictures [B, 3, S, S] in -1..1, S = `picture_size`, to [B, image_width] of norm sqrt(image_width)."""
        clip: Any = self.clip
        return to_unit_scale(clip.encode_image(pictures.to(self.device)))

    def token_offsets(self, text: str) -> tuple[Offsets, Offsets]:
        """Character spans of the CLIP and of the T5 tokens of `text`, uncut; special tokens are (0, 0)."""
        return self.clip_tokenizer.offsets(text), self.t5_tokenizer.offsets(text)

    def token_spans(self, text: str) -> dict[str, TokenSpans]:
        """What each text encoder reads of `text`, and the cross-attention columns its tokens have."""
        clip, t5 = self.token_offsets(text)
        # The end token takes the last place of a text that fills an encoder's window.
        return {
            "CLIP": TokenSpans(clip[: self.shape.clip_tokens - 1], 0),
            "T5": TokenSpans(t5[: self.shape.t5_tokens - 1], self.shape.clip_tokens),
        }

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.t5.device

    def save(self, folder: Path) -> None:
        """Write `clip/` in open_clip's folder form and `t5/` in transformers' form, weights in float16."""
        clip, t5 = folder / "clip", folder / "t5"
        clip.mkdir(parents=True, exist_ok=True)
        t5.mkdir(parents=True, exist_ok=True)
        config = {"model_cfg": msgspec.to_builtins(self.clip_config)}
        (clip / CLIP_CONFIG).write_text(json.dumps(config, indent=1), encoding="utf-8")
        save_weights(self.clip.state_dict(), clip / CLIP_WEIGHTS)
        (t5 / "config.json").write_bytes(msgspec.json.format(msgspec.json.encode(self.t5.config)))
        save_weights(self.t5.state_dict(), t5 / "model.safetensors")
        (t5 / "length.json").write_text(json.dumps({"tokens": self.shape.t5_tokens}), encoding="utf-8")
        for tokenizer, place in ((self.clip_tokenizer, clip), (self.t5_tokenizer, t5)):
            tokenizer.save(place / "tokenizer.json")

    @classmethod
    def load(cls, folder: Path) -> Encoders:
        """Read what `save` wrote; float32 on the CPU.

        Raises:
            ModelFileError: a file is missing or not what its name says.
        """
        try:
            config = json.loads((folder / "clip" / CLIP_CONFIG).read_text(encoding="utf-8"))["model_cfg"]
            clip_config = msgspec.convert(config, ClipConfig)
            tokens = json.loads((folder / "t5" / "length.json").read_text(encoding="utf-8"))["tokens"]
            t5 = T5Encoder(decode_json((folder / "t5" / "config.json").read_bytes(), T5Config))
            clip_tokenizer = load_tokenizer(folder / "clip" / "tokenizer.json", pad="<|endoftext|>")
            t5_tokenizer = load_tokenizer(folder / "t5" / "tokenizer.json", pad="<pad>")
        except (OSError, ValueError, KeyError, msgspec.DecodeError) as error:
            raise ModelFileError(folder, f"its encoders cannot be read ({error})") from error
        encoders = cls(clip_config, t5, clip_tokenizer, t5_tokenizer, tokens)
        load_weights(encoders.clip, folder / "clip" / CLIP_WEIGHTS)
        load_weights(encoders.t5, folder / "t5" / "model.safetensors")
        return encoders.eval().requires_grad_(False)


def to_unit_scale(vectors: Tensor) -> Tensor:
    """Scale [B, D] to norm sqrt(D), the scale of a normalised token."""
    scaled: Tensor = F.normalize(vectors, dim=-1) * vectors.shape[-1] ** 0.5
    return scaled


def picture_for_clip(picture: NDArray[np.uint8], size: int) -> Tensor:
    """What the picture tower sees of a uint8 [H, W, 3] picture: shortest side to `size`, centre crop, -1..1.

    Returns float32 [3, size, size].
    """
    image = Image.fromarray(picture)
    width, height = image.size
    short = min(width, height)
    enlarged = max(size, size * width // short), max(size, size * height // short)
    image = image.resize(enlarged, Image.Resampling.BICUBIC)
    left, top = (image.width - size) // 2, (image.height - size) // 2
    cropped = np.asarray(image.crop((left, top, left + size, top + size)), dtype=np.float32)
    return torch.from_numpy(cropped / 127.5 - 1.0).permute(2, 0, 1)
