"""The lineage of a project's columns: of queries by what they say, of functions by what their plans have told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lakekit.app.transform.analysis import Analysis
from lakekit.app.transform.deciding import Task
from lakekit.app.transform.dimensions import events_made
from lakekit.app.transform.evaluate import inputs_of
from lakekit.app.transform.history import stand
from lakekit.app.transform.job import TransformJob, Workshop
from lakekit.domain.errors import ConfigError
from lakekit.domain.lineage import Column, ColumnGraph, Edge, Flow, Sources
from lakekit.domain.names import parse_dataset
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.domain.schema import TableColumn
from lakekit.ports.table_store import TableStore
from lakekit.sql.query.columns import OutputColumn


def lineage_of(workshop: Workshop, job: TransformJob, task: Task) -> Mapping[str, Sources]:
    """Of what the columns are made that a function makes: as its plan tells, and its author where that does not.
    Nothing of a query, which was looked at before anything ran."""
    transform = job.transform
    if isinstance(job.body, str) or transform.made_of_events:
        return {}
    flows = workshop.runtime().lineage(job.body, inputs_of(job, task))
    made = [OutputColumn(name, _in_order(flow, transform.lineage.get(name))) for name, flow in flows.items()]
    return lineage_told(events_made(transform.dimension, made) if transform.dimension else made)


def _in_order(flow: Flow, declared: Sources) -> Sources:
    return declared if flow is None else tuple(sorted(flow))


def lineage_told(outputs: Sequence[OutputColumn]) -> Mapping[str, Sources]:
    """By the names of columns."""
    return {column.name: column.sources for column in outputs}


def lineage_known(tables: TableStore, job: TransformJob, columns: Sequence[TableColumn]) -> Mapping[str, Sources]:
    """Of what the columns of a function are made: as its code was told when it made the table, else as its author says.
    None of a column of which nobody has said it."""
    build = stand(tables, job.transform).build
    told = build.lineage.told() if build and build.code == job.transform.code else {}
    return {**dict.fromkeys(column.name for column in columns), **job.transform.lineage, **told}


def edges_of(dataset: str, columns: Mapping[str, Sources]) -> tuple[Edge, ...]:
    """What the columns of a dataset are made of, as far as that is known."""
    return tuple(
        Edge((source.dataset, source.column), (dataset, name), source.direct, source.how)
        for name, sources in columns.items()
        for source in sources or ()
    )


def column_graph(lineages: Mapping[str, Mapping[str, Sources]]) -> ColumnGraph:
    """All that is known of columns, of each dataset that is made of others."""
    edges = (edge for dataset, columns in lineages.items() for edge in edges_of(dataset, columns))
    unknown = {(d, name) for d, columns in lineages.items() for name, sources in columns.items() if sources is None}
    return ColumnGraph(tuple(edges), frozenset(unknown))


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
