"""Which models are loaded: lent while they are used, kept while there is room, let go least recently used first."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.api.errors import NodeError
from engine.api.messages import ModelChanged
from engine.runtime.ready import References

# How many changes the log remembers.
LONGEST_LOG = 1000


class LoadPart(Protocol):
    """Loads the named part of a model onto a device, as `engine.models.catalogue` does."""

    def __call__(self, model: str, part: str, device: str) -> object: ...


@dataclass
class _Resident:
    model: object
    weights: Mapping[int, int]
    borrowers: int = 0


@dataclass(frozen=True)
class Lender:
    """The models of one device, as nodes see them."""

    residency: Residency
    device: str

    def borrow(self, reference: str) -> contextlib.AbstractContextManager[object]:
        """The part named "model/part", which stays loaded until the `with` block ends."""
        return self.residency.borrow(reference, self.device)


class Residency:
    """Loaded models of all devices. `budget(device)` is in bytes; what is borrowed is never let go, even above it.

    `on_change` hears of every change, in the thread that caused it; the newest are kept in `log`.
    """

    def __init__(
        self, load: LoadPart, budget: Callable[[str], int], on_change: Callable[[ModelChanged], None] = lambda _: None
    ) -> None:
        self.log: deque[ModelChanged] = deque(maxlen=LONGEST_LOG)
        self._load = load
        self._budget = budget
        self._on_change = on_change
        self._residents: OrderedDict[tuple[str, str], _Resident] = OrderedDict()
        self._known_sizes: dict[tuple[str, str], int] = {}
        self._lock = threading.RLock()

    def on(self, device: str) -> Lender:
        """The models of one device."""
        return Lender(self, device)

    @contextlib.contextmanager
    def borrow(self, reference: str, device: str) -> Iterator[object]:
        """Lend the part named "model/part" on `device`, loaded where needed. NodeError for a name of no such form."""
        place = (reference, device)
        with self._lock:
            resident = self._residents.get(place) or self._bring(place)
            self._residents.move_to_end(place)
            resident.borrowers += 1
            self._tell("borrowed", place, resident)
        try:
            yield resident.model
        finally:
            with self._lock:
                resident.borrowers -= 1
                self._tell("returned", place, resident)
                self._make_room(device, 0)

    def is_resident(self, references: References) -> bool:
        """Whether all of these are loaded, on whatever device."""
        loaded = {reference for reference, _ in self._residents}
        return references <= loaded

    def size(self, device: str) -> int:
        """Bytes of weights on `device`; what models share counts once."""
        weights: dict[int, int] = {}
        for (_, where), resident in self._residents.items():
            if where == device:
                weights.update(resident.weights)
        return sum(weights.values())

    def let_go(self) -> None:
        """Unload everything that is not borrowed now."""
        with self._lock:
            for place in [place for place, resident in self._residents.items() if not resident.borrowers]:
                self._evict(place)

    def _bring(self, place: tuple[str, str]) -> _Resident:
        reference, device = place
        model, slash, part = reference.rpartition("/")
        if not slash:
            raise NodeError(f"{reference!r} names no part of a model.", 'Write it as "model/part".')
        self._make_room(device, self._known_sizes.get(place, 0))
        begun = time.perf_counter()
        loaded = self._load(model, part, device)
        resident = self._residents[place] = _Resident(loaded, weights_of(loaded), borrowers=1)
        self._known_sizes[place] = sum(resident.weights.values())
        self._tell("loaded", place, resident, time.perf_counter() - begun)
        self._make_room(device, 0)
        resident.borrowers = 0
        return resident

    def _make_room(self, device: str, wanted: int) -> None:
        budget = self._budget(device) - wanted
        idle = [place for place, resident in self._residents.items() if place[1] == device and not resident.borrowers]
        for place in idle:
            if self.size(device) <= budget:
                return
            self._evict(place)

    def _evict(self, place: tuple[str, str]) -> None:
        resident = self._residents.pop(place)
        self._tell("evicted", place, resident)

    def _tell(self, change: str, place: tuple[str, str], resident: _Resident, seconds: float = 0.0) -> None:
        event = ModelChanged(change, place[0], place[1], sum(resident.weights.values()), seconds)
        self.log.append(event)
        self._on_change(event)


def references_of(value: Any) -> References:
    """The models that a wired value leads to: a denoiser names its model and part, an ensemble has members that do."""
    members = getattr(value, "members", None)
    if isinstance(members, tuple):
        return frozenset().union(*map(references_of, members))
    model, part = getattr(value, "model", None), getattr(value, "part", None)
    return frozenset({f"{model}/{part}"}) if isinstance(model, str) and isinstance(part, str) else frozenset()


def weights_of(model: object) -> dict[int, int]:
    """Bytes by address of all parameters and buffers of the torch modules that `model` is or holds."""
    weights: dict[int, int] = {}
    for module in _modules(model):
        for tensor in (*module.parameters(), *module.buffers()):
            storage = tensor.untyped_storage()
            weights[storage.data_ptr()] = storage.nbytes()
    return weights


def _modules(model: Any) -> Iterator[Any]:
    if hasattr(model, "parameters") and hasattr(model, "buffers"):
        yield model
    elif hasattr(model, "__dict__"):
        for held in vars(model).values():
            if hasattr(held, "parameters") and hasattr(held, "buffers"):
                yield held
