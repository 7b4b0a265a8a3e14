from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.network.graph import Graph

edges = st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=4))


def reachable(waits_for: dict[str, list[str]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = [one for one in waits_for[start] if one in waits_for]
    while ahead:
        node = ahead.pop()
        if node not in found:
            found.add(node)
            ahead += [one for one in waits_for[node] if one in waits_for]
    return found


@given(waits_for=edges)
def test_a_cycle_holds_exactly_the_nodes_that_reach_each_other(waits_for: dict[str, list[str]]) -> None:
    reach = {node: reachable(waits_for, node) for node in waits_for}
    groups = {
        tuple(sorted({node} | {o for o in reach[node] if node in reach[o]}))
        for node in waits_for
        if any(o != node and node in reach[o] for o in reach[node])
    }
    assert Graph.of(waits_for).cycles() == tuple(sorted(groups))


@given(waits_for=edges)
def test_without_its_cycles_everything_follows_what_it_waits_for(waits_for: dict[str, list[str]]) -> None:
    graph = Graph.of(waits_for)
    graph = graph.without(node for group in graph.cycles() for node in group)
    place = {node: n for n, node in enumerate(graph.order())}
    assert set(place) == set(graph.before)
    assert all(place[one] < place[node] for node, ones in graph.before.items() for one in ones)


def test_a_cycle_has_no_order() -> None:
    with pytest.raises(ValueError, match="waits for itself"):
        Graph.of({"a": ["b"], "b": ["a"]}).order()


def test_a_chain_of_thousands_is_no_recursion() -> None:
    chain = Graph.of({f"{n:05}": [f"{n - 1:05}"] if n else [] for n in range(5000)})
    assert chain.cycles() == ()
    assert chain.order()[-1] == "04999"
