"""Miniature models of both drawn worlds with random weights, as the evaluations find them: card, parts and judge."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import torch

from engine.api.cards import ModelCard, PartCard
from engine.models.ediff.config import ContextShape, UNetConfig
from engine.models.ediff.encoders import ClipConfig, Encoders
from engine.models.weights import save_weights
from engine.training.encoders import (
    CLIP_END,
    EncoderPlan,
    as_loaded,
    encoder_of,
    new_t5,
    train_clip_tokenizer,
    train_t5_tokenizer,
)
from engine.training.evaluation.storybook import Recipe
from engine.training.evaluation.study import Study
from engine.training.export import vocabulary_words
from engine.training.family_judge import FamilyJudge, FamilyJudgeCard, FamilyJudgeNetwork
from engine.training.judge_network import Judge
from engine.training.world.kinds import KINDS, Name
from tests.models.small import BASE, UPSCALER, WIDTH, random_network

TOKENS = 72
CONTEXT = ContextShape(clip_tokens=TOKENS, clip_width=WIDTH, t5_tokens=TOKENS, t5_width=WIDTH, image_width=WIDTH)
SMALL, LARGE = (msgspec.structs.replace(config, context=CONTEXT) for config in (BASE, UPSCALER))
ENDS = {"storybook": (80.0, 0.3, 0.002), "family": (80.0, 2.0, 0.1, 0.002)}
EXPERTS = {"storybook": ("high", "low"), "family": ("high", "middle", "low")}


def toy_study(root: Path, world: Name) -> Study:
    """A miniature that knows the small world and has two experts, or knows the large and has three; two enlarge.

    That of the small world is guided away from a weaker model.
    """
    folder = root / world
    _encoders(world).save(folder)
    enlarging = {"upscaler": (0.002, 80.0), "refiner": (0.002, 0.3)}
    if world == "family":
        enlarging["upscaler"] = (0.3, 80.0)
    owned = {"base": (0.002, 80.0)}
    owned |= {name: (low, high) for name, (high, low) in zip(EXPERTS[world], pairwise(ENDS[world]), strict=True)}
    parts = [_part(folder, name, SMALL, span) for name, span in owned.items()]
    parts += [_part(folder, name, LARGE, span) for name, span in enlarging.items()]
    if world == "storybook":
        parts.append(msgspec.structs.replace(_part(folder, "guide", SMALL, (0.002, 80.0)), weaker=True))
    card = ModelCard(
        name=world, title="Miniature", about="Random weights.", licence="none", trained="not at all",
        default_weight=0.5, parts=tuple(parts), words=vocabulary_words(KINDS[world].kit.vocabulary),
    )  # fmt: skip
    (folder / "model.json").write_bytes(msgspec.json.encode(card))
    _write_judge(folder / "judge", world)
    return Study(folder, Recipe(steps=3, upscale_steps=2))


def _encoders(world: Name) -> Encoders:
    """Random encoders whose tokenizers know the world's words, with windows that hold every caption."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    captions = [KINDS[world].sample(rng).caption for _ in range(400)]
    clip_tokenizer = as_loaded(train_clip_tokenizer(captions, 600), CLIP_END)
    t5_tokenizer = as_loaded(train_t5_tokenizer(captions, 400), "<pad>")
    t5 = encoder_of(new_t5(t5_tokenizer, EncoderPlan(width=WIDTH, layers=1)))
    clip = ClipConfig(
        embed_dim=WIDTH,
        vision_cfg={"image_size": 16, "patch_size": 8, "width": WIDTH, "layers": 1, "head_width": 8},
        text_cfg={"context_length": TOKENS, "vocab_size": len(clip_tokenizer), "width": WIDTH, "heads": 2, "layers": 1},
    )
    return Encoders(clip, t5, clip_tokenizer, t5_tokenizer, TOKENS).eval().requires_grad_(False)


def _part(folder: Path, name: str, config: UNetConfig, owned: tuple[float, float]) -> PartCard:
    network = random_network(config, seed=sum(map(ord, name)))
    file = folder / "parts" / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_weights(network.state_dict(), file)
    file.with_suffix(".json").write_bytes(msgspec.json.encode(config))
    return PartCard(
        name=name, title=name, file=f"parts/{name}.safetensors", sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        size=config.size, sigma_min=owned[0], sigma_max=owned[1],
        parameters=sum(p.numel() for p in network.parameters()), about="random",
    )  # fmt: skip


def _write_judge(folder: Path, world: Name) -> None:
    if world == "storybook":
        Judge.load().save(folder)
        return
    torch.manual_seed(0)
    card = FamilyJudgeCard(1, 1, *([0.5] * 7))
    FamilyJudge(FamilyJudgeNetwork().eval(), card).save(folder)
