"""Which columns of datasets a value is made of, and how; the words are those of OpenLineage's column lineage 1-2-0."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

IDENTITY, TRANSFORMATION, AGGREGATION = "IDENTITY", "TRANSFORMATION", "AGGREGATION"
JOIN, GROUP_BY, FILTER, SORT, WINDOW, CONDITIONAL = "JOIN", "GROUP_BY", "FILTER", "SORT", "WINDOW", "CONDITIONAL"


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
"""None: it is not known."""

NOTHING: Flow = frozenset()


def merged(*flows: Flow) -> Flow:
    """All of them; not known where one is not."""
    known = [flow for flow in flows if flow is not None]
    return frozenset().union(*known) if len(known) == len(flows) else None


def changed(flow: Flow) -> Flow:
    """Of a value that is computed from such ones."""
    return _each(flow, lambda s: s.by(TRANSFORMATION) if s.how == IDENTITY else s)


def aggregated(flow: Flow) -> Flow:
    """Of a value that is computed from those of many rows."""
    return _each(flow, lambda s: s.by(AGGREGATION) if s.direct else s)


def steering(flow: Flow, how: str) -> Flow:
    """Of what such values decide about."""
    return _each(flow, lambda s: s.by(how, direct=False) if s.direct else s)


def _each(flow: Flow, change: Callable[[ColumnSource], ColumnSource]) -> Flow:
    return None if flow is None else frozenset(map(change, flow))
