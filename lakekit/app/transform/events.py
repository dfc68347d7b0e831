"""The events of a dimension: what its query made, as its table of events keeps it.

An event is kept once, and never changed. Where the code that makes events has changed, those that it makes begin a
generation, and give way to none before; what inputs no longer tell stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import evolve

from lakekit.app.table_files import rows_of
from lakekit.app.transform.compiling import conditions
from lakekit.app.transform.deciding import Task
from lakekit.app.transform.history import builds_so_far
from lakekit.app.transform.job import TransformJob, Workshop, placed_at
from lakekit.app.transform.made import Made, as_input
from lakekit.app.transform.ties import check_ties
from lakekit.domain.batch import ReasonCount
from lakekit.domain.build import Scope
from lakekit.domain.dimension import Dimension
from lakekit.domain.errors import TableError
from lakekit.domain.planning import Cause
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input, Written
from lakekit.sql.dimension.checks import quarantined_query
from lakekit.sql.dimension.events import (
    CURRENT,
    EVENTS,
    OWN_COLUMNS,
    differing_query,
    events_query,
    in_time_query,
    new_query,
    unkept_query,
)
from lakekit.sql.dimension.retention import is_before, retained_query
from lakekit.sql.dimension.versions import current_query
from lakekit.sql.merging import MADE
from lakekit.sql.query.conditions import with_operations

_BEGINS = {Cause.NEVER_BUILT, Cause.REFRESH, Cause.CODE}


def events(
    workshop: Workshop,
    job: TransformJob,
    dimension: Dimension,
    task: Task,
    columns: tuple[TableColumn, ...],
    made: tuple[Written, ...],
    folder: Path,
) -> Made:
    """The events that are new, of the rows that the query made. Raises TableError `dimension.empty_snapshot` for a
    snapshot without rows that count, which would end every key."""
    generation, fixed = _generation(workshop, job, task), task.stand.build.horizon if task.stand.build else ""
    count = sum(w.rows for w in made)
    if not made:
        _check_some(job, dimension, task, 0)
        return Made(columns, (), told=0, generation=generation, horizon=fixed)
    with placed_at(job, conditions(job.transform)):
        told = _told(workshop, dimension, made, folder)
    read_at = _read_at(workshop, task)
    late = is_before(dimension, columns, fixed) if fixed else None
    query = events_query(
        dimension, columns, generation=generation, read_at=read_at, told=told is not made, too_late=late
    )
    if task.decision.scope is Scope.FULL:
        query = in_time_query(query)  # what is told again of what is fixed is nothing that comes late
    files = workshop.tools.engine.write(query, {MADE: _rows(told)}, folder / "events")
    if not dimension.sequence_by:
        # Of one moment nothing will ever tell the two apart: the snapshot can be read again, and is not kept.
        mend = "let the query make one row per key"
        check_ties(
            workshop, job, dimension, as_input(files, columns), columns, f"the snapshot of {job.transform.name}", mend
        )
        counting = sum(w.rows for w in files) - sum(r.rows for r in _quarantined(workshop, columns, files))
        _check_some(job, dimension, task, counting)
    if task.stand.snapshot and task.decision.scope is Scope.FULL:
        files = _new(workshop, job, dimension, task, columns, files, folder, generation, read_at)
    quarantined = _quarantined(workshop, columns, files)
    found = Made(columns, files, (), count, generation, quarantined, fixed)
    return _retained(workshop, job, dimension, task, found, folder)


def _retained(
    workshop: Workshop, job: TransformJob, dimension: Dimension, task: Task, made: Made, folder: Path
) -> Made:
    """The events that are new; where what is fixed has grown, all that are kept then."""
    horizon = dimension.horizon(workshop.tools.clock.now())
    if horizon <= made.horizon or not made.files:
        return made
    there = _kept(workshop, job, task, made.columns).files
    rows = Input((*there, *made.rows.files), columns=made.columns)
    query = retained_query(dimension, made.columns, horizon)
    files = workshop.tools.engine.write(query, {EVENTS: rows}, folder / "retained")
    return evolve(made, files=files, horizon=horizon, whole=True, new=sum(w.rows for w in made.files))


def _kept(workshop: Workshop, job: TransformJob, task: Task, columns: tuple[TableColumn, ...]) -> Input:
    """The events that the table has."""
    there = task.stand.snapshot
    if there is None:
        return Input((), columns=columns)
    content = workshop.tools.tables.content(job.transform.dataset.table, there.version)
    return rows_of(content.files, columns)


def _check_some(job: TransformJob, dimension: Dimension, task: Task, counting: int) -> None:
    """Of what is new alone nothing may pass the query's filters; of all that there is, something does."""
    whole = dimension.closes and not dimension.scope and task.decision.scope is Scope.FULL
    if not counting and whole and task.stand.build:
        raise _empty(job)


