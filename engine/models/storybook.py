"""Storybook's denoisers: briefs in, pictures out, through the model's own encoders."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import AbstractContextManager

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.conditioning.attention_recorder import AttentionObserver, TokenGroups
from engine.conditioning.brief import Brief, PhraseMasks, StyleReference
from engine.conditioning.isolated_phrases import splice_phrase
from engine.conditioning.paint_with_words import PhraseMaps, phrase_maps
from engine.conditioning.picture import enlarged
from engine.conditioning.spans import PhraseReport, report_phrase
from engine.models.ediff.attention_watch import observed
from engine.models.ediff.denoiser import UNetDenoiser
from engine.models.ediff.embeddings import WHOLE, Embeddings
from engine.models.ediff.encoders import EncodedText, Encoders, picture_for_clip, to_unit_scale
from engine.models.ediff.network import DenoisingNetwork

REMEMBERED = 8
"""Batches of briefs whose encodings are kept: a solve alternates between few of them."""

TILES = 4
"""Side of the grid of tiles that are shuffled where only the look of a reference is wanted."""


@dataclasses.dataclass(frozen=True, eq=False)
class _Prepared:
    briefs: tuple[Brief, ...]
    embeddings: Embeddings
    maps: PhraseMaps | None


class StorybookDenoiser:
    """One network of the model as a denoiser D(x, sigma, briefs); see `engine.diffusion.denoiser.Denoiser`."""

    space = "pixel"
    channels = 3

    def __init__(
        self,
        network: DenoisingNetwork,
        encoders: Encoders,
        *,
        sigma_min: float,
        sigma_max: float,
        default_weight: float,
        native_size: int | None = None,
    ) -> None:
        """`native_size`: side of the pictures it draws; None for that of its training, which for an upscaler trained
        on patches is less.
        """
        self.sigma_min, self.sigma_max, self.default_weight = sigma_min, sigma_max, default_weight
        self.native_size = network.config.size if native_size is None else native_size
        self.needs_low_resolution = network.config.low_resolution
        self._network, self._encoders = network.eval().requires_grad_(False), encoders
        self._denoiser = UNetDenoiser(self._network)
        self._prepared: OrderedDict[tuple[int, ...], _Prepared] = OrderedDict()

    @torch.inference_mode()
    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Brief]) -> Tensor:
        """Return the clean estimate of `x` [B, 3, H, W] at `sigma` [B] for one brief each."""
        prepared = self._prepare(tuple(conditioning))
        embeddings = self._with_low_resolution(prepared, x)
        painted = None if prepared.maps is None else prepared.maps.at(sigma)
        return self._denoiser(x, sigma, embeddings, painted)

    def report_phrases(self, prompt: str, phrases: PhraseMasks) -> tuple[PhraseReport, ...]:
        """Tell for each layer its token columns in both text encoders, and what is wrong with it."""
        spans = self._encoders.token_spans(prompt)
        return tuple(report_phrase(prompt, layer, spans) for layer in phrases.layers)

    def token_groups(self, brief: Brief, phrases: PhraseMasks | None) -> TokenGroups:
        """Tell which cross-attention keys belong to `phrases` and to the sentence of `brief`."""
        tokens = self._encoders.shape.columns
        style, null = (tokens - 2,), (tokens - 1,)
        if brief.prompt is None:
            return TokenGroups(tokens, {}, (), style=style, null=null)
        read = [
            (spans.column_offset + place, end > start)
            for spans in self._encoders.token_spans(brief.prompt).values()
            for place, (start, end) in enumerate(spans.offsets)
        ]
        spoken = phrases is not None and phrases.prompt == brief.prompt
        reports = self.report_phrases(brief.prompt, phrases) if phrases is not None and spoken else ()
        return TokenGroups(
            tokens,
            {report.id: report.all_columns for report in reports},
            words=tuple(column for column, is_word in read if is_word),
            marks=tuple(column for column, is_word in read if not is_word),
            style=style,
            null=null,
        )

    def observed(self, observer: AttentionObserver) -> AbstractContextManager[None]:
        """Let `observer` see the attention of every call inside the `with` block; see `attention_recorder`."""
        return observed(self._network, observer)

    def _prepare(self, briefs: tuple[Brief, ...]) -> _Prepared:
        key = tuple(id(brief) for brief in briefs)  # `_Prepared` keeps the briefs alive, so an id is never reused
        found = self._prepared.pop(key, None) or self._encode(briefs)
        self._prepared[key] = found
        while len(self._prepared) > REMEMBERED:
            self._prepared.popitem(last=False)
        return found

    def _encode(self, briefs: tuple[Brief, ...]) -> _Prepared:
        text = self._encode_texts(briefs)
        columns = [
            [report.all_columns for report in self.report_phrases(brief.prompt, brief.phrases)]
            if brief.phrases is not None and brief.prompt is not None
            else []
            for brief in briefs
        ]
        phrases = [brief.phrases if brief.prompt is not None else None for brief in briefs]
        speaks = {name: flags(briefs, name) for name in ("clip_text", "t5", "clip_image")}
        embeddings = Embeddings(
            clip_text=text.clip_text * speaks["clip_text"][:, None, None],
            clip_pooled=text.clip_pooled * speaks["clip_text"][:, None],
            t5=text.t5 * speaks["t5"][:, None, None],
            clip_image=torch.stack([self._style(brief.styles) for brief in briefs]) * speaks["clip_image"][:, None],
            micro=torch.tensor([micro_values(brief) for brief in briefs]),
        )
        embeddings = on_device(embeddings, self._encoders.device)
        maps = phrase_maps(phrases, columns, self._encoders.shape.columns, self._encoders.device)
        return _Prepared(briefs, embeddings, maps)

    def _encode_texts(self, briefs: tuple[Brief, ...]) -> EncodedText:
        text = self._encoders.encode_text([brief.prompt or "" for brief in briefs])
        for row, brief in enumerate(briefs):
            if brief.prompt is None:
                for embedding in (text.clip_text, text.clip_pooled, text.t5):
                    embedding[row] = 0.0
            elif brief.phrases is not None and brief.phrases.isolate:
                self._isolate(text, row, brief.prompt, brief.phrases)
        return text

    def _isolate(self, text: EncodedText, row: int, prompt: str, phrases: PhraseMasks) -> None:
        """Put each phrase, encoded alone, in its place in the sentence, so that no other phrase leaks into it."""
        for report in self.report_phrases(prompt, phrases):
            alone = self._encoders.encode_text([report.text])
            spans = self._encoders.token_spans(report.text)
            for name, whole, part in (("CLIP", text.clip_text, alone.clip_text), ("T5", text.t5, alone.t5)):
                rows = [column - spans[name].column_offset for column in report.columns[name]]
                own = [index for index, (start, end) in enumerate(spans[name].offsets) if end > start]
                if rows:  # a phrase this encoder never reads is told in the report
                    whole[row] = splice_phrase(whole[row], part[0], rows, own)

    def _style(self, styles: Sequence[StyleReference]) -> Tensor:
        """One picture embedding [image_width] of all references: mean direction, strength as length."""
        width = self._encoders.shape.image_width
        total = torch.zeros(width)
        for style in styles:
            total += style.strength * F.normalize(self._reference(style), dim=0)
        strength = max((style.strength for style in styles), default=0.0)
        return strength * to_unit_scale(total[None])[0] if strength > 0.0 else total

    def _reference(self, style: StyleReference) -> Tensor:
        direction = torch.zeros(self._encoders.shape.image_width)
        for picture, weight in style.images:
            shown = self._embed_picture(picture)
            look = self._embed_picture(shuffled_tiles(picture)) if style.literal < 1.0 else shown
            direction += weight * F.normalize(torch.lerp(look, shown, style.literal), dim=0)
        return direction

    def _embed_picture(self, picture: NDArray[np.uint8]) -> Tensor:
        return self._encoders.encode_pictures(picture_for_clip(picture, self._encoders.picture_size)[None])[0].cpu()

    def _with_low_resolution(self, prepared: _Prepared, x: Tensor) -> Embeddings:
        if not self.needs_low_resolution:
            return prepared.embeddings
        pictures = [brief.low_resolution for brief in prepared.briefs]
        if any(picture is None for picture in pictures):
            raise ValueError("this denoiser enlarges a picture: wire one to its low-resolution input")
        height, width = x.shape[-2:]
        told = [enlarged(picture.to(x), (height, width)) for picture in pictures if picture is not None]
        return dataclasses.replace(prepared.embeddings, low_resolution=torch.stack(told))


def flags(briefs: Sequence[Brief], encoder: str) -> Tensor:
    """1 where a brief lets `encoder` speak, else 0, [B]."""
    return torch.tensor([float(encoder in brief.encoders) for brief in briefs])


def micro_values(brief: Brief) -> tuple[float, ...]:
    """Original size, crop corner and target size of a brief as fractions of its target size (SDXL 2.2)."""
    if brief.size is None:
        return WHOLE
    height, width = brief.size.target
    (original_height, original_width), (top, left) = brief.size.original, brief.size.crop
    return (original_height / height, original_width / width, top / height, left / width, 1.0, 1.0)


def on_device(embeddings: Embeddings, device: torch.device) -> Embeddings:
    """Move every embedding to `device`."""
    moved = {
        field.name: value.to(device)
        for field in dataclasses.fields(embeddings)
        if (value := getattr(embeddings, field.name)) is not None
    }
    return dataclasses.replace(embeddings, **moved)


def shuffled_tiles(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture cut into tiles that change places: palette and texture stay, what it shows is gone.

    uint8 [H, W, 3] in, the largest multiple of the tile grid out; always the same exchange.
    """
    height, width = (side // TILES * TILES for side in picture.shape[:2])
    if min(height, width) == 0:
        return picture
    tiles = picture[:height, :width].reshape(TILES, height // TILES, TILES, width // TILES, 3).swapaxes(1, 2)
    order = np.random.default_rng(0).permutation(TILES * TILES)
    mixed = tiles.reshape(TILES * TILES, *tiles.shape[2:])[order].reshape(tiles.shape)
    return np.ascontiguousarray(mixed.swapaxes(1, 2).reshape(height, width, 3))
