"""Lineage: which columns are made of which, as trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from attrs import field, frozen

Column = tuple[str, str]
"""A dataset and a column of it."""

DECLARED = "TRANSFORMATION"
"""How a column is made of another of which its author says no more than that it is."""


@frozen(order=True)
class ColumnSource:
    """`direct`: the column's values flow into the output. Else it only steers which values, rows or groups there are.

    `how` is OpenLineage's subtype.
    """

    dataset: str
    column: str
    direct: bool
    how: str

    def by(self, how: str, *, direct: bool = True) -> ColumnSource:
        """The same column, in another way."""
        return ColumnSource(self.dataset, self.column, direct, how)  # `evolve` takes thrice as long, for thousands


Flow: TypeAlias = frozenset[ColumnSource] | None
"""The columns that a value is made of; None where they are not known."""

Sources: TypeAlias = tuple[ColumnSource, ...] | None
"""A flow in order of dataset and column."""


@frozen
class Lineage:
    """What each column of a dataset is made of. What all of them have, of those that are known, stands once, under
    `shared`: mostly that is what steers which rows there are."""

    columns: Mapping[str, Sources] = field(factory=dict, hash=False)
    shared: tuple[ColumnSource, ...] = ()

    @classmethod
    def of(cls, columns: Mapping[str, Sources]) -> Lineage:
        known = [set(sources) for sources in columns.values() if sources is not None]
        shared = set.intersection(*known) if known else set()
        own = {name: s and tuple(each for each in s if each not in shared) for name, s in columns.items()}
        return cls(own, tuple(sorted(shared)))

    def told(self) -> Mapping[str, Sources]:
        """Of each column, by its name."""
        return {n: None if s is None else tuple(sorted((*s, *self.shared))) for n, s in self.columns.items()}


@frozen
class Edge:
    """One column of a dataset in another: `direct` where its values flow there, else it only steers which values, rows
    or groups there are. `how` is OpenLineage's word for it."""

    source: Column
    target: Column
    direct: bool
    how: str


@frozen
class Trace:
    """A column, how it is used in the one above it, and what it is made of, or goes into. `steered` are the edges of
    columns that only steer. `known` is False where nobody can tell more."""

    column: Column
    how: str = ""
    below: tuple[Trace, ...] = ()
    steered: tuple[Edge, ...] = ()
    known: bool = True


@frozen
class ColumnGraph:
    """All edges of a project, and the columns of which nobody can tell what they are made of."""

    edges: tuple[Edge, ...]
    unknown: frozenset[Column] = frozenset()

    def upstream(self, column: Column) -> Trace:
        """What the column is made of, down to what comes from outside."""
        into: dict[Column, list[Edge]] = {}
        for edge in self.edges:
            into.setdefault(edge.target, []).append(edge)
        return self._trace(column, "", into, up=True)

    def downstream(self, column: Column) -> Trace:
        """What is made of the column."""
        outof: dict[Column, list[Edge]] = {}
        for edge in self.edges:
            outof.setdefault(edge.source, []).append(edge)
        return self._trace(column, "", outof, up=False)

    def _trace(self, column: Column, how: str, near: Mapping[Column, Sequence[Edge]], *, up: bool) -> Trace:
        edges = sorted(near.get(column, ()), key=lambda e: (e.source, e.target, e.how))
        direct = [edge for edge in edges if edge.direct]
        ends = [(edge.source if up else edge.target, edge.how) for edge in direct]
        below = tuple(self._trace(end, by, near, up=up) for end, by in ends)
        steered = tuple(edge for edge in edges if not edge.direct)
        return Trace(column, how, below, steered, not up or column not in self.unknown)


def walk(trace: Trace, depth: int = 0) -> Iterator[tuple[int, Trace]]:
    """Every trace of a tree with its depth, top first."""
    yield depth, trace
    for below in trace.below:
        yield from walk(below, depth + 1)
