"""A complete Storybook in miniature: real encoders and networks with random weights, saved in the real form."""

import hashlib
import json
from pathlib import Path

import msgspec
import torch

from engine.api.cards import ModelCard, PartCard
from engine.models.ediff.build import build_network
from engine.models.ediff.config import ContextShape, UNetConfig
from engine.models.ediff.encoders import ClipConfig, Encoders
from engine.models.ediff.network import DenoisingNetwork
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

PAPER = Path(__file__).resolve().parents[2] / "resources" / "configs" / "ediff-i"
CORPUS = ("a red fox under the night sky", "a tall castle by the sea, watercolour", "two foxes and a castle") * 20
WIDTH = 16
CONTEXT = ContextShape(clip_tokens=12, clip_width=WIDTH, t5_tokens=14, t5_width=WIDTH, image_width=WIDTH)
BASE = UNetConfig(
    size=16, channels=16, channel_multipliers=(1, 2), residual_blocks=1, self_attention_sides=(8,),
    cross_attention_sides=(8, 16), context=CONTEXT, head_channels=8, micro_conditioning=True,
)  # fmt: skip
UPSCALER = msgspec.structs.replace(
    BASE, size=32, patch=2, pixel_channels=8, low_resolution=True, micro_conditioning=False
)


def random_network(config: UNetConfig, seed: int = 0) -> DenoisingNetwork:
    """A network with every weight random, also those that start at zero, so that every path matters."""
    torch.manual_seed(seed)
    network = build_network(config)
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=parameter[0].numel() ** -0.5)
    return network.eval().requires_grad_(False)


def random_encoders() -> Encoders:
    """Encoders with random weights and tokenizers trained on the small corpus."""
    torch.manual_seed(0)
    clip_tokenizer = as_loaded(train_clip_tokenizer(CORPUS, 400), CLIP_END)
    t5_tokenizer = as_loaded(train_t5_tokenizer(CORPUS, 200), "<pad>")
    t5 = encoder_of(new_t5(t5_tokenizer, EncoderPlan(width=WIDTH, layers=1)))
    clip = ClipConfig(
        embed_dim=WIDTH,
        vision_cfg={"image_size": 16, "patch_size": 8, "width": WIDTH, "layers": 1, "head_width": 8},
        text_cfg={"context_length": CONTEXT.clip_tokens, "vocab_size": len(clip_tokenizer), "width": WIDTH,
                  "heads": 2, "layers": 1},
    )  # fmt: skip
    return Encoders(clip, t5, clip_tokenizer, t5_tokenizer, CONTEXT.t5_tokens).eval().requires_grad_(False)


def write_model(root: Path, name: str = "storybook") -> Path:
    """Save a miniature model below `root` as the catalogue expects it and return its folder."""
    folder = root / name
    random_encoders().save(folder)
    parts = tuple(
        _write_part(folder, part, config)
        for part, config in (("base", BASE), ("high", BASE), ("low", BASE), ("upscaler", UPSCALER),
                             ("refiner", UPSCALER))
    )  # fmt: skip
    card = ModelCard(
        name=name, title="Miniature", about="Random weights.", licence="none", trained="not at all",
        default_weight=0.5, parts=parts, words={"object": ("fox", "castle")},
    )  # fmt: skip
    (folder / "model.json").write_bytes(msgspec.json.encode(card))
    return folder


def _write_part(folder: Path, name: str, config: UNetConfig) -> PartCard:
    network = random_network(config, seed=sum(map(ord, name)))
    file = folder / "parts" / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_weights(network.state_dict(), file)
    file.with_suffix(".json").write_text(json.dumps(msgspec.to_builtins(config)), encoding="utf-8")
    return PartCard(
        name=name, title=name, file=f"parts/{name}.safetensors",
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(), size=config.size, sigma_min=0.002, sigma_max=80.0,
        parameters=sum(p.numel() for p in network.parameters()), about="random",
    )  # fmt: skip
