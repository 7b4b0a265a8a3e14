"""A graph of what waits for what: its cycles, and an order in which everything follows what it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes with the nodes each waits for, and with those that wait for it; an edge to an unknown node is not here."""

    before: Mapping[str, tuple[str, ...]]
    after: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, waits_for: Mapping[str, Iterable[str]]) -> Graph:
        """Make the graph; waiting for itself or twice for the same says nothing."""
        before = {node: tuple(sorted({one for one in ones if one in waits_for and one != node}))
                  for node, ones in sorted(waits_for.items())}  # fmt: skip
        after: dict[str, list[str]] = {node: [] for node in before}
        for node, ones in before.items():
            for one in ones:
                after[one].append(node)
        return cls(before, {node: tuple(ones) for node, ones in after.items()})

    def without(self, nodes: Iterable[str]) -> Graph:
        """Leave nodes out, with their edges."""
        gone = set(nodes)
        return Graph.of({node: ones for node, ones in self.before.items() if node not in gone})

    def order(self) -> tuple[str, ...]:
        """List the nodes so that each follows what it waits for; ``ValueError`` where there is a cycle."""
        waiting = {node: len(ones) for node, ones in self.before.items()}
        ready = sorted((node for node, count in waiting.items() if count == 0), reverse=True)
        found = []
        while ready:
            node = ready.pop()
            found.append(node)
            for one in self.after[node]:
                waiting[one] -= 1
                if waiting[one] == 0:
                    ready.append(one)
        if len(found) < len(waiting):
            raise ValueError("the work waits for itself; leave its cycles out first")
        return tuple(found)

    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """Return the groups of nodes that wait for each other: strongly connected components of two or more."""
        return tuple(sorted(tuple(sorted(group)) for group in _components(self.after) if len(group) > 1))


def _components(successors: Mapping[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Yield the strongly connected components (Tarjan 1972), without recursion."""
    place: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in successors:
        if root in place:
            continue
        place[root] = low[root] = len(place)
        stack.append(root)
        on_stack.add(root)
        path = [(root, iter(successors[root]))]
        while path:
            node, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == place[node]:
                    yield _popped(stack, on_stack, node)
            elif following not in place:
                place[following] = low[following] = len(place)
                stack.append(following)
                on_stack.add(following)
                path.append((following, iter(successors[following])))
            elif following in on_stack:
                low[node] = min(low[node], place[following])


def _popped(stack: list[str], on_stack: set[str], last: str) -> list[str]:
    group = []
    while True:
        node = stack.pop()
        on_stack.discard(node)
        group.append(node)
        if node == last:
            return group
