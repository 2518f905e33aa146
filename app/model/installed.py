"""The models that are installed, followed while they come and go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from app.model.model_cards import Models, read_models
from app.model.signal import Signal
from engine.api.model_folders import ModelWatch


class InstalledModels:
    """The models in some folders; `latest` looks, which takes less than a millisecond, before it answers."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Nothing is read before it is asked for."""
        self.changed: Signal[Models] = Signal()
        """Models came, went or were replaced; those that there are now."""
        self._folders = tuple(folders)
        self._watch: ModelWatch | None = None
        self._models = Models({})

    def latest(self) -> Models:
        """The models that there are now."""
        if self._watch is None:
            self._watch = ModelWatch(self._folders)
            self._models = read_models(self._folders)
        elif self._watch.changed():
            self._models = read_models(self._folders)
            self.changed.emit(self._models)
        return self._models
