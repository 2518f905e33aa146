"""Which data a run is trained on: the drawn world, a folder of pictures, or WebDataset shards."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.training.world.kinds import Name


class DrawnData(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="world"):
    """Scenes of a drawn world, made while training: the small "storybook", the larger "family" or its first lessons.

    `reuse`: how often each micro-batch is trained on, with new noise and new dropout, at steps far from one another.
    A GPU learns from a batch in less time than it takes to think its scenes up. `patches`: how many patches are cut
    from each picture, where a network is trained on patches; drawing a large picture takes longer than learning from
    one. `painted`: share of the pictures that are learnt with their phrases painted (`engine.training.painting`).
    """

    vocabulary: Name = "storybook"
    reuse: int = 1
    patches: int = 1
    painted: float = 0.0

    def __post_init__(self) -> None:
        if self.reuse < 1 or self.patches < 1:
            raise ValueError("reuse is how often a batch is trained on, patches how many of a picture: 1 or more")
        if not 0.0 <= self.painted <= 1.0:
            raise ValueError("painted is a share of the pictures: choose 0 to 1")
        if self.painted and self.patches > 1:
            raise ValueError("phrases are painted on whole pictures: leave out painted or patches")


class PictureData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Real pictures with captions.

    Attributes:
        path: the folder; for shards, a folder of .tar files or a pattern such as "data/*.tar".
        embeddings: "computed" by the encoders while training, or "stored" beside each picture under its name as .npz
            or .safetensors with clip_text, clip_pooled, t5 and clip_image.
        shuffle: about how far from its place in the shard a picture may come; shards are shuffled whole.
        scores: the file that the filter pass wrote (`engine.training.pictures.scores`).
        clip_score: least agreement of picture and caption, the cosine of their CLIP embeddings.
        aesthetic: least aesthetic score.
    """

    path: str
    embeddings: Literal["computed", "stored"] = "computed"
    shuffle: int = 10_000
    scores: str | None = None
    clip_score: float | None = None
    aesthetic: float | None = None

    def __post_init__(self) -> None:
        if self.shuffle < 0:
            raise ValueError("shuffle is a number of pictures, 0 or more")
        if self.scores is None and (self.clip_score is not None or self.aesthetic is not None):
            raise ValueError("clip_score and aesthetic need the file of scores that the filter pass writes")


class FolderData(PictureData, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="folder"):
    """A folder, with subfolders: each picture's caption in NAME.txt, or all in metadata.jsonl (file_name, text)."""


class ShardData(PictureData, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="shards"):
    """WebDataset shards: uncompressed tar files in which NAME.jpg, NAME.txt or NAME.json ... make one sample."""


Data = DrawnData | FolderData | ShardData