def _rows(files: Sequence[Written]) -> Input:
    return Input(tuple(str(w.path) for w in files))


def _told(workshop: Workshop, dimension: Dimension, made: tuple[Written, ...], folder: Path) -> tuple[Written, ...]:
    """The rows with what they say, where conditions tell it: by the runtime, whose language these are written in."""
    if dimension.delete_when is None and dimension.truncate_when is None:
        return made
    query = with_operations(MADE, dimension.delete_when, dimension.truncate_when)
    return workshop.runtime().write(query, {MADE: _rows(made)}, folder / "told")


def _new(
    workshop: Workshop,
    job: TransformJob,
    dimension: Dimension,
    task: Task,
    columns: tuple[TableColumn, ...],
    files: tuple[Written, ...],
    folder: Path,
    generation: int,
    read_at: str,
) -> tuple[Written, ...]:
    """Of events made from everything there is those that are not kept yet, or that tell something new."""
    engine, kept = workshop.tools.engine, _kept(workshop, job, task, columns)
    if not dimension.sequence_by:
        current = engine.write(current_query(dimension, columns), {EVENTS: kept}, folder / "current")
        query = differing_query(dimension, columns, generation=generation, read_at=read_at)
        inputs = {
            MADE: as_input(files, columns),
            CURRENT: as_input(current, columns[: -len(OWN_COLUMNS)]),
        }
        differing = engine.write(query, inputs, folder / "differing")
        if not _quarantined(workshop, columns, differing):
            return differing
        kept_once = {MADE: as_input(differing, columns), EVENTS: kept}
        return engine.write(unkept_query(columns), kept_once, folder / "unkept")
    if task.stand.build is None or generation != task.stand.build.generation:
        return files
    query = new_query(columns, of_one_code=True)
    return engine.write(query, {MADE: as_input(files, columns), EVENTS: kept}, folder / "new")


def _generation(workshop: Workshop, job: TransformJob, task: Task) -> int:
    last = task.stand.build
    if last is None or any(reason.cause in _BEGINS for reason in task.decision.reasons):
        return builds_so_far(workshop.tools.tables, job.transform, task.stand.snapshot) + 1
    return last.generation


def _read_at(workshop: Workshop, task: Task) -> str:
    """Now, or just after the build before where clocks differ: a snapshot is never older than the one before."""
    now, last = workshop.tools.clock.now(), task.stand.build
    before = datetime.fromisoformat(last.at) if last else datetime.min.replace(tzinfo=UTC)
    return max(now, before + timedelta(microseconds=1)).astimezone(UTC).isoformat()


def _quarantined(
    workshop: Workshop, columns: tuple[TableColumn, ...], files: tuple[Written, ...]
) -> tuple[ReasonCount, ...]:
    found = workshop.tools.engine.rows(quarantined_query(), {MADE: as_input(files, columns)}) if files else ()
    return tuple(ReasonCount(str(reason), "", int(str(rows))) for reason, rows in found)


def _empty(job: TransformJob) -> TableError:
    return TableError(
        "dimension.empty_snapshot",
        f"the snapshot of {job.transform.name} has no rows that count",
        where=job.transform.place,
        why="every key of the dimension would end",
        next="look at its inputs; where nothing is meant to be left, tell the deletes as events",
    )
