"""Which steps of a plan are needed, and in what order they become ready.

The walk starts at the targets and goes up only where it must: a step whose result is kept asks for nothing before it,
and a lazy step asks for its chooser first and then for the chosen side alone. All walks are loops, so a plan may be as
deep as it is long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from engine.api.plan import Plan, Step


class State(Enum):
    """Where a needed step stands."""

    WAITING = "waiting"
    READY = "ready"
    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"


class Schedule:
    """The state of every needed step of one plan; steps not in `states` were never needed.

    `is_kept(step)`: its result is at hand without running it. `choose(step)`: the lazy ports that a lazy step wants,
    asked once its other inputs are there. `on_ready(step)` is called once for each step that must run.
    """

    def __init__(
        self,
        plan: Plan,
        is_kept: Callable[[Step], bool],
        choose: Callable[[Step], Iterable[str]],
        on_ready: Callable[[Step], None],
    ) -> None:
        self.steps = {step.node: step for step in plan.steps}
        self.states: dict[str, State] = {}
        self.culprits: dict[str, str] = {}
        self._is_kept = is_kept
        self._choose = choose
        self._on_ready = on_ready
        self._missing: dict[str, int] = {}
        self._waiters: dict[str, list[str]] = {}
        self._opened: set[str] = set()
        self._wanted: list[str] = []

    def need(self, nodes: Iterable[str]) -> None:
        """These steps are wanted, with all that they turn out to depend on."""
        self._wanted.extend(reversed(tuple(nodes)))
        self._work()

    def done(self, node: str) -> None:
        """The result of `node` is there."""
        self._settle(node)
        self._work()

    def failed(self, node: str) -> None:
        """`node` failed: everything that waits for it is blocked, nothing else."""
        self.states[node] = State.FAILED
        self._block_waiters(node, node)

    def _work(self) -> None:
        while self._wanted:
            node = self._wanted.pop()
            if node in self.states:
                continue
            step = self.steps[node]
            if self._is_kept(step):
                self._settle(node)
            else:
                self.states[node] = State.WAITING
                self._wait_for(step, _sources(step, frozenset(step.inputs).difference(step.lazy_ports)))

    def _wait_for(self, step: Step, sources: Iterable[str]) -> None:
        missing = 0
        for source in sources:
            state = self.states.get(source)
            if state in (State.FAILED, State.BLOCKED):
                self._block(step.node, self.culprits.get(source, source))
                return
            if state is not State.DONE:
                missing += 1
                self._waiters.setdefault(source, []).append(step.node)
                self._wanted.append(source)
        self._missing[step.node] = missing
        if missing == 0:
            self._arrived(step)

    def _arrived(self, step: Step) -> None:
        if step.lazy is not None and step.node not in self._opened:
            self._opened.add(step.node)
            self._wait_for(step, _sources(step, frozenset(self._choose(step))))
        else:
            self.states[step.node] = State.READY
            self._on_ready(step)

    def _settle(self, node: str) -> None:
        self.states[node] = State.DONE
        for waiter in self._waiters.pop(node, ()):
            if self.states[waiter] is State.WAITING:
                self._missing[waiter] -= 1
                if self._missing[waiter] == 0:
                    self._arrived(self.steps[waiter])

    def _block(self, node: str, culprit: str) -> None:
        self.states[node] = State.BLOCKED
        self.culprits[node] = culprit
        self._block_waiters(node, culprit)

    def _block_waiters(self, node: str, culprit: str) -> None:
        pending = [node]
        while pending:
            for waiter in self._waiters.pop(pending.pop(), ()):
                if self.states[waiter] is State.WAITING:
                    self.states[waiter] = State.BLOCKED
                    self.culprits[waiter] = culprit
                    pending.append(waiter)


def _sources(step: Step, ports: frozenset[str]) -> Iterable[str]:
    return dict.fromkeys(source.node for port, sources in step.inputs.items() if port in ports for source in sources)
