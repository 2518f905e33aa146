"""open_clip's model class without torchvision and without transformers.

The torchvision wheel of the default registry is built for CUDA, and beside a CPU build of torch its mere presence
breaks transformers and diffusers, so Sinopia does not install it. open_clip imports a handful of its names for picture
transforms that are not used here; stand-ins satisfy those imports and are removed again at once. What it would take
from transformers, seconds to import, belongs to other models of its: for that time there is no transformers.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import nn

STAND_INS = {
    "torchvision": (),
    "torchvision.transforms": (
        "Normalize", "Compose", "RandomResizedCrop", "InterpolationMode", "ToTensor", "Resize", "CenterCrop",
        "ColorJitter", "Grayscale",
    ),
    "torchvision.transforms.functional": (),
    "torchvision.ops": (),
    "torchvision.ops.misc": ("FrozenBatchNorm2d",),
}  # fmt: skip


class _Unavailable:
    """Takes the place of a torchvision class in annotations and `isinstance` checks; it cannot be used."""

    BICUBIC = BILINEAR = NEAREST = None

    def __init__(self, *_: object, **__: object) -> None:
        raise RuntimeError("torchvision is not installed: open_clip's own picture transforms cannot be used")


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Let whoever asks for this package hear that it is not installed."""
    there = sys.modules.get(name)
    sys.modules[name] = None  # type: ignore[assignment]  # so the import system marks what is known to be missing
    try:
        yield
    finally:
        del sys.modules[name]
        if there is not None:
            sys.modules[name] = there


@contextmanager
def _stand_ins() -> Iterator[None]:
    added = {name: types.ModuleType(name) for name in STAND_INS if sys.modules.get(name) is None}
    for name, module in added.items():
        for attribute in STAND_INS[name]:
            setattr(module, attribute, _Unavailable)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(added[parent], child, module)
    sys.modules.update(added)
    try:
        yield
    finally:
        for name in added:
            del sys.modules[name]


def _open_clip_model() -> Any:
    with ExitStack() as scene:
        scene.enter_context(_without("transformers"))
        if importlib.util.find_spec("torchvision") is None:
            scene.enter_context(_stand_ins())
        return importlib.import_module("open_clip.model")


_MODEL = _open_clip_model()


def build_clip(embed_dim: int, vision: dict[str, Any], text: dict[str, Any]) -> nn.Module:
    """Build `open_clip.model.CLIP` with the given configuration and fresh weights.

    Args:
        embed_dim: width of the joint embedding.
        vision: open_clip `vision_cfg`, for example `{"image_size": 64, "patch_size": 8, "width": 128, "layers": 4}`.
        text: open_clip `text_cfg`, for example `{"context_length": 32, "vocab_size": 1000, "width": 128}`.
    """
    built: nn.Module = _MODEL.CLIP(embed_dim=embed_dim, vision_cfg=vision, text_cfg=text)
    return built
