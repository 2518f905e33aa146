"""Walking a graph from what is wanted back to what it needs, without recursion: any length of chain is fine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """Nodes such that each comes after all it needs, and the cycles that had to be cut for that.

    A cycle lists its nodes in the direction of the wires; its last node feeds its first.
    """

    nodes: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]


def order_from(targets: Iterable[str], needs: Callable[[str], Iterable[str]]) -> Order:
    """Walk depth first from `targets` over what each node `needs`, each node and each need once.

    Of cycles that share nodes only the first is told: cutting that one may cut the others too.
    """
    walk = _Walk(needs)
    for target in targets:
        walk.visit(target)
    return Order(tuple(walk.done), tuple(walk.cycles))


class _Walk:
    def __init__(self, needs: Callable[[str], Iterable[str]]) -> None:
        self.needs = needs
        self.done: dict[str, None] = {}
        self.cycles: list[tuple[str, ...]] = []
        self._told: set[str] = set()

    def visit(self, target: str) -> None:
        if target in self.done:
            return
        path: dict[str, Iterator[str]] = {target: iter(self.needs(target))}
        stack = [target]
        while stack:
            node = stack[-1]
            for need in path[node]:
                if need in path:
                    self._tell(stack, need)
                elif need not in self.done:
                    path[need] = iter(self.needs(need))
                    stack.append(need)
                    break
            else:
                self.done[node] = None
                del path[stack.pop()]

    def _tell(self, stack: list[str], start: str) -> None:
        if start in self._told or stack[-1] in self._told:
            return
        cycle = stack[stack.index(start) :]
        if self._told.isdisjoint(cycle):
            self._told.update(cycle)
            self.cycles.append(tuple(reversed(cycle)))
