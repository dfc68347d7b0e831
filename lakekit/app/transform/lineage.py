"""The lineage of a project's columns, from the analysis of its transforms."""

from __future__ import annotations

from collections.abc import Sequence

from lakekit.app.transform.analysis import Analysis
from lakekit.domain.errors import ConfigError
from lakekit.domain.lineage import Column, ColumnGraph, Edge
from lakekit.domain.names import parse_dataset
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.domain.transform import Transform
from lakekit.sql.query.columns import OutputColumn


def edges_of(dataset: str, outputs: Sequence[OutputColumn]) -> tuple[Edge, ...]:
    """What the columns of a dataset are made of, as far as that is known."""
    return tuple(
        Edge((source.dataset, source.column), (dataset, output.name), source.direct, source.how)
        for output in outputs
        for source in output.sources or ()
    )


def column_graph(analysis: Analysis, functions: Sequence[Transform]) -> ColumnGraph:
    """All that is known of columns: of queries what they say, of functions what their authors do."""
    edges = [edge for dataset, outputs in analysis.outputs.items() for edge in edges_of(dataset, outputs)]
    declared = [edge for transform in functions for edge in transform.lineage]
    unknown = {(d, o.name) for d, outputs in analysis.outputs.items() for o in outputs if o.sources is None}
    unknown |= {(f.name, column.name) for f in functions for column in analysis.columns.get(f.name, ())}
    return ColumnGraph((*edges, *declared), frozenset(unknown - {edge.target for edge in declared}))


def columns_asked(analysis: Analysis, name: str) -> tuple[Column, ...]:
    """The columns that `silver.orders.amount` or `silver.orders` names. Raises ConfigError for what is none."""
    parts = name.split(".")
    dataset, column = (name, "") if len(parts) == 2 else (".".join(parts[:2]), ".".join(parts[2:]))
    try:
        dataset = str(parse_dataset(dataset))
    except ValueError as error:
        raise ConfigError("config.bad_dataset", str(error), next="write it like silver.orders.amount") from error
    if dataset not in analysis.columns:
        hint = did_you_mean(nearest(dataset, analysis.columns)) or f"there are {', '.join(sorted(analysis.columns))}"
        raise ConfigError("config.unknown_dataset", f"no columns are known of {dataset}", next=hint)
    names = [c.name for c in analysis.columns[dataset]]
    if column and column.lower() not in [n.lower() for n in names]:
        raise ConfigError(
            "config.unknown_column",
            f"{dataset} has no column {column!r}",
            next=did_you_mean(nearest(column, names)) or f"it has {', '.join(names)}",
        )
    return tuple((dataset, n) for n in names if not column or n.lower() == column.lower())
