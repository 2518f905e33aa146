"""One picture of a solve: everything wired to it, and what of that holds at which step.

A switched prompt, and phrases or styles with a beginning and an end, are jumps of the ODE's right side at nodes of the
grid. Fractions count the steps of the whole grid, so a solve cut in two sees them at the same noise levels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch.nn.functional as F
from torch import Tensor

from engine.conditioning.brief import (
    ENCODERS,
    Brief,
    BriefError,
    Encoder,
    PhraseLayer,
    PhraseMasks,
    PromptText,
    Sample,
    SizeCrop,
    StyleReference,
    SwitchedPrompt,
)

Prompt = PromptText | SwitchedPrompt


@dataclass(frozen=True, eq=False)
class Picture:
    """What is wired to one picture.

    `prompt` None asks for an unconditional picture. `negative` stands in for nothing in the unconditional half of
    guidance. `phrases` act while their own prompt does. `low_resolution`: float [3, h, w] in -1..1, the picture to
    enlarge. `start`: a sample to go on from instead of noise.
    """

    prompt: Prompt | None
    seed: int
    negative: Prompt | None = None
    phrases: PhraseMasks | None = None
    styles: tuple[StyleReference, ...] = ()
    size: SizeCrop | None = None
    low_resolution: Tensor | None = None
    encoders: frozenset[Encoder] = ENCODERS
    start: Sample | None = None

    def __post_init__(self) -> None:
        if self.phrases is not None and self.phrases.prompt not in _texts(self.prompt):
            raise BriefError(
                f"phrase masks were painted for {self.phrases.prompt!r}, but the prompt is "
                f"{' then '.join(map(repr, _texts(self.prompt))) or 'missing'}; wire both from the same prompt"
            )

    def jumps(self, steps: int) -> frozenset[int]:
        """Return the inner nodes 1 to steps - 1 of a grid of `steps` steps at which the conditioning changes."""
        nodes = {node_of(p.at, steps) for p in (self.prompt, self.negative) if isinstance(p, SwitchedPrompt)}
        windows: list[PhraseLayer | StyleReference] = [*self.styles, *(self.phrases.layers if self.phrases else ())]
        for window in windows:
            begin, finish = node_of(window.begin, steps), node_of(window.finish, steps)
            nodes |= {begin, finish} if begin < finish else set()
        return frozenset(node for node in nodes if 0 < node < steps)

    def brief(self, step: int, steps: int) -> Brief:
        """Return what conditions step `step` (from 0) of `steps`."""
        prompt = _text_at(self.prompt, step, steps)
        return Brief(
            prompt=prompt,
            phrases=_phrases_at(self.phrases, prompt, step, steps),
            styles=tuple(style for style in self.styles if _acts(style, step, steps)),
            size=self.size,
            low_resolution=self.low_resolution,
            encoders=self.encoders,
        )

    def unconditional(self, step: int, steps: int) -> Brief:
        """Return the other half of guidance: the negative prompt or none, no phrases, no style, the same frame."""
        return Brief(
            prompt=_text_at(self.negative, step, steps),
            size=self.size,
            low_resolution=self.low_resolution,
            encoders=self.encoders,
        )


def enlarged(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """A picture [3, h, w] in -1..1 made as large as `size` (H, W) without a model: [3, H, W], bicubic, clamped."""
    return F.interpolate(picture[None], size=size, mode="bicubic")[0].clamp(-1.0, 1.0)


def node_of(fraction: float, steps: int) -> int:
    """Return the node nearest to a fraction of `steps` steps; halves go to the later node."""
    return int(fraction * steps + 0.5)


def _texts(prompt: Prompt | None) -> tuple[str, ...]:
    match prompt:
        case PromptText(text):
            return (text,)
        case SwitchedPrompt(first, second, _):
            return first, second
        case None:
            return ()


def _text_at(prompt: Prompt | None, step: int, steps: int) -> str | None:
    match prompt:
        case PromptText(text):
            return text
        case SwitchedPrompt(first, second, at):
            return first if step < node_of(at, steps) else second
        case None:
            return None


def _acts(window: PhraseLayer | StyleReference, step: int, steps: int) -> bool:
    return node_of(window.begin, steps) <= step < node_of(window.finish, steps)


def _phrases_at(phrases: PhraseMasks | None, prompt: str | None, step: int, steps: int) -> PhraseMasks | None:
    if phrases is None or phrases.prompt != prompt:
        return None
    acting = tuple(layer for layer in phrases.layers if _acts(layer, step, steps))
    return replace(phrases, layers=acting) if acting else None
