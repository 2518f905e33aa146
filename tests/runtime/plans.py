"""Plans by hand: what compile does, in little, so that the executor is tested apart from the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.api.plan import Plan, Source, Step, item_key, output_key, seed_key

Wires = Mapping[str, str | Sequence[str]]


class PlanBuilder:
    """Adds steps in order; a wire is written "node" (its port `value`) or "node.port"."""

    def __init__(self, module: str = "tests.runtime.toys") -> None:
        self._module = module
        self._steps: dict[str, Step] = {}

    def add(self, node: str, run: str, wires: Wires | None = None, *, keyed: bool = True, **facts: Any) -> PlanBuilder:
        """Add a step for `node`; `facts` are further fields of Step, or parameters under `params`."""
        params = facts.pop("params", {})
        inputs = {port: _sources(wire) for port, wire in (wires or {}).items()}
        seed = seed_key(run, 1, params, {}) if keyed else None
        parents = [(port, self._key_at(source)) for port, sources in inputs.items() for source in sources]
        self._steps[node] = Step(
            node=node,
            type=run,
            title=facts.pop("title", node.capitalize()),
            run=f"{self._module}:{run}",
            key=item_key(seed, parents),
            seed_key=seed,
            params=params,
            inputs=inputs,
            outputs=facts.pop("outputs", ("value",)),
            **facts,
        )
        return self

    def plan(self, *targets: str) -> Plan:
        """The plan for these targets (all steps stay in it, as long as the caller adds only what is before them)."""
        wanted = targets or (list(self._steps)[-1],)
        steps = (
            msgspec.structs.replace(step, target=True) if node in wanted else step for node, step in self._steps.items()
        )
        return Plan(tuple(steps), tuple(wanted))

    def _key_at(self, source: Source) -> str | None:
        return output_key(self._steps[source.node].key, source.port)


def _sources(wire: str | Sequence[str]) -> tuple[Source, ...]:
    names = (wire,) if isinstance(wire, str) else wire
    parts = (name.partition(".") for name in names)
    return tuple(Source(node, port or "value") for node, _, port in parts)
