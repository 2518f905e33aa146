"""From what is wired to a node to one solve of the diffusion core: denoisers borrowed and joined, frame, steps."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api.attention import AttentionLevel, PhraseAttention
from engine.api.errors import NodeError
from engine.api.sizes import WIDEST, drawn_size
from engine.conditioning.attention_recorder import Attentive, RecordedDenoiser, RecordedLevel
from engine.conditioning.brief import DenoiserRef, EnsembleRef, PhraseMasks, PromptText, SizeCrop, SwitchedPrompt
from engine.conditioning.picture import Prompt
from engine.conditioning.spans import PhraseReport
from engine.diffusion.denoiser import Denoiser
from engine.diffusion.ensemble import Ensemble, Stage
from engine.diffusion.solve import Frame
from engine.diffusion.stepping import StepFacts
from engine.runtime.context import Context

CLOSE = 1e-6
"""Noise levels that differ by less than this share are the same."""


@runtime_checkable
class Part(Denoiser, Protocol):
    """What a model family offers for each of its denoisers."""

    native_size: int
    channels: int
    space: str
    needs_low_resolution: bool

    def report_phrases(self, prompt: str, phrases: PhraseMasks) -> Sequence[PhraseReport]:
        """Tell for each layer which token columns it owns and what is wrong with it."""
        ...


@dataclass(frozen=True, eq=False)
class Joined:
    """The denoiser of a solve and one of its parts, which speaks for their common size, space and tokenizers."""

    denoiser: Denoiser
    part: Part
    sigma_from: float
    sigma_to: float


def join(
    context: Context, wired: DenoiserRef | EnsembleRef, stack: ExitStack, phrases: PhraseMasks | None = None
) -> Joined:
    """Borrow every part that `wired` names until `stack` closes, and join them into one denoiser.

    Where the attention of the node is asked for, the denoiser tells where it looks for `phrases`.

    Raises:
        NodeError: a part that is no denoiser, or parts of different size.
        EnsembleError: intervals that overlap or leave a gap.
    """
    members = wired.members if isinstance(wired, EnsembleRef) else (wired,)
    parts = [_borrow(context, member, stack) for member in members]
    if len({(part.native_size, part.channels, part.space) for part in parts}) > 1:
        sizes = ", ".join(f"{m.model}/{m.part} {p.native_size}" for m, p in zip(members, parts, strict=True))
        raise NodeError(
            f"The experts draw pictures of different sizes ({sizes}).", "Join only experts of one size in an ensemble."
        )
    denoisers = _recorded(context, parts, phrases)
    if wired == DenoiserRef(members[0].model, members[0].part):
        return Joined(denoisers[0], parts[0], parts[0].sigma_max, parts[0].sigma_min)
    ensemble = Ensemble([_stage(member, denoiser) for member, denoiser in zip(members, denoisers, strict=True)])
    return Joined(ensemble, parts[0], ensemble.sigma_max, ensemble.sigma_min)


def borrow_weaker(
    context: Context, wired: DenoiserRef | EnsembleRef | None, joined: Joined, stack: ExitStack
) -> Part | None:
    """Borrow the weaker model that guidance leads away from until `stack` closes; None where none is wired.

    Raises:
        NodeError: an ensemble or a span, or a part that draws other pictures than the denoiser of the solve.
    """
    if wired is None:
        return None
    if isinstance(wired, EnsembleRef) or wired != DenoiserRef(wired.model, wired.part):
        raise NodeError(
            "The weaker model is an ensemble, or has noise levels of its own.",
            "Wire a single denoiser straight from a model node.",
        )
    weaker, part = _borrow(context, wired, stack), joined.part
    if _kind(weaker) != _kind(part):
        raise NodeError(
            f"The weaker model {wired.model}/{wired.part} draws other pictures than the denoiser.",
            "Wire one of the same size that starts from the same kind of picture, or none.",
        )
    return weaker


def require_knows(weaker: Part, highest: float, lowest: float) -> None:
    """Refuse a weaker model that was not trained on all noise of the solve, from `highest` down to `lowest`."""
    if weaker.sigma_max < highest * (1.0 - CLOSE) or weaker.sigma_min > lowest * (1.0 + CLOSE):
        raise NodeError(
            f"The solve passes through noise {highest:.3g} to {lowest:.3g}, but the weaker model knows only "
            f"{weaker.sigma_max:.3g} to {weaker.sigma_min:.3g}.",
            "Wire one that was trained on all noise, or none.",
        )


def _kind(part: Part) -> tuple[int, int, str, bool]:
    return part.native_size, part.channels, part.space, part.needs_low_resolution


def _borrow(context: Context, member: DenoiserRef, stack: ExitStack) -> Part:
    reference = f"{member.model}/{member.part}"
    part = stack.enter_context(context.models.borrow(reference))
    if not isinstance(part, Part):
        raise NodeError(f"{reference} is not a denoiser.", "Wire a denoiser of a model node.")
    return part


def _recorded(context: Context, parts: Sequence[Part], phrases: PhraseMasks | None) -> list[Denoiser]:
    """The parts themselves, or each in a denoiser that tells where it looks; one for one, so that experts stay such."""
    if not context.records_attention:
        return [*parts]
    recorders: dict[int, Denoiser] = {id(part): _recorder(context, part, phrases) for part in parts}
    return [recorders[id(part)] for part in parts]


def _recorder(context: Context, part: Part, phrases: PhraseMasks | None) -> Denoiser:
    if not isinstance(part, Attentive):
        return part

    def tell(levels: Sequence[RecordedLevel]) -> None:
        for level in levels:
            context.attention(as_told(level, phrases))

    return RecordedDenoiser(part, part.sigma_min, part.sigma_max, [phrases], tell)


def as_told(level: RecordedLevel, phrases: PhraseMasks | None) -> AttentionLevel:
    """A recorded level as it travels to the window: one byte per cell."""
    texts = {layer.id: phrases.prompt[layer.start : layer.end].strip() for layer in phrases.layers} if phrases else {}
    told = []
    for name, share in zip(level.names, level.phrases.astype(np.float32), strict=True):
        peak = float(share.max())
        cells = np.rint(share * (255.0 / peak if peak > 0.0 else 0.0)).astype(np.uint8).tobytes()
        told.append(PhraseAttention(name, texts[name], float(share.mean()), peak, cells))
    height, width = level.rest.shape
    return AttentionLevel(level.sigma, width, height, tuple(told), level.words, level.style, level.null)


def _stage(member: DenoiserRef, denoiser: Denoiser) -> Stage:
    return Stage(
        denoiser,
        denoiser.sigma_max if member.sigma_from is None else member.sigma_from,
        denoiser.sigma_min if member.sigma_to is None else member.sigma_to,
        member.guidance,
        member.sampler,
    )


def frame_of(part: Part, aspect: tuple[int, int] | None, device: str) -> Frame:
    """The frame of a part for pictures shaped like `aspect` (height, width): as many pixels as its native square."""
    if aspect is None:
        aspect = (1, 1)
    height, width = aspect
    if max(height, width) > WIDEST * min(height, width):
        raise NodeError(
            f"A picture of {width} x {height} is more than {WIDEST:g} times as long as wide.",
            "Choose a size closer to a square.",
        )
    across, down = drawn_size(part.native_size, width, height)
    return Frame((part.channels, down, across), part.space, device)


def spoken(prompt: Prompt | None) -> Prompt | None:
    """A prompt, or None where it is blank: the model was trained to read no text as dropped text."""
    if isinstance(prompt, PromptText) and not prompt.text.strip():
        return None
    return prompt


def texts_of(prompt: Prompt) -> tuple[str, ...]:
    """The texts of a prompt in the order in which they act."""
    return (prompt.first, prompt.second) if isinstance(prompt, SwitchedPrompt) else (prompt.text,)


def to_tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """A picture uint8 [H, W, 3] as float32 [3, H, W] in -1..1."""
    return torch.from_numpy(pixels.astype(np.float32) / 127.5 - 1.0).permute(2, 0, 1)


def to_pixels(data: Tensor) -> NDArray[np.uint8]:
    """A picture float [3, H, W] in -1..1 (what lies outside is clipped) as uint8 [H, W, 3]."""
    scaled = (data.detach().float().clamp(-1.0, 1.0) + 1.0) * 127.5
    return np.ascontiguousarray(scaled.round().byte().permute(1, 2, 0).cpu().numpy())


@dataclass(eq=False)
class Watch:
    """Follows a solve: progress and a preview after every step, and the last estimate of the clean picture."""

    context: Context
    estimate: Tensor | None = None

    def __call__(self, facts: StepFacts) -> None:
        """Tell of one step; raises Cancelled when the job was cancelled."""
        self.estimate = facts.x0[0]
        self.context.progress(facts.index, facts.total, f"noise {facts.sigma:.3g}")
        self.context.preview(to_pixels(self.estimate))


def note_size(context: Context, size: SizeCrop | None, frame: Frame) -> None:
    """Tell on the node when a denoiser draws at another size than was asked for."""
    _, height, width = frame.shape
    if size is not None and size.target != (height, width):
        asked = f"{size.target[1]} x {size.target[0]}"
        context.note(f"Drawn at {width} x {height}, the size of this denoiser; {asked} was asked for.")


def note_phrases(context: Context, part: Part, phrases: PhraseMasks | None) -> None:
    """Tell on the node, for each painted phrase, which tokens it steers, and every reason why it may not."""
    if phrases is None:
        return
    for report in part.report_phrases(phrases.prompt, phrases):
        context.note(phrase_sentence(report))


def phrase_sentence(report: PhraseReport) -> str:
    """A phrase's report in words."""
    columns = "; ".join(f"{name} {_ranges(owned)}" for name, owned in report.columns.items() if owned)
    told = f"“{report.text or report.id}”" + (f" steers token columns {columns}" if columns else "")
    return ": ".join([told, ", ".join(report.problems)]) + "." if report.problems else told + "."


def _ranges(columns: Sequence[int]) -> str:
    """Ascending numbers as ranges: 3-5, 9."""
    runs: list[list[int]] = []
    for column in columns:
        if runs and column == runs[-1][-1] + 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def require_low_resolution(part: Part, picture: Tensor | None) -> None:
    """Refuse an upscaler without a picture to enlarge, and a picture that nothing would look at."""
    if part.needs_low_resolution and picture is None:
        raise NodeError("This denoiser enlarges a picture, but none is wired.", "Wire one to its low-resolution input.")
    if not part.needs_low_resolution and picture is not None:
        raise NodeError(
            "This denoiser does not enlarge a picture, so the low-resolution picture would be ignored.",
            "Unwire it, or wire an upscaler.",
        )
