"""open_clip's model class without torchvision.

The torchvision wheel of the default registry is built for CUDA, and beside a CPU build of torch its mere presence
breaks transformers and diffusers, so Sinopia does not install it. open_clip imports a handful of its names for picture
transforms that are not used here; stand-ins satisfy those imports and are removed again at once.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
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
def _stand_ins() -> Iterator[None]:
    added = {name: types.ModuleType(name) for name in STAND_INS if name not in sys.modules}
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


def build_clip(embed_dim: int, vision: dict[str, Any], text: dict[str, Any]) -> nn.Module:
    """Build `open_clip.model.CLIP` with the given configuration and fresh weights.

    Args:
        embed_dim: width of the joint embedding.
        vision: open_clip `vision_cfg`, for example `{"image_size": 64, "patch_size": 8, "width": 128, "layers": 4}`.
        text: open_clip `text_cfg`, for example `{"context_length": 32, "vocab_size": 1000, "width": 128}`.
    """
    # open_clip must come after the transformers classes: with stand-ins in place theirs would fail to import.
    importlib.import_module("transformers.models.t5.modeling_t5")
    if importlib.util.find_spec("torchvision") is None:
        with _stand_ins():
            model = importlib.import_module("open_clip.model")
    else:
        model = importlib.import_module("open_clip.model")
    built: nn.Module = model.CLIP(embed_dim=embed_dim, vision_cfg=vision, text_cfg=text)
    return built
