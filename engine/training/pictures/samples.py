"""Samples of a data set before they are read: names, and where each part of them lies in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.training.errors import TrainingError

PICTURES = ("jpg", "jpeg", "png", "webp")
EMBEDDINGS = ("npz", "safetensors")
WORDS = ("txt", "json")
KINDS = frozenset((*PICTURES, *EMBEDDINGS, *WORDS))


class BrokenSampleError(TrainingError):
    """A sample cannot be used; training goes on without it."""

    def __init__(self, sample: Sample, reason: str) -> None:
        super().__init__(f"{sample.source}: {sample.name} is left out: {reason}.")


@dataclass(frozen=True)
class Part:
    """Bytes in a file: the whole file where `length` is None."""

    file: Path
    offset: int = 0
    length: int | None = None

    def read(self) -> bytes:
        """Return the bytes; raises OSError."""
        with self.file.open("rb") as opened:
            opened.seek(self.offset)
            return opened.read() if self.length is None else opened.read(self.length)


@dataclass(frozen=True)
class Sample:
    """A picture with what belongs to it: `parts` by file ending (lower case, no dot).

    `source` is the folder or the shard; `caption` is known where a list of captions gave it.
    """

    name: str
    source: Path
    parts: Mapping[str, Part]
    caption: str | None = None

    def first(self, kinds: tuple[str, ...]) -> tuple[str, Part] | None:
        """The first part of one of the `kinds`, with its kind."""
        return next(((kind, self.parts[kind]) for kind in kinds if kind in self.parts), None)


def gathered(found: list[tuple[str, str, Part]], source: Path, captions: Mapping[str, str]) -> list[Sample]:
    """Samples with a picture from (name, ending, part) triples; `captions` by the picture's file name."""
    parts: dict[str, dict[str, Part]] = {}
    for name, ending, part in found:
        if ending in KINDS:
            parts.setdefault(name, {})[ending] = part
    samples = []
    for name, own in sorted(parts.items()):
        picture = next((kind for kind in PICTURES if kind in own), None)
        if picture is not None:
            samples.append(Sample(name, source, own, captions.get(f"{name}.{picture}")))
    return samples
