"""Turns finished runs into a model folder: float16 weights, network descriptions and the model card."""

from __future__ import annotations

import argparse
import hashlib
import shutil
from pathlib import Path

import msgspec

from engine.api.cards import ModelCard, PartCard
from engine.models.catalogue import CARD, RESOURCES
from engine.models.ediff.build import build_network
from engine.models.ediff.encoders import Encoders
from engine.models.weights import load_weights, save_weights
from engine.training.card_page import measured, page
from engine.training.checkpoint import AVERAGE, read_state
from engine.training.config import TrainingConfig, read_config, read_toml
from engine.training.errors import TrainingError
from engine.training.intervals import clipped
from engine.training.world.vocabulary import VOCABULARY, WORD_KINDS, Vocabulary

JUDGE_CARD = "judge.json"


def export_part(name: str, configs: Path, runs: Path, folder: Path, text: PartText) -> PartCard:
    """Write one run's averaged weights and network description, and return its card."""
    config = read_config(configs / f"{name}.toml")
    return write_part(config.name, config, runs, folder, text, trained(config, configs, runs))


def write_part(name: str, config: TrainingConfig, runs: Path, folder: Path, text: PartText, history: str) -> PartCard:
    """Write the run of `config` as the part `name`, and return its card, which ends with its `history`."""
    network = build_network(config.network)
    load_weights(network, runs / config.name / AVERAGE)
    file = folder / "parts" / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_weights(network.state_dict(), file)
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
    )


def trained(config: TrainingConfig, configs: Path, runs: Path) -> str:
    """One sentence on how much a run has seen, and one on each run that it was started from."""
    said = f"Trained on {amount(runs / config.name)}."
    while config.start_from is not None:
        config = read_config(configs / f"{config.start_from}.toml")
        said += f" It began as {config.name}, trained on {amount(runs / config.name)}."
    return said


def amount(run: Path) -> str:
    """How much one run has seen."""
    state = read_state(run)
    if state.pictures == 0:
        raise TrainingError(f"{run}: nothing is trained there. Train this part first.")
    return f"{state.pictures:,} pictures in {state.seconds / 60:.0f} minutes on {state.device}"


class PartText(msgspec.Struct, frozen=True):
    """What the card says of a part. `owned`: the (low, high) sigmas it is used for, where it was trained on more."""

    title: str
    about: str
    owned: tuple[float, float] | None = None


class CardText(msgspec.Struct, frozen=True):
    """The hand-written half of a model card (`card.toml`)."""

    name: str
    title: str
    about: str
    licence: str
    trained: str
    default_weight: float
    parts: dict[str, PartText]


def export(runs: Path, configs: Path, folder: Path, words: dict[str, tuple[str, ...]]) -> ModelCard:
    """Write every part that `card.toml` names, the encoders and the card into `folder`."""
    text = read_toml(configs / "card.toml", CardText)
    parts = [export_part(name, configs, runs, folder, part) for name, part in text.parts.items()]
    for encoder in ("clip", "t5"):
        shutil.copytree(runs / "encoders" / encoder, folder / encoder, dirs_exist_ok=True)
    card = ModelCard(
        name=text.name, title=text.title, about=text.about, licence=text.licence, trained=text.trained,
        default_weight=text.default_weight, parts=tuple(parts), words=words,
        figures=measured(RESOURCES / "docs" / "results", folder / "judge" / JUDGE_CARD),
    )  # fmt: skip
    (folder / CARD).write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=1))
    (folder / "README.md").write_text(page(card), encoding="utf-8")
    return card


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
