"""The columns of dimensions and of their events, found before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lakekit.app.transform.job import TransformJob
from lakekit.domain.dimension import READ_AT, Dimension
from lakekit.domain.errors import ConfigError
from lakekit.domain.lineage import ColumnSource
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.domain.schema import TableColumn
from lakekit.sql.dimension.events import OWN_COLUMNS
from lakekit.sql.dimension.versions import dimension_columns
from lakekit.sql.query.columns import OutputColumn
from lakekit.sql.query.flow import IDENTITY, TRANSFORMATION


def events_made(dimension: Dimension, made: Sequence[OutputColumn]) -> tuple[OutputColumn, ...]:
    """What the columns of a dimension's events are made of, of those of its query."""
    if any(column.name == "*" for column in made):
        return (OutputColumn("*", None),)
    kept = set(dimension.kept(tuple(column.name for column in made)))
    read_at = () if dimension.sequence_by else (OutputColumn(READ_AT, ()),)
    own = (OutputColumn(column.name, ()) for column in OWN_COLUMNS)
    return (*(column for column in made if column.name in kept), *read_at, *own)


def versions_made(dimension: Dimension, name: str, events: Sequence[TableColumn]) -> tuple[OutputColumn, ...]:
    """What the columns of a dimension are made of, of those of the dataset `name` of its events."""
    names = dimension.names
    start = (dimension.sequence[0],)
    told = {
        names.valid_from: start,
        names.valid_to: start,
        names.is_current: start,
        names.version_key: (*dimension.keys, *start),
    }
    return tuple(
        OutputColumn(column.name, _sources(name, told[column.name], TRANSFORMATION))
        if column.name in told
        else OutputColumn(column.name, _sources(name, (column.name,), IDENTITY))
        for column in dimension_columns(dimension, events)
    )


def _sources(dataset: str, columns: Sequence[str], how: str) -> tuple[ColumnSource, ...]:
    return tuple(ColumnSource(dataset, column, direct=True, how=how) for column in columns)


def check_events(job: TransformJob, made: Collection[str], there: Collection[str] = ()) -> None:
    """Raises ConfigError where the options of a dimension name what its query does not make, or its query makes what
    lakekit does. What the table of events has, the columns `there`, may be left out still."""
    dimension = job.transform.dimension
    if dimension is None or "*" in made or not made:
        return
    options = {
        "keys": dimension.keys,
        "sequence_by": dimension.sequence_by,
        "tie_break": dimension.tie_break,
        "track": dimension.track or (),
        "track_except": dimension.track_except or (),
        "except": dimension.drop,
        "scope": dimension.scope,
    }
    for option, names in options.items():
        for name in names:
            if option == "except" and name in there:
                continue
            check_column(job, option, name, made, f"the query of {dimension_of(job)}")
    ours = {c.name.lower() for c in OWN_COLUMNS} | {READ_AT}
    ours |= {name.lower() for name in dimension.names.all} if dimension.history else set()
    renamed = (dimension.names.valid_from, dimension.names.valid_to, dimension.names.is_current)
    for name in made:
        if name.lower() in ours:
            raise ConfigError(
                "dimension.own_column",
                f"the query of {dimension_of(job)} makes a column {name}",
                where=job.transform.where("names"),
                why="lakekit adds a column of that name",
                next="call it otherwise, or lakekit's under `names`" if name in renamed else "call it otherwise",
            )


def dimension_of(job: TransformJob) -> str:
    """The name of the dimension whose events the dataset of the job keeps, or which it is."""
    return job.transform.together[0] if job.transform.keeps_events else job.transform.name


def check_column(job: TransformJob, option: str, name: str, columns: Collection[str], dataset: str) -> None:
    """Raises ConfigError where an option names what is no column of the dataset."""
    if name in columns:
        return
    raise ConfigError(
        "transform.unknown_column",
        f"`{option}` names {name!r}, which is no column of {dataset}",
        where=job.transform.where(option, name),
        why=f"it has {', '.join(columns)}",
        next=did_you_mean(nearest(name, columns)) or "name one of these",
    )
