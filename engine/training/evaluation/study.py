"""What an evaluation works with: a model's folder, and all that is read from it when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from engine.api.cards import ModelCard
from engine.api.shipped import SHIPPED
from engine.models.catalogue import RESOURCES, Catalogue
from engine.models.ediff.encoders import Encoders
from engine.models.storybook import StorybookDenoiser
from engine.training.evaluation.drafts import Drafting
from engine.training.evaluation.eyes import Eye, load_judge
from engine.training.evaluation.layout import Progress
from engine.training.evaluation.parts import Parts, parts_of, world_of
from engine.training.evaluation.setting import Setting, setting_of
from engine.training.evaluation.storybook import Recipe, Storybook

SHIPPED_FOLDER = RESOURCES / SHIPPED
RECIPE = Recipe()


def quiet(done: int, total: int, text: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Study:
    """The model in `folder`; `experts` draw in place of those that its card tells, where there are any."""

    folder: Path = SHIPPED_FOLDER
    recipe: Recipe = RECIPE
    progress: Progress = quiet
    experts: tuple[str, ...] = ()

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.folder.parent)

    @cached_property
    def card(self) -> ModelCard:
        """Raises ModelError where there is no card, or it is damaged."""
        return self.catalogue.card(self.folder.name)

    @cached_property
    def parts(self) -> Parts:
        """Raises ModelFileError where the card lacks what evaluations need."""
        told = parts_of(self.folder, self.card)
        return replace(told, experts=self.experts) if self.experts else told

    @cached_property
    def setting(self) -> Setting:
        """The world that the model knows."""
        return setting_of(world_of(self.folder, self.card))

    @cached_property
    def judge(self) -> Eye:
        """The model's own judge."""
        return load_judge(self.folder, self.setting.name)

    @cached_property
    def encoders(self) -> Encoders:
        return Encoders.load(self.folder)

    @cached_property
    def base(self) -> StorybookDenoiser:
        """The shared model."""
        return self.part(self.parts.shared)

    @cached_property
    def drafting(self) -> Drafting:
        return Drafting(self.base.native_size, self.recipe.device, self.progress, self.recipe.precision)

    @cached_property
    def storybook(self) -> Storybook:
        """The whole model, for finished pictures."""
        return Storybook.load(self.folder, self.parts, self.recipe)

    def part(self, name: str) -> StorybookDenoiser:
        """One loaded part."""
        return self.catalogue.load_part(self.folder.name, name, self.recipe.device)

    def loaded(self, names: Sequence[str]) -> list[StorybookDenoiser]:
        """The named parts, loaded."""
        return [self.part(name) for name in names]
