"""The columns of all transforms, found before anything runs: names, where each value comes from, and what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from attrs import evolve, frozen

from lakekit.app.transform.compiling import conditions, graph_of
from lakekit.app.transform.dimensions import check_column, check_events, events_made, versions_made
from lakekit.app.transform.job import TransformJob, placed
from lakekit.domain.errors import ConfigError
from lakekit.domain.graph import ordered
from lakekit.domain.names import parse_dataset
from lakekit.domain.schema import TableColumn
from lakekit.domain.transform import Transform
from lakekit.domain.widening import wider
from lakekit.ports.table_store import TableStore
from lakekit.sql.query.columns import OutputColumn, analyse
from lakekit.sql.query.conditions import filtered
from lakekit.sql.query.increments import key_wise, row_wise
from lakekit.sql.query.parsed import Query, read_query

Columns = Mapping[str, tuple[TableColumn, ...]]
"""The columns of datasets, types in Spark DDL, "" where they are not known."""


@frozen
class Analysis:
    """The columns of each transform whose columns are known: of what they are made (`outputs`, for queries), and what
    others read of it (`columns`, sources included). `obstacles` says why those that are to be built by increments
    cannot be."""

    outputs: Mapping[str, tuple[OutputColumn, ...]]
    columns: Columns
    obstacles: Mapping[str, str]


def analyse_all(tables: TableStore, jobs: Sequence[TransformJob], sources: Columns) -> Analysis:
    """Each query, from those of `sources` on. What reads a function whose columns nobody has told is not analysed.

    Raises ConfigError, at the place, for the first mistake.
    """
    by_name = {job.transform.name: job for job in jobs}
    outputs: dict[str, tuple[OutputColumn, ...]] = {}
    columns = {name: _grown(tables, name, told) for name, told in sources.items()}
    obstacles: dict[str, str] = {}
    for name in ordered(graph_of(jobs)):
        job = by_name[name]
        known = {i: columns[i] for i in job.transform.input_names if i in columns}
        if len(known) == len(job.transform.inputs) and (made := outputs_of(job, known, _there(tables, job))):
            outputs[name] = made
            _check_options(job, [column.name for column in made], known)
        if job.transform.incremental and (why := obstacle(job, known)):
            obstacles[name] = why
        if told := _told(tables, job, outputs.get(name)):
            columns[name] = told
    return Analysis(outputs, columns, obstacles)


def outputs_of(job: TransformJob, known: Columns, there: Collection[str] = ()) -> tuple[OutputColumn, ...]:
    """What its columns are made of, of those of its inputs; nothing of a function. Columns `there` are those of its
    table. Raises ConfigError, at the place, for what is wrong with its query, or the options of a dimension."""
    with placed(job):
        found = analyse(job.query, known) if job.query else ()
    if made_of := job.transform.made_of_events:
        (events,) = known.items()
        return versions_made(made_of, *events)
    if found:
        _check_conditions(job, [column.name for column in found])
    if job.transform.dimension is None:
        return found
    check_events(job, [column.name for column in found], there)
    return events_made(job.transform.dimension, found) if found else ()


def _there(tables: TableStore, job: TransformJob) -> Collection[str]:
    snapshot = tables.snapshot(job.transform.dataset.table) if job.transform.keeps_events else None
    return [column.name for column in snapshot.columns] if snapshot else ()


def _grown(tables: TableStore, name: str, columns: tuple[TableColumn, ...]) -> tuple[TableColumn, ...]:
    """A source's columns by its contract, of the types of its table, which may be wider, and those that the table has
    beside them."""
    snapshot = tables.snapshot(parse_dataset(name).table)
    there = {column.name: column for column in snapshot.columns} if snapshot else {}
    return tuple(({column.name: column for column in columns} | there).values())


def obstacle(job: TransformJob, known: Columns) -> str:
    """Why an increment might give another result than a rebuild; "" where it certainly does not."""
    transform = job.transform
    if transform.made_of_events:
        return ""
    if job.query is None:
        return "what a function does with the rows of its inputs cannot be told"
    if len(known) < len(transform.inputs):
        return "the columns of its inputs are not known"
    if transform.affected_by:
        return _by_keys(job.query, _supposed(transform, known), transform)
    if len(transform.incremental) > 1:
        return "rows that are new in one input meet old ones of another"
    return row_wise(job.query, known, transform.incremental[0])


def _supposed(transform: Transform, known: Columns) -> Columns:
    """With the keys whose types nobody can tell before their tables are made taken to be of one type, which the first
    build by keys makes sure of."""
    types = {c.name: c.type for name in transform.incremental for c in known[name] if c.type}
    keys = {key: types.get(key, "string") for key in transform.affected_by}
    return {
        name: tuple(c if c.type else evolve(c, type=keys.get(c.name, "")) for c in columns)
        for name, columns in known.items()
    }


def _by_keys(query: Query, known: Columns, transform: Transform) -> str:
    """Rows are computed apart for each key; and what of an input beside concerns a row, its columns tell."""
    ways = [(transform.incremental, transform.affected_by)]
    ways += [((*transform.incremental, told.dataset), told.columns) for told in transform.affected_through]
    return next((why for names, keys in ways if (why := key_wise(query, known, names, keys))), "")


def _told(
    tables: TableStore, job: TransformJob, outputs: Sequence[OutputColumn] | None
) -> tuple[TableColumn, ...] | None:
    """What is known of a transform's columns: from its contract, its query, or its table. A query knows few types, but
    those of the table hold as long as the names are the same."""
    contract, snapshot = job.transform.contract, tables.snapshot(job.transform.dataset.table)
    there = {column.name: column.type for column in snapshot.columns} if snapshot else {}
    agreed = {c.name: _at_least(str(c.type), there.get(c.name, "")) for c in contract.columns} if contract else {}
    if contract and not job.transform.dimension:
        return tuple(TableColumn(name, type_) for name, type_ in agreed.items())
    if outputs is None:
        return snapshot.columns if snapshot else None
    if any(column.name == "*" for column in outputs):
        return None
    types = there | {column.name: column.type for column in outputs if column.type} | agreed
    return tuple(TableColumn(column.name, types.get(column.name, "")) for column in outputs)


def _at_least(agreed: str, there: str) -> str:
    """A type of a contract, or that of the table, which may have been widened."""
    return there if wider(agreed, there) else agreed


def _check_options(job: TransformJob, made: Collection[str], inputs: Columns) -> None:
    """Columns that options name are there."""
    transform = job.transform
    if "*" in made:
        return
    options = {
        "keys": transform.keys,
        "partition_by": transform.options.partition_by or (),
    }
    for option, names in options.items():
        for name in names:
            check_column(job, option, name, made, transform.name)
    ways = [("affected_by", transform.incremental, transform.affected_by)]
    ways += [("affected_through", (*transform.incremental, t.dataset), t.columns) for t in transform.affected_through]
    for option, datasets, names in ways:
        for name in names:
            for dataset in datasets:
                check_column(job, option, name, [c.name for c in inputs[dataset]], dataset)
            check_column(job, option, name, made, transform.name)


def _check_conditions(job: TransformJob, made: Collection[str]) -> None:
    """Columns that conditions beside the query name are among those that it makes."""
    if "*" in made:
        return
    for option, text in conditions(job.transform).items():
        try:
            analyse(read_query(filtered("made", text)), {"made": [TableColumn(name, "") for name in made]})
        except ConfigError as error:
            raise ConfigError(
                error.code,
                f"in `{option}` {error.what}",
                where=job.transform.where(option, text),
                why=f"it is about the rows that the query makes, which have {', '.join(made)}",
                next="name one of these",
            ) from None
