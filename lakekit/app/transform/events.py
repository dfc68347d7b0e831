"""The events of a dimension: what its query made, as its table of events keeps it.

An event is kept once, and never changed. Where the code that makes events has changed, those that it makes begin a
generation, and give way to none before; what inputs no longer tell stays.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from attrs import evolve, frozen

from lakekit.app.table_files import rows_at
from lakekit.app.transform.compiling import conditions
from lakekit.app.transform.deciding import Task
from lakekit.app.transform.history import builds_so_far
from lakekit.app.transform.job import TransformJob, Workshop, placed_at
from lakekit.app.transform.made import Made, as_files, as_input
from lakekit.app.transform.ties import check_ties
from lakekit.domain.batch import ReasonCount
from lakekit.domain.build import Scope
from lakekit.domain.dimension import Dimension
from lakekit.domain.errors import TableError
from lakekit.domain.planning import Cause
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine, Input, Written
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
    return _Recording(workshop, job, dimension, task, columns, folder).of(made)


@frozen(slots=False)
class _Recording:
    """One evaluation of a query whose rows are events, in the columns of their table."""

    workshop: Workshop
    job: TransformJob
    dimension: Dimension
    task: Task
    columns: tuple[TableColumn, ...]
    folder: Path

    def of(self, made: tuple[Written, ...]) -> Made:
        """The events that are new; where what is fixed has grown, all that are kept then."""
        last = self.task.stand.build
        fixed = last.horizon if last else ""
        if not made:
            self._check_some(0)
            return Made(self.columns, (), told=0, generation=self.generation, horizon=fixed)
        files = self._told(made, fixed)
        if not self.dimension.sequence_by:
            self._check_snapshot(files)
        if self.task.stand.snapshot and self.task.decision.scope is Scope.FULL:
            files = self._new(files)
        count, quarantined = sum(w.rows for w in made), self._quarantined(files)
        return self._retained(Made(self.columns, files, (), count, self.generation, quarantined, fixed))

    @property
    def engine(self) -> Engine:
        """What runs lakekit's own queries."""
        return self.workshop.tools.engine

    @cached_property
    def generation(self) -> int:
        """The number of the first build by the code of today."""
        last = self.task.stand.build
        if last is None or any(reason.cause in _BEGINS for reason in self.task.decision.reasons):
            tables, snapshot = self.workshop.tools.tables, self.task.stand.snapshot
            return builds_so_far(tables, self.job.transform, snapshot) + 1
        return last.generation

    @cached_property
    def read_at(self) -> str:
        """Now, or just after the build before where clocks differ: a snapshot is never older than the one before."""
        now, last = self.workshop.tools.clock.now(), self.task.stand.build
        before = datetime.fromisoformat(last.at) if last else datetime.min.replace(tzinfo=UTC)
        return max(now, before + timedelta(microseconds=1)).astimezone(UTC).isoformat()

    @cached_property
    def kept(self) -> Input:
        """The events that the table has."""
        table = self.job.transform.dataset.table
        return rows_at(self.workshop.tools.tables, table, self.task.stand.snapshot, self.columns)

    def _told(self, made: tuple[Written, ...], fixed: str) -> tuple[Written, ...]:
        """The rows as events. What conditions tell of them the runtime says, whose language these are written in."""
        dimension, told = self.dimension, made
        if dimension.delete_when is not None or dimension.truncate_when is not None:
            query = with_operations(MADE, dimension.delete_when, dimension.truncate_when)
            with placed_at(self.job, conditions(self.job.transform)):
                told = self.workshop.runtime().write(query, {MADE: as_files(made)}, self.folder / "told")
        events_ = events_query(
            dimension,
            self.columns,
            generation=self.generation,
            read_at=self.read_at,
            told=told is not made,
            too_late=is_before(dimension, self.columns, fixed) if fixed else None,
        )
        if self.task.decision.scope is Scope.FULL:
            events_ = in_time_query(events_)  # what is told again of what is fixed is nothing that comes late
        return self.engine.write(events_, {MADE: as_files(told)}, self.folder / "events")

    def _check_snapshot(self, files: tuple[Written, ...]) -> None:
        """Of one moment nothing will ever tell two rows apart: the snapshot can be read again, and is not kept."""
        rows, what = as_input(files, self.columns), f"the snapshot of {self.job.transform.name}"
        mend = "let the query make one row per key"
        check_ties(self.workshop, self.job, self.dimension, rows, self.columns, what, mend)
        self._check_some(sum(w.rows for w in files) - sum(r.rows for r in self._quarantined(files)))

    def _check_some(self, counting: int) -> None:
        """Of what is new alone nothing may pass the query's filters; of all that there is, something does."""
        whole = self.dimension.closes and not self.dimension.scope and self.task.decision.scope is Scope.FULL
        if not counting and whole and self.task.stand.build:
            raise _empty(self.job)

    def _new(self, files: tuple[Written, ...]) -> tuple[Written, ...]:
        """Of events made from everything there is those that are not kept yet, or that tell something new."""
        if not self.dimension.sequence_by:
            return self._differing(files)
        last = self.task.stand.build
        if last is None or self.generation != last.generation:
            return files
        inputs = {MADE: as_input(files, self.columns), EVENTS: self.kept}
        return self.engine.write(new_query(self.columns, of_one_code=True), inputs, self.folder / "new")

    def _differing(self, files: tuple[Written, ...]) -> tuple[Written, ...]:
        """Of a snapshot what differs from what is true."""
        dimension, columns = self.dimension, self.columns
        current = self.engine.write(current_query(dimension, columns), {EVENTS: self.kept}, self.folder / "current")
        query = differing_query(dimension, columns, generation=self.generation, read_at=self.read_at)
        inputs = {
            MADE: as_input(files, columns),
            CURRENT: as_input(current, columns[: -len(OWN_COLUMNS)]),
        }
        differing = self.engine.write(query, inputs, self.folder / "differing")
        if not self._quarantined(differing):
            return differing
        inputs = {MADE: as_input(differing, columns), EVENTS: self.kept}
        return self.engine.write(unkept_query(columns), inputs, self.folder / "unkept")

    def _retained(self, made: Made) -> Made:
        horizon = self.dimension.horizon(self.workshop.tools.clock.now())
        if horizon <= made.horizon or not made.files:
            return made
        rows = Input((*self.kept.files, *made.rows.files), columns=self.columns)
        query = retained_query(self.dimension, self.columns, horizon)
        files = self.engine.write(query, {EVENTS: rows}, self.folder / "retained")
        return evolve(made, files=files, horizon=horizon, whole=True, new=sum(w.rows for w in made.files))

    def _quarantined(self, files: tuple[Written, ...]) -> tuple[ReasonCount, ...]:
        rows = {MADE: as_input(files, self.columns)}
        found = self.engine.rows(quarantined_query(), rows) if files else ()
        return tuple(ReasonCount(str(reason), "", int(str(count))) for reason, count in found)


def _empty(job: TransformJob) -> TableError:
    return TableError(
        "dimension.empty_snapshot",
        f"the snapshot of {job.transform.name} has no rows that count",
        where=job.transform.place,
        why="every key of the dimension would end",
        next="look at its inputs; where nothing is meant to be left, tell the deletes as events",
    )
