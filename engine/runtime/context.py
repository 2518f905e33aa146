"""What a run function may ask of the engine, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from engine.api.attention import AttentionLevel, with_level
from engine.api.errors import NodeError
from engine.api.messages import AnyEvent, Attention, Progress
from engine.api.plan import Plan, Step
from engine.api.report import PictureHandle
from engine.runtime.cancel import CancelToken
from engine.runtime.pictures import require_picture, save_png

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray


class Models(Protocol):
    """Lends models that are loaded, or loads them."""

    def borrow(self, reference: str) -> AbstractContextManager[object]:
        """The part named "model/part", which stays loaded until the `with` block ends."""
        ...


class ShowPreview(Protocol):
    """Shows pictures in the making; only the newest of a node need be drawn."""

    def __call__(self, job: str, node: str, item: int, pixels: NDArray[np.uint8]) -> None: ...


@dataclass(frozen=True)
class Job:
    """One run of one plan. `record_attention`: the nodes that tell where their denoisers looked."""

    id: str
    plan: Plan
    folder: Path
    facts: Mapping[str, str] = field(default_factory=dict)
    device: str = "auto"
    fresh: bool = False
    record_attention: frozenset[str] = frozenset()
    token: CancelToken = field(default_factory=CancelToken)


@dataclass(frozen=True)
class Surroundings:
    """What the engine gives to all nodes of a job. `device` is asked late: the answer needs torch."""

    emit: Callable[[AnyEvent], None]
    preview: ShowPreview
    models: Callable[[str], Models]
    device: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What one run of a node left beside its outputs; of the noise levels of `attention` some are let go."""

    notes: list[str] = field(default_factory=list)
    pictures: list[PictureHandle] = field(default_factory=list)
    attention: list[AttentionLevel] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Which item of a list is run, counted from 0, and of how many; `labels` by the node that started each list."""

    item: int = 0
    items: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)


class Context:
    """The engine as one run of one node sees it. Values on wires are shared: never write into an input."""

    __slots__ = ("_job", "_place", "_record", "_step", "_surroundings")

    def __init__(self, job: Job, step: Step, surroundings: Surroundings, record: RunRecord, place: Place) -> None:
        self._job = job
        self._step = step
        self._surroundings = surroundings
        self._record = record
        self._place = place

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Tell that `done` of `total` parts are ready; raises Cancelled when the job was cancelled."""
        self._job.token.check()
        place = self._place
        event = Progress(self._job.id, self._step.node, place.item, place.items, int(done), int(total), str(text))
        self._surroundings.emit(event)

    def check_cancelled(self) -> None:
        """Raise Cancelled when the job was cancelled. Call it at least once for each step of long work."""
        self._job.token.check()

    def rng(self, seed: int) -> torch.Generator:
        """A generator of random numbers on the CPU: a seed gives the same noise on every device and in every batch."""
        import torch

        return torch.Generator("cpu").manual_seed(seed)

    def preview(self, pixels: NDArray[np.uint8]) -> None:
        """Show what the picture looks like now: uint8 [height, width, 3]. Cheap: only the newest is drawn."""
        require_picture(pixels)
        self._surroundings.preview(self._job.id, self._step.node, self._place.item, pixels)

    @property
    def records_attention(self) -> bool:
        """Whether this node was asked to tell where its denoisers look."""
        return self._step.node in self._job.record_attention

    def attention(self, level: AttentionLevel) -> None:
        """Tell where a denoiser looked at one noise level."""
        self._record.attention[:] = with_level(self._record.attention, level)
        self._surroundings.emit(Attention(self._job.id, self._step.node, self._place.item, level))

    @property
    def models(self) -> Models:
        """Lends models on the device of this job."""
        return self._surroundings.models(self.device)

    @property
    def device(self) -> str:
        """Where this job computes: "cpu" or "cuda"."""
        return self._surroundings.device(self._job.device)

    def asset(self, reference: str) -> Path:
        """The file that a parameter names; NodeError when the plan has none or it has gone."""
        asset = self._step.assets.get(reference)
        if asset is None:
            raise NodeError(f"The file {reference!r} is not part of the project.", "Choose the file again.")
        path = Path(asset.path)
        if not path.is_file():
            raise NodeError(f"The file {path} has gone since the run began.", "Choose the file again.")
        return path

    def save_picture(self, pixels: NDArray[np.uint8], name: str, facts: Mapping[str, str]) -> PictureHandle:
        """Write `pixels` (uint8 [height, width, 3]) as a PNG into the job's folder, under a name not yet taken.

        `facts` become text chunks beside those of the job; a picture of a list also tells which item it is ("item").
        The file appears whole or not at all.
        """
        path = save_png(pixels, self._job.folder, name, {**self._job.facts, **self._item_facts(), **facts})
        handle = PictureHandle(self._step.node, str(path), int(pixels.shape[1]), int(pixels.shape[0]))
        self._record.pictures.append(handle)
        return handle

    def _item_facts(self) -> dict[str, str]:
        titles = {step.node: step.title for step in self._job.plan.steps if step.node in self._place.labels}
        told = "; ".join(f"{titles[node]}: {label}" for node, label in self._place.labels.items())
        return {"item": told} if told else {}

    def note(self, text: str) -> None:
        """A sentence shown on the node."""
        self._record.notes.append(str(text))
