"""Writes a trained family as a model folder with its card."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from engine.api.cards import ModelCard
from engine.models.catalogue import CARD
from engine.training.card_page import page
from engine.training.config import TrainingConfig, read_toml
from engine.training.export import PartText, amount, vocabulary_words, write_part
from engine.training.family_choice import Chosen
from engine.training.family_judge import FILES, FamilyJudgeCard
from engine.training.family_plan import FamilyPlan, Grown
from engine.training.world.kinds import KINDS

AGAIN = "`python -m engine.training.family --runs RUNS --minutes 25 --device cuda`."


class FamilyPartText(PartText, frozen=True, forbid_unknown_fields=True):
    """What the card says of a part, and the run it is made of, TREE/MODEL."""

    run: str


class FamilyCardText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hand-written half of the card."""

    name: str
    title: str
    about: str
    licence: str
    trained: str
    default_weight: float
    parts: dict[str, FamilyPartText]


def export_family(plan: FamilyPlan, chosen: Chosen, runs: Path, folder: Path) -> ModelCard:
    """Write parts, encoders, judge and card of the runs in `runs` into `folder`."""
    text = read_toml(plan.card, FamilyCardText)
    parts = []
    for name, part in text.parts.items():
        tree, config = _run(plan, chosen, part.run)
        place = runs / tree.folder
        parts.append(write_part(name, config, place, folder, part, _history(tree, config, place)))
    for name in ("clip", "t5", "judge"):
        shutil.copytree(runs / ("judge" if name == "judge" else f"encoders/{name}"), folder / name, dirs_exist_ok=True)
    card = ModelCard(
        name=text.name, title=text.title, about=text.about, licence=text.licence, trained=text.trained,
        default_weight=text.default_weight, parts=tuple(parts),
        words=vocabulary_words(KINDS[plan.world].kit.vocabulary), figures=_figures(chosen, runs / "judge"),
    )  # fmt: skip
    (folder / CARD).write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=1))
    (folder / "README.md").write_text(page(card, AGAIN), encoding="utf-8")
    return card


def _run(plan: FamilyPlan, chosen: Chosen, name: str) -> tuple[Grown, TrainingConfig]:
    """The run that "TREE/MODEL" or "MODEL" names; in the tree of the choice, "high" and "middle" are the chosen."""
    folder, _, model = name.rpartition("/")
    if folder == plan.choice.tree:
        model = {"high": chosen.high, "middle": chosen.middle}.get(model, model)
    for tree in plan.trees:
        for config in tree.runs:
            if (tree.folder, config.name) == (folder, model):
                return tree, config
    raise ValueError(f"{plan.card}: there is no run {name!r} in the trees of {plan.name!r}; correct `run`.")


def _history(tree: Grown, config: TrainingConfig, runs: Path) -> str:
    """How much a run has seen, and the runs it comes from."""
    configs = {run.name: run for run in tree.runs}
    said = f"Trained on {amount(runs / config.name)}."
    while config.start_from is not None:
        config = configs[config.start_from]
        said += f" It began as {config.name}, trained on {amount(runs / config.name)}."
    return said


def _figures(chosen: Chosen, judge: Path) -> dict[str, float]:
    card = msgspec.json.decode((judge / FILES[1]).read_bytes(), type=FamilyJudgeCard)
    figures = {f"held-out loss, {name} over the shared model's": loss / chosen.shared
               for name, loss in chosen.losses.items()}  # fmt: skip
    told = msgspec.structs.asdict(card)
    kinds = ("presence", "invented", "count", "colour", "relation", "style", "background")
    return figures | {f"judge: {kind} on held-out renders": told[kind] for kind in kinds}
