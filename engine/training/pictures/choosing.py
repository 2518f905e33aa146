"""Which sample comes when: a shuffled order for every epoch, read without the broken ones, in any number of processes.

The samples of a run are numbered; number n is the same sample whoever asks for it and whenever. So micro-batches can be
dealt out to processes, and a run that was stopped goes on where it was.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from engine.training.errors import TrainingError
from engine.training.pictures.reading import Read, read_sample
from engine.training.pictures.samples import BrokenSampleError, Sample

log = logging.getLogger(__name__)
THREADS = 8
MOST_IN_A_ROW = 200


class Chooser:
    """Reads samples by number; broken ones are replaced by others, named in the log once and counted in `skipped`."""

    def __init__(
        self, samples: Sequence[Sample], *, seed: int, shuffle: int, smallest: int, stored: bool = False
    ) -> None:
        """Choose among `samples`; see `read_sample` for `smallest` and `stored`, `epoch_order` for the others."""
        self._samples, self._seed, self._smallest, self._stored = samples, seed, smallest, stored
        sources = [list(group) for _, group in itertools.groupby(range(len(samples)), lambda i: samples[i].source)]
        self._order = lru_cache(maxsize=2)(lambda epoch: epoch_order(sources, shuffle, seed, epoch))
        self._pool = ThreadPoolExecutor(THREADS)
        self._broken: set[int] = set()
        self._lock = Lock()

    @property
    def skipped(self) -> int:
        """How many samples were found broken so far."""
        return len(self._broken)

    def read(self, first: int, count: int) -> list[Read]:
        """Samples number `first` to `first + count - 1`.

        Raises:
            TrainingError: very many in a row are broken.
        """
        return list(self._pool.map(self._number, range(first, first + count)))

    def _number(self, number: int) -> Read:
        epoch, at = divmod(number, len(self._samples))
        chosen = int(self._order(epoch)[at])
        others = np.random.default_rng((self._seed, number))
        for _ in range(MOST_IN_A_ROW):
            if chosen not in self._broken:
                try:
                    return read_sample(self._samples[chosen], self._smallest, self._stored)
                except BrokenSampleError as error:
                    self._leave_out(chosen, error)
            chosen = int(others.integers(len(self._samples)))
        raise TrainingError(
            f"{self._samples[0].source}: {MOST_IN_A_ROW} samples in a row cannot be used ({self.skipped} in all); "
            "the lines above say why."
        )

    def _leave_out(self, chosen: int, error: BrokenSampleError) -> None:
        with self._lock:
            if chosen not in self._broken:
                self._broken.add(chosen)
                log.warning("%s (%d so far)", error, self.skipped)


def epoch_order(sources: Sequence[Sequence[int]], shuffle: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """Numbers of the samples in an epoch's order: sources shuffled whole, then every sample moved by up to `shuffle`.

    This is a shuffle buffer that needs no memory: reading stays near to one place of few shards.
    """
    rng = np.random.default_rng((seed, epoch))
    in_turn = np.concatenate([np.asarray(sources[i], dtype=np.int64) for i in rng.permutation(len(sources))])
    moved = np.arange(len(in_turn)) + rng.uniform(0.0, shuffle + 1e-9, len(in_turn))
    return in_turn[np.argsort(moved, kind="stable")]
