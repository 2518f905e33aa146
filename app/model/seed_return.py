"""The seed of a cancelled run gives way to the one before it: what is shown is what the last picture grew from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.model import edits
from app.model.face import face_of
from app.model.job import Job, JobState
from app.model.seeds import current_seed
from app.model.session import Session
from nodes.registry import Registry


@dataclass
class _Press:
    """One press of Generate. `seeds`: those of its jobs in order; `unfinished` and `used` are places in it."""

    before: int
    seeds: tuple[int, ...]
    unfinished: dict[int, int]
    used: list[int] = field(default_factory=list)

    @property
    def seed(self) -> int:
        """The seed to show when all of it is over."""
        return self.seeds[max(self.used)] if self.used else self.before


class SeedReturn:
    """Follows the presses of Generate in one document, latest last, until one of them has used its seed."""

    def __init__(self, session: Session, registry: Registry) -> None:
        self._session, self._registry = session, registry
        self._presses: list[_Press] = []

    def pressed(self, before: int | None, seeds: Sequence[int], jobs: Sequence[int]) -> None:
        """`jobs` were asked for with the first of `seeds`, the last of which is shown now instead of `before`."""
        if before is not None and seeds:
            unfinished = {job: place for place, job in enumerate(jobs)}
            self._presses.append(_Press(before, tuple(seeds), unfinished))
            self._look_back()

    def finished(self, job: Job) -> None:
        """A job is over. One that was cancelled without a picture has not used its seed."""
        for press in self._presses:
            place = press.unfinished.pop(job.id, None)
            if place is not None and (job.state is not JobState.CANCELLED or job.pictures):
                press.used.append(place)
        self._look_back()

    def _look_back(self) -> None:
        while self._presses and not self._presses[-1].unfinished:
            press = self._presses.pop()
            if current_seed(self._session, self._registry) == press.seeds[-1]:
                self._show(press.seed)
            if press.used:
                self._presses.clear()

    def _show(self, seed: int) -> None:
        """As part of the edit that showed the other one, where that is the last; never where it would cost a redo."""
        session, place = self._session, face_of(self._session.document, self._registry).seed
        if place is None or session.undone or all(entry.merge_key != ("seed", place) for entry in session.done):
            return
        changed = edits.set_parameter(session.document, place.node, place.port, seed)
        session.apply("New seed", changed, merge_key=("seed", place))
        session.settle(seal=False)
