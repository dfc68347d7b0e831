"""Which datasets are made from which: order, cycles, and what lies up- and downstream."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

Graph = Mapping[str, Collection[str]]
"""The datasets that each transform reads, by the dataset that it makes. Others are read only."""


def ordered(graph: Graph) -> tuple[str, ...]:
    """The transforms, each behind those that it reads from; among equals by name. There must be no cycle."""
    sorter = TopologicalSorter({name: sorted(set(inputs) & graph.keys()) for name, inputs in sorted(graph.items())})
    sorter.prepare()
    told: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        told += ready
        sorter.done(*ready)
    return tuple(told)


def cycle(graph: Graph) -> tuple[str, ...]:
    """Datasets that are made from each other, each from the one before it, the first again at the end; empty where
    there is no such thing."""
    try:
        TopologicalSorter({name: set(inputs) & graph.keys() for name, inputs in graph.items()}).prepare()
    except CycleError as error:
        found = list(error.args[1])
        start = found.index(min(found))
        return (*found[start:-1], *found[:start], found[start])
    return ()


def upstream(graph: Graph, names: Iterable[str], steps: int | None = None) -> frozenset[str]:
    """These transforms and those from which they are made, at most `steps` away."""
    return _reached({name: set(inputs) & graph.keys() for name, inputs in graph.items()}, names, steps)


def downstream(graph: Graph, names: Iterable[str], steps: int | None = None) -> frozenset[str]:
    """These datasets and the transforms that are made from them, at most `steps` away."""
    made: dict[str, set[str]] = {}
    for name, inputs in graph.items():
        for input_ in inputs:
            made.setdefault(input_, set()).add(name)
    return _reached(made, names, steps)


def _reached(edges: Graph, names: Iterable[str], steps: int | None) -> frozenset[str]:
    found = edge = set(names)
    taken = 0
    while edge and (steps is None or taken < steps):
        edge = {near for name in edge for near in edges.get(name, ())} - found
        found = found | edge
        taken += 1
    return frozenset(found)
