"""Writes a trained family as a model folder with its card.

``python -m engine.training.family_export --runs RUNS`` makes it the model that comes with the program: it is written
beside `resources/storybook`, checked, and takes that folder's place only when all is well.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import msgspec

from engine.api.cards import ModelCard
from engine.api.shipped import SHIPPED
from engine.models.catalogue import CARD, RESOURCES, Catalogue
from engine.training.card_page import page
from engine.training.config import TrainingConfig, read_toml
from engine.training.errors import TrainingError
from engine.training.export import PartText, amount, vocabulary_words, write_part
from engine.training.family_choice import CHOSEN, Chosen
from engine.training.family_judge import FILES, FamilyJudgeCard
from engine.training.family_plan import FamilyPlan, Grown, read_family
from engine.training.records import read_record
from engine.training.world.family.captions import words_beside
from engine.training.world.kinds import KINDS, Name

AGAIN = """```
python -m engine.training.family --runs RUNS
python -m engine.training.family_export --runs RUNS
```

The configurations are in `resources/configs/family`; `--minutes 25 --batches 8 --device cuda` suits a large GPU."""

PLAN = RESOURCES / "configs" / "family" / "plan.toml"
MIB = 2**20
LARGEST_FILE, LARGEST_MODEL = 16 * MIB, 34 * MIB
"""What comes with the program is fetched with it: bytes of one file, and of all that draws (the judge only reads)."""


class FamilyPartText(PartText, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the card says of a part, and the run it is made of, TREE/MODEL."""

    run: str


class FamilyCardText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hand-written half of the card; a model's name is that of its folder."""

    title: str
    about: str
    licence: str
    trained: str
    default_weight: float
    parts: dict[str, FamilyPartText]
    default_guidance: float = 3.0


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
        name=folder.name, title=text.title, about=text.about, licence=text.licence, trained=text.trained,
        default_weight=text.default_weight, parts=tuple(parts),
        words=_words(plan.world), figures=_figures(chosen, runs / "judge"), default_guidance=text.default_guidance,
    )  # fmt: skip
    (folder / CARD).write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=1))
    (folder / "README.md").write_text(page(card, AGAIN), encoding="utf-8")
    return card


def _words(world: Name) -> dict[str, tuple[str, ...]]:
    return vocabulary_words(KINDS[world].kit.vocabulary) | (words_beside() if world == "family" else {})


def _run(plan: FamilyPlan, chosen: Chosen, name: str) -> tuple[Grown, TrainingConfig]:
    """The run that "TREE/MODEL" or "MODEL" names; in the tree of the choice, "high" and "middle" are the chosen."""
    folder, _, model = name.rpartition("/")
    if folder == plan.choice.tree:
        model = {"high": chosen.high, "middle": chosen.middle}.get(model, model)
    for tree in plan.trees:
        for config in tree.runs:
            if (tree.folder, config.name) == (folder, model):
                return tree, config
    raise TrainingError(f"{plan.card}: there is no run {name!r} in the trees of {plan.name!r}. Correct `run`.")


def _history(tree: Grown, config: TrainingConfig, runs: Path) -> str:
    """How much a run has seen, and the runs it comes from."""
    configs = {run.name: run for run in tree.runs}
    said = f"Trained on {amount(runs / config.name)}."
    while config.start_from is not None:
        config = configs[config.start_from]
        said += f" It began as {config.name}, trained on {amount(runs / config.name)}."
    return said


def _figures(chosen: Chosen, judge: Path) -> dict[str, float]:
    card = read_record(judge / FILES[1], FamilyJudgeCard)
    figures = {f"held-out loss, {name} over the shared model's": loss / chosen.shared
               for name, loss in chosen.losses.items()}  # fmt: skip
    told = msgspec.structs.asdict(card)
    kinds = ("presence", "invented", "count", "colour", "relation", "style", "background")
    return figures | {f"judge: {kind} on held-out renders": told[kind] for kind in kinds}


def ship(plan: FamilyPlan, runs: Path, folder: Path) -> ModelCard:
    """Write the finished family in `runs` as the model `folder`, in whose place it comes.

    Raises:
        TrainingError: the family is not finished, or larger than what comes with a program may be.
        ModelFileError: what was written does not load.
    """
    if not (runs / CHOSEN).is_file():
        raise TrainingError(f"{runs}: this family is not finished; go on with python -m engine.training.family.")
    chosen = msgspec.json.decode((runs / CHOSEN).read_bytes(), type=Chosen)
    fresh, old = (folder.with_name(f".{folder.name}.{state}") / folder.name for state in ("new", "old"))
    for place in (fresh, old):
        shutil.rmtree(place.parent, ignore_errors=True)
    card = export_family(plan, chosen, runs, fresh)
    _check_sizes(fresh)
    for part in card.parts:
        Catalogue(fresh.parent).load_part(folder.name, part.name, "cpu")
    if folder.exists():
        old.parent.mkdir()
        folder.rename(old)
    fresh.rename(folder)
    for place in (fresh, old):
        shutil.rmtree(place.parent, ignore_errors=True)
    return card


def _check_sizes(folder: Path) -> None:
    sizes = {file: file.stat().st_size for file in folder.rglob("*.safetensors")}
    largest = max(sizes, key=lambda file: sizes[file])
    if sizes[largest] >= LARGEST_FILE:
        raise TrainingError(f"{largest}: {sizes[largest] / MIB:.1f} MiB, and a file may have {LARGEST_FILE // MIB}")
    drawing = sum(size for file, size in sizes.items() if file.parent != folder / "judge")
    if drawing > LARGEST_MODEL:
        raise TrainingError(f"{folder}: {drawing / MIB:.1f} MiB, and what draws may have {LARGEST_MODEL // MIB}")


def main() -> None:
    """Make a finished family the model that comes with the program."""
    parser = argparse.ArgumentParser(description="Make a finished family the model that comes with the program.")
    parser.add_argument("--runs", type=Path, required=True, help="what engine.training.family was given")
    parser.add_argument("--plan", type=Path, default=PLAN)
    parser.add_argument("--folder", type=Path, default=RESOURCES / SHIPPED, help="the model's folder, to be replaced")
    told = parser.parse_args()
    card = ship(read_family(told.plan), told.runs, told.folder)
    for part in card.parts:
        print(f"{part.name}: {part.size} px, sigma {part.sigma_min:g} to {part.sigma_max:g}, {part.parameters:,}")
    print("Now: python -m nodes.specs > resources/docs/nodes.md && python -m app.examples")


if __name__ == "__main__":
    main()
