"""The filter pass: scores how well pictures fit their captions, and how they look, for `[data] scores`.

``python -m engine.training.pictures.scores shards PATH --encoders DIR --out scores.jsonl [--aesthetic HEAD]`` writes a
line for each readable picture. HEAD is a file of your own: a linear head on CLIP picture features of unit length, as
safetensors with `weight` [1, width] and `bias` [1]; none comes with the program.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from engine.api.decoding import decode_lines
from engine.models.ediff.encoders import Encoders
from engine.training.errors import TrainingError
from engine.training.patches import size_and_crop
from engine.training.pictures.finding import DataError, find_samples
from engine.training.pictures.reading import Read, read_sample
from engine.training.pictures.samples import BrokenSampleError, Sample
from engine.training.pictures.settings import FolderData, PictureData, ShardData

log = logging.getLogger(__name__)
BATCH = 64


class Score(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the pass says of one sample; `clip` is a cosine."""

    source: str
    name: str
    clip: float
    aesthetic: float | None = None


@dataclass(frozen=True, eq=False)
class Head:
    """A linear aesthetic head on CLIP features of unit length."""

    weight: Tensor
    bias: Tensor

    @staticmethod
    def load(file: Path, width: int) -> Head:
        """Read a head for features of `width`; raises TrainingError where the file is none."""
        try:
            values = load_file(file)
            weight, bias = values["weight"].float().reshape(-1), values["bias"].float().reshape(-1)
        except (OSError, KeyError, SafetensorError) as error:
            raise TrainingError(f"{file}: is no aesthetic head with weight and bias ({error}).") from error
        if len(weight) != width or len(bias) != 1:
            raise TrainingError(f"{file}: is for features of width {len(weight)}, the encoders give {width}.")
        return Head(weight, bias)

    def score(self, features: Tensor) -> Tensor:
        """Scores [B] of features [B, width]."""
        return F.normalize(features, dim=1) @ self.weight.to(features) + self.bias.to(features)


def score_samples(samples: Sequence[Sample], encoders: Encoders, head: Head | None = None) -> Iterator[Score]:
    """Score all samples that can be read, in their order."""
    for start in range(0, len(samples), BATCH):
        read = list(_readable(samples[start : start + BATCH]))
        if not read:
            continue
        side = encoders.picture_size
        pictures = torch.stack([size_and_crop(content.picture, side)[0] for _, content in read])
        image = encoders.encode_pictures(pictures)
        text = encoders.encode_text([content.caption for _, content in read]).clip_pooled
        looks = [None] * len(read) if head is None else head.score(image).tolist()
        for (sample, _), clip, look in zip(read, F.cosine_similarity(image, text).tolist(), looks, strict=True):
            yield Score(sample.source.name, sample.name, clip, look)


def _readable(samples: Iterable[Sample]) -> Iterator[tuple[Sample, Read]]:
    for sample in samples:
        try:
            yield sample, read_sample(sample, smallest=1, stored=False)
        except BrokenSampleError as error:
            log.warning("%s", error)


def filtered(samples: Sequence[Sample], data: PictureData) -> list[Sample]:
    """The samples whose scores reach the limits of `data`; all of them where it names no scores.

    Raises:
        DataError: the scores cannot be read, or none reaches the limits.
    """
    if data.scores is None:
        return list(samples)
    try:
        scores = decode_lines(Path(data.scores).read_bytes(), Score)
    except (OSError, msgspec.DecodeError) as error:
        told = f"{data.scores}: these are no scores ({error})."
        raise DataError(f"{told} Write them with `python -m engine.training.pictures.scores`.") from error
    good = {(score.source, score.name) for score in scores if _reaches(score, data)}
    left = [sample for sample in samples if (sample.source.name, sample.name) in good]
    if not left:
        raise DataError(f"{data.scores}: none of {len(samples)} pictures reaches clip_score and aesthetic; lower them.")
    return left


def _reaches(score: Score, data: PictureData) -> bool:
    fits = data.clip_score is None or score.clip >= data.clip_score
    return fits and (data.aesthetic is None or (score.aesthetic is not None and score.aesthetic >= data.aesthetic))


def main() -> None:
    """Write the scores of a data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("folder", "shards"))
    parser.add_argument("path")
    parser.add_argument("--encoders", type=Path, required=True)
    parser.add_argument("--aesthetic", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    told = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    encoders = Encoders.load(told.encoders).to(torch.device(told.device))
    head = None if told.aesthetic is None else Head.load(told.aesthetic, encoders.shape.image_width)
    data = FolderData(told.path) if told.kind == "folder" else ShardData(told.path)
    with told.out.open("wb") as out:
        for score in score_samples(find_samples(data), encoders, head):
            out.write(msgspec.json.encode(score) + b"\n")


if __name__ == "__main__":
    main()
