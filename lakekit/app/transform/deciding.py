"""What the next build of one transform does, by its table and its inputs."""

from __future__ import annotations

from attrs import frozen

from lakekit.app.transform.history import Stand, stand
from lakekit.app.transform.inputs import Reading, read_input
from lakekit.app.transform.job import TransformJob, Wanted
from lakekit.domain.errors import ConfigError
from lakekit.domain.planning import Decision, decide
from lakekit.ports.table_store import TableStore


@frozen
class Task:
    """A build to come: from where the table stands, by what was decided, over these inputs."""

    stand: Stand
    decision: Decision
    readings: tuple[Reading, ...]


def next_task(tables: TableStore, job: TransformJob, wanted: Wanted) -> Task:
    """Look at the table and the inputs, and decide. Raises ConfigError for a transform that is to be built by
    increments and cannot be, and what `read_input` raises."""
    transform = job.transform
    if job.obstacle:
        raise _not_incremental(job)
    stands = stand(tables, transform)
    readings = tuple(read_input(tables, m, wanted.pins.get(m.dataset), stands.build) for m in transform.inputs)
    states = [reading.state for reading in readings]
    decision = decide(transform, stands.build, states, refresh=wanted.refresh, foreign=stands.foreign)
    return Task(stands, decision, readings)


def _not_incremental(job: TransformJob) -> ConfigError:
    return ConfigError(
        "transform.not_incremental",
        f"{job.transform.name} cannot be built from what is new alone",
        where=job.transform.place,
        why=job.obstacle,
        next="name the columns that say which rows are affected under affected_by, or remove `incremental`",
    )
