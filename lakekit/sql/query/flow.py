"""Which columns of datasets a value is made of, and how; the words are those of OpenLineage's column lineage 1-2-0."""

from __future__ import annotations

from collections.abc import Callable

from lakekit.domain.lineage import ColumnSource, Flow

IDENTITY, TRANSFORMATION, AGGREGATION = "IDENTITY", "TRANSFORMATION", "AGGREGATION"
JOIN, GROUP_BY, FILTER, SORT, WINDOW, CONDITIONAL = "JOIN", "GROUP_BY", "FILTER", "SORT", "WINDOW", "CONDITIONAL"

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
