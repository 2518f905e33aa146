"""Turns finished runs into a model folder: weights of eight bits, network descriptions and the model card."""

from __future__ import annotations

import argparse
import hashlib
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.api.cards import ModelCard, PartCard
from engine.models.catalogue import CARD, RESOURCES
from engine.models.ediff.build import build_network
from engine.models.ediff.encoders import Encoders
from engine.models.eight_bits import packed
from engine.models.weights import load_weights, save_weights
from engine.training.branching import is_schedule, read_schedule
from engine.training.card_page import measured, page
from engine.training.checkpoint import AVERAGE, read_state
from engine.training.config import TrainingConfig, read_config, read_toml
from engine.training.errors import TrainingError
from engine.training.intervals import clipped
from engine.training.world.vocabulary import VOCABULARY, WORD_KINDS, Vocabulary

JUDGE_CARD, CARD_TEXT = "judge.json", "card.toml"


@dataclass(frozen=True)
class Run:
    """A run among `runs`: its configuration and the folder that holds it and those beside it."""

    config: TrainingConfig
    place: Path

    @property
    def folder(self) -> Path:
        return self.place / self.config.name


def runs_of(configs: Path, runs: Path) -> dict[str, Run]:
    """What the files in `configs` describe: every run by its name, and those of trees as TREE/MODEL."""
    told: dict[str, Run] = {}
    for file in sorted(configs.glob("*.toml")):
        if file.name == CARD_TEXT:
            continue
        if is_schedule(file):
            tree = read_schedule(file)
            told |= {f"{tree.name}/{config.name}": Run(config, runs / tree.name) for config in tree.runs}
        else:
            config = read_config(file)
            told[config.name] = Run(config, runs)
    return told


def write_part(name: str, config: TrainingConfig, runs: Path, folder: Path, text: PartText, history: str) -> PartCard:
    """Write the run of `config` as the part `name`, and return its card, which ends with its `history`."""
    network = build_network(config.network)
    load_weights(network, runs / config.name / AVERAGE)
    file = folder / "parts" / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_weights(packed(network.state_dict()), file)
    file.with_suffix(".json").write_bytes(msgspec.json.format(msgspec.json.encode(config.network), indent=1))
    intervals = clipped(config.noise)
    low, high = text.owned or (intervals[0][0], intervals[-1][1])
    return PartCard(
        name=name,
        title=text.title,
        file=file.relative_to(folder).as_posix(),
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        size=config.picture_size or config.network.size,
        sigma_min=low,
        sigma_max=high,
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        about=f"{text.about} {history}",
        weaker=text.weaker,
    )


def trained(name: str, told: Mapping[str, Run], parts: Collection[str] = ()) -> str:
    """One sentence on how much a run has seen, and one on each run that it was started from, as far as one of `parts`.

    The root of a tree is a copy of the run of its name, and told as that.
    """
    tree = name.rpartition("/")[0]
    said = f"Trained on {amount(told[name].folder)}."
    while (parent := told[name].config.start_from) is not None:
        beside = f"{tree}/{parent}"
        is_root = beside not in told or told[beside].config.start_from is None
        name, tree = (parent, "") if is_root and parent in told else (beside, tree)
        if name in parts:
            return f"{said} It began as {parent}."
        said += f" It began as {parent}, trained on {amount(told[name].folder)}."
    return said


def amount(run: Path) -> str:
    """How much one run has seen."""
    state = read_state(run)
    if state.pictures == 0:
        raise TrainingError(f"{run}: nothing is trained there. Train this part first.")
    return f"{state.pictures:,} pictures in {state.seconds / 60:.0f} minutes on {state.device}"


class PartText(msgspec.Struct, frozen=True):
    """What the card says of a part. `owned`: the (low, high) sigmas it is used for, where it was trained on more.

    `weaker`: it is there for guidance to lead away from.
    `run`: the run that it is made of, as `runs_of` names it; None for that of the part's own name.
    """

    title: str
    about: str
    owned: tuple[float, float] | None = None
    run: str | None = None
    weaker: bool = False


class CardText(msgspec.Struct, frozen=True):
    """The hand-written half of a model card (`card.toml`)."""

    name: str
    title: str
    about: str
    licence: str
    trained: str
    default_weight: float
    parts: dict[str, PartText]
    default_guidance: float = 3.0


def export(runs: Path, configs: Path, folder: Path, words: dict[str, tuple[str, ...]]) -> ModelCard:
    """Write every part that `card.toml` names, the encoders and the card into `folder`."""
    text, told = read_toml(configs / CARD_TEXT, CardText), runs_of(configs, runs)
    parts = [export_part(name, text.parts, told, folder) for name in text.parts]
    for encoder in ("clip", "t5"):
        shutil.copytree(runs / "encoders" / encoder, folder / encoder, dirs_exist_ok=True)
    card = ModelCard(
        name=text.name, title=text.title, about=text.about, licence=text.licence, trained=text.trained,
        default_weight=text.default_weight, parts=tuple(parts), words=words,
        figures=measured(RESOURCES / "docs" / "results", folder / "judge" / JUDGE_CARD),
        default_guidance=text.default_guidance,
    )  # fmt: skip
    (folder / CARD).write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=1))
    (folder / "README.md").write_text(page(card), encoding="utf-8")
    return card


def export_part(name: str, texts: Mapping[str, PartText], told: Mapping[str, Run], folder: Path) -> PartCard:
    """Write the part `name` of `texts` from its run, one of those `told`, and return its card.

    Raises:
        TrainingError: there is no such run, or nothing is trained in it.
    """
    source = texts[name].run or name
    if source not in told:
        raise TrainingError(f"part {name!r}: there is no run {source!r} in the configurations. Correct `run`.")
    others = {text.run or other for other, text in texts.items() if other != name}
    run = told[source]
    return write_part(name, run.config, run.place, folder, texts[name], trained(source, told, others))


def vocabulary_words(vocabulary: Vocabulary = VOCABULARY) -> dict[str, tuple[str, ...]]:
    """Every word of a drawn world by kind, synonyms included."""
    return {kind: tuple(word for entry in vocabulary.entries(kind) for word in entry.words) for kind in WORD_KINDS}


def main() -> None:
    """Export the small model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=RESOURCES / "storybook")
    parser.add_argument("--configs", type=Path, default=RESOURCES / "configs" / "small")
    arguments = parser.parse_args()
    card = export(arguments.runs, arguments.configs, arguments.folder, vocabulary_words())
    Encoders.load(arguments.folder)
    for part in card.parts:
        print(f"{part.name}: {part.parameters:,} parameters, sigma {part.sigma_min:g} to {part.sigma_max:g}")


if __name__ == "__main__":
    main()
