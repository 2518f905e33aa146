"""Takes a model into a folder of models: `python -m engine.models.adopting SOURCE MODELS`.

A model is a folder with its card, or the file of an ensemble, which becomes one with encoders of another model. Only
the files that the card speaks of are taken. They are copied beside the other models under a name that no one reads,
looked at there, and get their real name last: what is wrong, or interrupted, leaves nothing behind.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from engine.api.cards import ModelCard, PartCard
from engine.models.catalogue import CARD, RESOURCES, Catalogue, checked, read_network
from engine.models.ediff.build import build_network
from engine.models.ediff.encoders import CLIP_CONFIG, CLIP_WEIGHTS, Encoders
from engine.models.ediff.ensemble_file import ExpertFile, read_ensemble
from engine.models.errors import AdoptionError, ModelFileError
from engine.models.weights import load_weights

BUILT_IN = "storybook"
ENCODERS = tuple(
    PurePosixPath(name)
    for name in (
        f"clip/{CLIP_CONFIG}", f"clip/{CLIP_WEIGHTS}", "clip/tokenizer.json",
        "t5/config.json", "t5/length.json", "t5/model.safetensors", "t5/tokenizer.json",
    )
)  # fmt: skip
UNFINISHED = ".adding-"
WEIGHTS = ".safetensors"
CHUNK = 2**22

Progress = Callable[[int, int], object]
"""Told bytes that were copied, and all bytes."""


def adopt(source: Path, models: Path, name: str = "", encoders: Path = RESOURCES / BUILT_IN,
          progress: Progress = lambda _done, _all: None) -> ModelCard:  # fmt: skip
    """Copy the model `source` into the folder `models` and return its card.

    Args:
        source: a folder with a card, or the file of an ensemble.
        models: where models lie, each in a folder of its name; made where needed.
        name: what it shall be called here; as it calls itself by default.
        encoders: the model whose encoders the experts of an ensemble were trained with.
        progress: hears how far the copy is.

    Raises:
        AdoptionError: `source` is no model, or its name is taken or no name.
        ModelFileError: one of its files is missing, damaged, or no safetensors file.
    """
    source = source.resolve()
    card, files = _opened(source, encoders)
    card = msgspec.structs.replace(card, name=_free_name(name or card.name, models))
    unfinished = models / f"{UNFINISHED}{card.name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        _copy(files, unfinished, progress)
        card = _written(card, unfinished, _networks(source))
        _look_through(card, unfinished)
        unfinished.rename(models / card.name)
    except OSError as error:
        told = f"{error.filename or models}: {error.strerror or error}. Make room or give access, then add it again."
        raise AdoptionError(told) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return card


def _opened(source: Path, encoders: Path) -> tuple[ModelCard, Mapping[PurePosixPath, Path]]:
    """The card, and for each file to be taken where it is to lie and where it is."""
    if source.is_file() and source.suffix == ".json" and source.name != CARD:
        return _of_ensemble(source, encoders)
    folder = source.parent if source.name == CARD else source
    if not (folder / CARD).is_file():
        raise AdoptionError(
            f"{source}: this is no model, since it has no {CARD}. Name a folder with a {CARD}, or an ensemble's file."
        )
    card = Catalogue(folder.parent).card(folder.name)
    parts = [_safe(folder, part.file) for part in card.parts]
    names = [*ENCODERS, *parts, *(part.with_suffix(".json") for part in parts)]
    return card, {name: folder / name for name in names}


def _safe(folder: Path, name: str) -> PurePosixPath:
    """A card comes from anywhere: it may name nothing but weights inside its own folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise ModelFileError(folder / CARD, f"it names a file outside its folder ({name})")
    if path.suffix != WEIGHTS:
        raise ModelFileError(folder / CARD, f"it names {name}, and only {WEIGHTS} files are ever loaded")
    return path


