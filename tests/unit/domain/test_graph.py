"""Order, cycles and neighbours of datasets that are made from each other."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.graph import Graph, cycle, downstream, ordered, upstream

NAMES = "abcdef"
GRAPHS = st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from([*NAMES, "source"]), max_size=3))


def reached(graph: Graph, start: str) -> set[str]:
    """What a dataset is made from, directly or not."""
    found: set[str] = set()
    edge = set(graph.get(start, ()))
    while edge - found:
        found |= edge
        edge = {near for name in edge for near in graph.get(name, ())}
    return found


@given(GRAPHS)
def test_a_cycle_is_told_where_there_is_one_and_each_stands_behind_what_it_reads(graph: dict[str, set[str]]) -> None:
    found = cycle(graph)
    assert bool(found) == any(name in reached(graph, name) for name in graph)
    if found:
        assert found[0] == found[-1] == min(found)
        assert all(before in graph[after] for before, after in pairwise(found))
        return
    order = ordered(graph)
    assert sorted(order) == sorted(graph)
    for place, name in enumerate(order):
        assert not graph[name] & set(order[place:])


@given(GRAPHS, st.sampled_from(NAMES))
def test_upstream_is_what_it_is_made_from_and_downstream_the_other_way_round(
    graph: dict[str, set[str]], name: str
) -> None:
    made_from = (reached(graph, name) & graph.keys()) | {name}
    assert upstream(graph, [name]) == made_from
    assert downstream(graph, [name]) == {n for n in graph if name in reached(graph, n)} | {name}


def test_steps_bound_how_far_it_goes() -> None:
    graph = {"b": ["a"], "c": ["b"], "d": ["c"]}
    assert upstream(graph, ["d"], 1) == {"c", "d"}
    assert downstream(graph, ["a"], 2) == {"a", "b", "c"}
    assert downstream(graph, ["a"], 0) == {"a"}
