"""What the next build of one transform does, by its table and its inputs."""

from __future__ import annotations

from attrs import frozen

from lakekit.app.transform.history import Stand, builds_so_far, stand
from lakekit.app.transform.inputs import Reading, read_input
from lakekit.app.transform.job import TransformJob, Wanted
from lakekit.domain.errors import ConfigError, TableError
from lakekit.domain.planning import Decision, decide
from lakekit.domain.transform import Transform
from lakekit.ports.table_store import TableStore


@frozen
class Task:
    """A build to come: from where the table stands, by what was decided, over these inputs."""

    stand: Stand
    decision: Decision
    readings: tuple[Reading, ...]


def next_task(tables: TableStore, job: TransformJob, wanted: Wanted, stands: Stand | None = None) -> Task:
    """Look at the inputs, and decide by where the table stands, which is looked up where it is not told. Raises
    ConfigError for a transform that is to be built by increments and cannot be, and what `read_input` raises."""
    transform = job.transform
    if job.obstacle:
        raise not_incremental(job, job.obstacle)
    stands = stands or stand(tables, transform)
    if not wanted.refresh and _is_foreign(tables, transform, stands):
        raise _foreign(transform)
    readings = tuple(read_input(tables, m, wanted.pins.get(m.dataset), stands.build) for m in transform.inputs)
    states = [reading.state for reading in readings]
    decision = decide(transform, stands.build, states, refresh=wanted.refresh, foreign=stands.foreign)
    return Task(stands, decision, readings)


def _is_foreign(tables: TableStore, transform: Transform, stands: Stand) -> bool:
    """Whether the table has rows, and no build of the transform has ever been committed to it."""
    table = transform.dataset.table
    if stands.snapshot is None or stands.build or builds_so_far(tables, transform, tables.snapshot(table)):
        return False
    return bool(tables.files(table, stands.snapshot.version))


def _foreign(transform: Transform) -> TableError:
    return TableError(
        "transform.foreign_table",
        f"the table of {transform.name} was made by others, and has rows",
        where=str(transform.dataset.table),
        why="the first build would replace them",
        next=f"move it away, or replace its rows: lakekit transform {transform.name} --full-refresh",
    )


def not_incremental(job: TransformJob, why: str) -> ConfigError:
    """The error of a transform that is to be built by increments, and cannot be."""
    return ConfigError(
        "transform.not_incremental",
        f"{job.transform.name} cannot be built from what is new alone",
        where=job.transform.place,
        why=why,
        next="name the columns that say which rows are affected under affected_by, or remove `incremental`",
    )