def _of_ensemble(file: Path, encoders: Path) -> tuple[ModelCard, Mapping[PurePosixPath, Path]]:
    """One part for each interval of an expert; intervals of one expert share its weights."""
    ensemble = read_ensemble(file)
    parts = tuple(part for expert in ensemble.experts for part in _parts(file, expert))
    card = ModelCard(
        name=ensemble.name,
        title=ensemble.name,
        about=f"An ensemble of {len(ensemble.experts)} experts.",
        licence="as told by who trained it",
        trained="as told by who trained it",
        default_weight=Catalogue(encoders.parent).card(encoders.name).default_weight,
        parts=parts,
    )
    files = {name: encoders / name for name in ENCODERS}
    weights = {_place(expert): file.parent / expert.weights for expert in ensemble.experts}
    return card, {**files, **weights}


def _parts(file: Path, expert: ExpertFile) -> tuple[PartCard, ...]:
    weights = file.parent / expert.weights
    if weights.suffix != WEIGHTS:
        raise ModelFileError(file, f"it names {expert.weights}, and only {WEIGHTS} files are ever loaded")
    if not weights.is_file():
        raise ModelFileError(weights, "the weights are missing")
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    network = build_network(expert.network)
    count = sum(parameter.numel() for parameter in network.parameters())
    several = len(expert.intervals) > 1
    names = [f"{expert.name}-{place}" if several else expert.name for place, _ in enumerate(expert.intervals, 1)]
    try:
        return tuple(
            PartCard(name, name, str(_place(expert)), digest, expert.network.size, low, high, count, "An expert.")
            for name, (low, high) in zip(names, expert.intervals, strict=True)
        )
    except ValueError as error:
        raise ModelFileError(file, f"an expert cannot be a part ({error})") from error


def _place(expert: ExpertFile) -> PurePosixPath:
    return PurePosixPath("parts") / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', expert.name)}{WEIGHTS}"


def _networks(source: Path) -> Mapping[PurePosixPath, bytes]:
    """The descriptions of networks that an ensemble's file holds itself."""
    if source.is_dir() or source.name == CARD:
        return {}
    experts = read_ensemble(source).experts
    return {_place(expert).with_suffix(".json"): msgspec.json.encode(expert.network) for expert in experts}


def _free_name(name: str, models: Path) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
        raise AdoptionError(
            f"{name!r} cannot be a model's name here. Give it one of small letters, digits and dashes with --name."
        )
    if (models / name).exists() or (RESOURCES / name).exists():
        raise AdoptionError(
            f"There is a model {name} already. Give this one another name with --name, or remove the other first."
        )
    return name


def _copy(files: Mapping[PurePosixPath, Path], folder: Path, progress: Progress) -> None:
    for file in files.values():
        if not file.is_file():
            raise ModelFileError(file, "the file is missing")
    total, done = sum(file.stat().st_size for file in files.values()), 0
    for name, file in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as reading, target.open("wb") as writing:
            while chunk := reading.read(CHUNK):
                writing.write(chunk)
                done += len(chunk)
                progress(done, total)


def _written(card: ModelCard, folder: Path, networks: Mapping[PurePosixPath, bytes]) -> ModelCard:
    for name, network in networks.items():
        (folder / name).write_bytes(network)
    (folder / CARD).write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=1))
    return card


def _look_through(card: ModelCard, folder: Path) -> None:
    """Load every part as a job would; weights that do not fit their network must not be found out later."""
    encoders = Encoders.load(folder)
    for part in card.parts:
        config = read_network(folder / part.file)
        network = build_network(config)
        load_weights(network, checked(folder / part.file, part.sha256))
        if config.context != encoders.shape:
            raise ModelFileError(
                folder / part.file, "the network was trained with other encoders; name their model with --encoders"
            )


def main(arguments: Sequence[str] | None = None) -> int:
    """Adopt a model and tell how far it is."""
    parser = argparse.ArgumentParser(prog="python -m engine.models.adopting")
    parser.add_argument("source", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--name", default="")
    parser.add_argument("--encoders", type=Path, default=RESOURCES / BUILT_IN)
    told = parser.parse_args(arguments)
    card = adopt(told.source, told.models, told.name, told.encoders, _Meter())
    sys.stdout.write(f"{card.title} was added as {card.name}. Wire it in with a Model node.\n")
    return 0


class _Meter:
    """Tells each tenth of the copy once."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, done: int, total: int) -> None:
        tenth = 10 * done // max(total, 1)
        if tenth > self._told:
            self._told = tenth
            sys.stdout.write(f"copied {done / 2**20:.1f} of {total / 2**20:.1f} MB\n")
            sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
