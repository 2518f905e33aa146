"""Trains Storybook's encoders from nothing: tokenizers, T5 by span corruption, CLIP by contrast on drawn scenes."""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor
from transformers import T5Config, T5ForConditionalGeneration

from engine.models.ediff import t5 as encoder_only
from engine.models.ediff.encoders import ClipConfig, Encoders
from engine.models.ediff.tokenizer import SentenceTokenizer, load_tokenizer
from engine.training.config import read_toml
from engine.training.rates import one_cycle, set_rate, shares
from engine.training.replay import Replay
from engine.training.world import World
from engine.training.world.kinds import KINDS, Name

log = logging.getLogger(__name__)

SENTINELS = 8
CLIP_START, CLIP_END = "<|startoftext|>", "<|endoftext|>"


class EncoderPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How large the encoders are, on which drawn world and how long they are trained.

    `minutes`, where given, is how long T5 and CLIP train each, at the same time, instead of their steps. `lessons`:
    the world that half of CLIP's scenes are of. Where all scenes differ in style and palette, CLIP tells them apart by
    these and learns little of things; lessons that look alike but for their things mend that. `clip_reuse`: how often
    it learns from a rendered batch.
    """

    world: Name = "storybook"
    lessons: Name | None = None
    minutes: float | None = None
    clip_vocabulary: int = 1024
    t5_vocabulary: int = 640
    clip_tokens: int = 32
    t5_tokens: int = 40
    width: int = 128
    layers: int = 4
    picture_size: int = 64
    patch: int = 16
    corpus: int = 40_000
    t5_steps: int = 700
    t5_batch: int = 96
    clip_steps: int = 400
    clip_batch: int = 96
    clip_reuse: int = 1
    rate: float = 1e-3


def train_clip_tokenizer(corpus: Sequence[str], vocabulary: int) -> Tokenizer:
    """CLIP's byte-level BPE (lower case, end-of-word suffix) over a small corpus; no character is ever unknown."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>", continuing_subword_prefix="", fuse_unk=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    words = Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(words, behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    # Both forms of every byte are in the corpus once, alone and ending a word, so that any text can be spelt.
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - 2, initial_alphabet=alphabet, end_of_word_suffix="</w>", show_progress=False
    )
    tokenizer.train_from_iterator(corpus, trainer)
    return _with_clip_specials(tokenizer, alphabet)


def _with_clip_specials(trained: Tokenizer, alphabet: Sequence[str]) -> Tokenizer:
    """Put word-final bytes and CLIP's two special tokens behind the learnt ones: the end token has the highest id."""
    state = json.loads(trained.to_str())
    vocabulary: dict[str, int] = state["model"]["vocab"]
    for token in [f"{byte}</w>" for byte in sorted(alphabet)] + [CLIP_START, CLIP_END]:
        vocabulary.setdefault(token, len(vocabulary))
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.add_special_tokens([CLIP_START, CLIP_END])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{CLIP_START} $A {CLIP_END}",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in (CLIP_START, CLIP_END)],
    )
    return tokenizer


def train_t5_tokenizer(corpus: Sequence[str], vocabulary: int) -> Tokenizer:
    """A SentencePiece-style tokenizer (its BPE mode) with T5's special tokens and sentinels.

    The unigram mode T5 itself uses needs a far larger corpus: on captions of one small world it falls into letters.
    """
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()])
    tokenizer.decoder = decoders.Metaspace()
    special = ["<pad>", "</s>", "<unk>", *(f"<extra_id_{i}>" for i in range(SENTINELS))]
    printable = [chr(code) for code in range(33, 127)]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=special, initial_alphabet=printable, show_progress=False
    )
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))]
    )
    return tokenizer


def as_loaded(tokenizer: Tokenizer, pad: str) -> SentenceTokenizer:
    """Through its file, so that what is trained with is what will be loaded."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tokenizer.json"
        tokenizer.save(str(file))
        return load_tokenizer(file, pad)


def corrupt_spans(
    ids: Sequence[int], rng: np.random.Generator, first_sentinel: int, end: int
) -> tuple[list[int], list[int]]:
    """T5's denoising task: spans of one to three tokens, about a fifth of the text, become sentinels to be told."""
    source: list[int] = []
    target: list[int] = []
    position, sentinel = 0, first_sentinel
    while position < len(ids):
        if rng.random() < 0.12 and sentinel < first_sentinel + SENTINELS:
            length = int(rng.integers(1, 4))
            source.append(sentinel)
            target += [sentinel, *ids[position : position + length]]
            position, sentinel = position + length, sentinel + 1
        else:
            source.append(ids[position])
            position += 1
    return [*source, end], [*target, end]


def new_t5_config(plan: EncoderPlan, vocabulary: int) -> T5Config:
    """T5's shape."""
    return T5Config(
        vocab_size=vocabulary, d_model=plan.width, d_kv=plan.width // 4, d_ff=2 * plan.width,
        num_layers=plan.layers, num_decoder_layers=2, num_heads=4, feed_forward_proj="gated-gelu", dropout_rate=0.0,
        pad_token_id=0, eos_token_id=1, decoder_start_token_id=0,
    )  # fmt: skip


def new_t5(tokenizer: SentenceTokenizer, plan: EncoderPlan) -> T5ForConditionalGeneration:
    """An encoder-decoder with fresh weights."""
    return T5ForConditionalGeneration(new_t5_config(plan, len(tokenizer))).train()


def new_clip_config(plan: EncoderPlan, vocabulary: int) -> ClipConfig:
    """CLIP's shape."""
    return ClipConfig(
        embed_dim=plan.width,
        vision_cfg={"image_size": plan.picture_size, "patch_size": plan.patch, "width": plan.width,
                    "layers": plan.layers, "head_width": min(32, plan.width)},
        text_cfg={"context_length": plan.clip_tokens, "vocab_size": vocabulary, "width": plan.width,
                  "heads": 4, "layers": plan.layers},
    )  # fmt: skip


def train_t5(
    model: T5ForConditionalGeneration, corpus: Sequence[str], tokenizer: SentenceTokenizer, plan: EncoderPlan
) -> encoder_only.T5Encoder:
    """Train an encoder-decoder on span corruption and return its encoder alone."""
    device = next(model.parameters()).device
    optimiser = torch.optim.AdamW(model.parameters(), lr=plan.rate)
    rng = np.random.default_rng(1)
    encoded = [tokenizer.ids(text) for text in corpus]
    first = tokenizer.tokenizer.get_vocab()["<extra_id_0>"]
    for step, share in enumerate(shares(plan.t5_steps, plan.minutes)):
        set_rate(optimiser, plan.rate * one_cycle(share, 0.05))
        pairs = [
            corrupt_spans(encoded[int(i)], rng, first, end=1) for i in rng.integers(0, len(encoded), plan.t5_batch)
        ]
        source, target = (pad_sequences([pair[side] for pair in pairs]).to(device) for side in (0, 1))
        labels = target.masked_fill(target == 0, -100)
        loss: Tensor = model(input_ids=source, attention_mask=(source != 0).long(), labels=labels).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            log.info("T5 step %d, loss %.3f", step, loss.item())
    return encoder_of(model)


def encoder_of(model: T5ForConditionalGeneration) -> encoder_only.T5Encoder:
    """The encoder of an encoder-decoder, with copies of its weights, on its device."""
    config = msgspec.convert(model.config.to_dict(), encoder_only.T5Config)
    encoder = encoder_only.T5Encoder(config).to(next(model.parameters()).device)
    own = encoder.state_dict()
    encoder.load_state_dict({name: weights for name, weights in model.state_dict().items() if name in own})
    return encoder.eval()


def pad_sequences(sequences: Sequence[Sequence[int]]) -> Tensor:
    """Stack id lists into [B, longest], zero-padded."""
    length = max(len(ids) for ids in sequences)
    return torch.tensor([[*ids, *[0] * (length - len(ids))] for ids in sequences])


def train_clip(encoders: Encoders, world: World, plan: EncoderPlan) -> None:
    """Train both CLIP towers in place by the symmetric contrastive loss on rendered scenes and their captions."""
    clip: Any = encoders.clip.train().requires_grad_(True)
    device = encoders.device
    optimiser = torch.optim.AdamW(clip.parameters(), lr=plan.rate, weight_decay=0.05)
    pairs = Replay(lambda block: _pairs(block, encoders, world, plan), plan.clip_reuse)
    for step, share in enumerate(shares(plan.clip_steps, plan.minutes)):
        set_rate(optimiser, plan.rate * one_cycle(share, 0.1))
        pictures, ids = pairs.use(step)
        with torch.autocast(device.type, torch.bfloat16):
            _, text = encoders.clip_text(ids)
            picture = clip.encode_image(pictures)
        logits = clip.logit_scale.exp().clamp(max=100.0) * (
            F.normalize(picture.float(), dim=-1) @ F.normalize(text.float(), dim=-1).T
        )
        own = torch.arange(len(logits), device=device)
        loss = (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 50 == 0:
            hits = (logits.argmax(dim=1) == own).float().mean()
            log.info("CLIP step %d, loss %.3f, top-1 in batch %.2f", step, loss.item(), hits.item())
    clip.eval().requires_grad_(False)


def _pairs(block: int, encoders: Encoders, world: World, plan: EncoderPlan) -> tuple[Tensor, Tensor]:
    """Pictures [B, 3, S, S] and the tokens of their captions [B, clip_tokens], batch number `block`."""
    rng = np.random.default_rng((2, block))
    aside = 0 if plan.lessons is None else plan.clip_batch // 2
    scenes = world.sample(rng, plan.clip_batch - aside)
    if plan.lessons is not None:
        scenes += replace(world, kind=KINDS[plan.lessons]).sample(rng, aside)
    ids, _ = encoders.clip_tokenizer.windows([scene.caption for scene in scenes], plan.clip_tokens)
    pictures = world.render(scenes, plan.picture_size, encoders.device).images
    return pictures, ids.to(encoders.device)


def train_encoders(world: World, plan: EncoderPlan, device: torch.device | str = "cpu") -> Encoders:
    """Train tokenizers, T5 and CLIP on the drawn world, on `device`; they come back on the CPU."""
    rng = np.random.default_rng(0)
    corpus = [scene.caption for scene in world.sample(rng, plan.corpus)]
    clip_tokenizer = as_loaded(train_clip_tokenizer(corpus, plan.clip_vocabulary), CLIP_END)
    t5_tokenizer = as_loaded(train_t5_tokenizer(corpus, plan.t5_vocabulary), "<pad>")
    t5 = new_t5(t5_tokenizer, plan).to(device)
    config = new_clip_config(plan, len(clip_tokenizer))
    encoders = Encoders(config, encoder_of(t5), clip_tokenizer, t5_tokenizer, plan.t5_tokens).to(device)
    with ThreadPoolExecutor(1) as beside:  # the two share nothing, and each is too small for more than one core
        trained = beside.submit(train_t5, t5, corpus, t5_tokenizer, plan)
        train_clip(encoders, world, plan)
        encoders.t5 = trained.result()
    return encoders.cpu().eval().requires_grad_(False)


def read_plan(file: Path) -> EncoderPlan:
    """Read the configuration of encoders (TOML); raises TrainingConfigError where it cannot be one."""
    return read_toml(file, EncoderPlan)


def main() -> None:
    """Train the encoders and write them to a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--config", type=Path, help="sizes and length (TOML); Storybook's without")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    started = time.monotonic()
    plan = EncoderPlan() if arguments.config is None else read_plan(arguments.config)
    train_encoders(World.load(name=plan.world).on(arguments.device), plan, arguments.device).save(arguments.folder)
    log.info("encoders trained in %.0f s", time.monotonic() - started)


if __name__ == "__main__":
    main()
