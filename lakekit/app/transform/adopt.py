"""Adopt: the history that others kept in a table becomes events of a dimension.

The table is read at one version and judged; then the events that it tells are added to those of the dimension, in one
commit, as far as they are not there. A dimension is a function of the set of its events: so it does not matter when
this is done, and doing it again adds nothing. What is adopted is of generation 0, and gives way to what the dimension's
own query tells of the same key and moment.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from attrs import evolve, frozen

from lakekit.app.progress import Guarded
from lakekit.app.table_files import rows_at
from lakekit.app.tools import Run
from lakekit.app.transform.apply import change
from lakekit.app.transform.attempt import attempt, tidy
from lakekit.app.transform.deciding import Task, next_task
from lakekit.app.transform.evaluate import columns_of
from lakekit.app.transform.findings import findings_of, judged, refuse
from lakekit.app.transform.gate import check_columns
from lakekit.app.transform.history import builds_so_far
from lakekit.app.transform.job import TransformJob, Wanted, Workshop
from lakekit.app.transform.made import Made, as_files, as_input
from lakekit.app.transform.note import encode_adoption
from lakekit.app.transform.publish import Stamp, publish, ready, tried
from lakekit.app.transform.report import reported
from lakekit.app.transform.taking import taking_of
from lakekit.app.transform.target import target_of
from lakekit.app.transform.telemetry import began, ended
from lakekit.domain.adoption import Adoption, AdoptionReport, Findings, Intervals, Weight
from lakekit.domain.batch import ReasonCount
from lakekit.domain.build import Books, Scope
from lakekit.domain.dimension import Dimension
from lakekit.domain.errors import ConfigError, TableError
from lakekit.domain.planning import Decision
from lakekit.domain.report import BuildReport, Ending
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Written
from lakekit.ports.table_store import Content, TableStore
from lakekit.sql.dimension.adopting import clashing_events_query, told_events_query
from lakekit.sql.dimension.events import EVENTS, new_query
from lakekit.sql.dimension.judging import JUDGED
from lakekit.sql.dimension.taking import Taking
from lakekit.sql.merging import MADE

_ADDED = Decision(Scope.FULL)


@frozen
class Old:
    """A table that others keep: the store that knows it, its folder there, and what a person calls it."""

    tables: TableStore
    table: PurePosixPath
    name: str


@frozen
class Asked:
    """What is to be adopted, and how it is read. With `accept` faults are taken by the rules; with `dry_run` nothing is
    added."""

    old: Old
    intervals: Intervals
    accept: bool = False
    dry_run: bool = False


def adopt(workshop: Workshop, events: TransformJob, made: TransformJob, asked: Asked, run: Run) -> AdoptionReport:
    """Add the history of a table to the dataset `events` of the dimension `made`. What fails is in the report, and
    leaves both as they were."""
    tools = evolve(workshop.tools, reporter=Guarded(workshop.tools.reporter, workshop.tools.log))
    course = _Course(evolve(workshop, tools=tools), evolve(events, edges=()), made, asked, run)
    report = reported(tools, events.transform, lambda token: tried(events, lambda: course.adopted(token)))
    if not asked.dry_run:
        ended(tools, course.events, run, course.uid, course.columns, report)
    tools.reporter.done(events.transform.name, report.ending)
    return AdoptionReport(made.transform.name, report, course.findings, course.in_place)


class _Course:
    """One adoption under way: what was found is told of one that failed too."""

    def __init__(self, workshop: Workshop, events: TransformJob, made: TransformJob, asked: Asked, run: Run) -> None:
        self._workshop, self._made, self._asked, self._run = workshop, made, asked, run
        self.events = events
        self.uid = workshop.tools.ids.new()
        self.columns: tuple[TableColumn, ...] = ()
        self.findings: Findings | None = None
        self.in_place = False

    def adopted(self, token: int) -> BuildReport:
        workshop, job, dimension = self._workshop, self.events, _dimension(self.events)
        tables = workshop.tools.tables
        self.uid = workshop.tools.ids.new()
        self._step("open")
        content = _content(self._asked.old)
        self.in_place = _in_place(tables, self._made, content)
        task = next_task(tables, job, Wanted())
        _check_order(job, dimension, task)
        self.columns = task.stand.snapshot.columns if task.stand.snapshot else columns_of(workshop, job, task)
        check_columns(job, self.columns)
        taking = taking_of(job, dimension, self.columns, content.snapshot.columns, self._asked.intervals)
        so_far = builds_so_far(tables, job.transform, task.stand.snapshot)
        if not self._asked.dry_run:
            began(workshop.tools, job, self._run, self.uid, evolve(task, decision=_ADDED, readings=()), self.columns)
        with attempt(workshop.tools, job.transform, self.uid, token) as folder:
            fresh = self._told(taking, content, task, folder)
            if self._asked.dry_run or not fresh:
                return self._report(Ending.NOT_RUN if self._asked.dry_run else Ending.NOTHING_NEW, task)
            self._step("publish")
            snapshot = ready(workshop, job, task.stand, self.columns, so_far)
            rows = Made(self.columns, fresh)
            planned = change(workshop, job, _ADDED, rows, target_of(workshop, job, snapshot, folder))
            note = self._note(content, so_far + 1, planned.added)
            version = publish(workshop, job, snapshot, planned, Stamp(self.uid, note.number, encode_adoption(note)))
        tidy(workshop.tools, job.transform, token, committed=True)
        return evolve(self._report(Ending.PUBLISHED, task), number=note.number, table_version=version)

    def _told(self, taking: Taking, content: Content, task: Task, folder: Path) -> tuple[Written, ...]:
        """The events that are not kept yet."""
        workshop, job = self._workshop, self.events
        self._step("extract")
        rows = judged(workshop, taking, content, folder)
        self._step("audit")
        self.findings = findings_of(workshop, job, taking, self._asked.old.name, content, rows)
        refuse(job, self.findings, accept=self._asked.accept)
        if not rows:
            return ()
        told = workshop.tools.engine.write(told_events_query(taking), {JUDGED: as_files(rows)}, folder / "told")
        fresh = _fresh(workshop, job, taking, task, told, folder)
        self.findings = evolve(self.findings, fresh=sum(w.rows for w in fresh))
        return fresh

    def _note(self, content: Content, number: int, events: int) -> Adoption:
        accepted = self.findings.of(Weight.FAULT) if self.findings else ()
        return Adoption(
            dataset=self.events.transform.name,
            number=number,
            uid=self.uid,
            run_id=self._run.id,
            at=self._workshop.tools.clock.now().isoformat(),
            table_id=content.snapshot.table_id,
            version=content.snapshot.version,
            events=events,
            accepted=tuple(found.fault.value for found in accepted),
        )

    def _report(self, ending: Ending, task: Task) -> BuildReport:
        told = self.findings
        quarantined = told.quarantined.items() if told else ()
        return BuildReport(
            self.events.transform.name,
            ending,
            books=Books(told.rows, told.fresh if ending is Ending.PUBLISHED else 0) if told else Books(),
            table_version=task.stand.snapshot.version if task.stand.snapshot else None,
            quarantined=tuple(ReasonCount(reason, "", rows) for reason, rows in quarantined),
        )

    def _step(self, step: str) -> None:
        self._workshop.tools.reporter.step(self.events.transform.name, step)


def _dimension(job: TransformJob) -> Dimension:
    if job.transform.dimension is None:
        raise ValueError(f"{job.transform.name} keeps no events of a dimension")
    return job.transform.dimension


def _content(old: Old) -> Content:
    snapshot = old.tables.snapshot(old.table)
    if snapshot is None:
        raise ConfigError(
            "adopt.no_table",
            "there is no Delta table there",
            where=old.name,
            next="name a dataset such as gold.dim_old, a folder of the lake, or the path of a folder",
        )
    return old.tables.content(old.table, snapshot.version)


def _in_place(tables: TableStore, made: TransformJob, content: Content) -> bool:
    """Whether the table lies where the dimension will. Raises ConfigError where it is the dimension itself."""
    there = tables.snapshot(made.transform.dataset.table)
    if there is None or there.table_id != content.snapshot.table_id:
        return False
    if builds_so_far(tables, made.transform, there):
        raise ConfigError(
            "adopt.own_table",
            f"{made.transform.name} is made of its events, and cannot be adopted",
            where=str(made.transform.dataset.table),
            next="name the table that others kept, or lakekit table history to find what was there before",
        )
    return True


def _check_order(job: TransformJob, dimension: Dimension, task: Task) -> None:
    """Raises TableError where events were left out that would have been kept, had what is adopted been there: of a
    snapshot without a sequence all that did not differ, and those that `keep_events` no longer keeps."""
    build = task.stand.build
    if build is None or (dimension.sequence_by and not build.horizon):
        return
    raise TableError(
        "adopt.too_late",
        f"{job.transform.name} no longer has all events that history would meet",
        where=str(job.transform.dataset.table),
        why="`keep_events` has left out older ones" if build.horizon else "of a snapshot only what differed is kept",
        next="remove the tables of the dimension and of its events, adopt, and build again",
    )


def _fresh(
    workshop: Workshop, job: TransformJob, taking: Taking, task: Task, told: tuple[Written, ...], folder: Path
) -> tuple[Written, ...]:
    """Of the events those that are not kept. Raises TableError where one of the same key and moment was adopted before
    that says something else: both would count, and neither is the later."""
    tables, engine = workshop.tools.tables, workshop.tools.engine
    kept = rows_at(tables, job.transform.dataset.table, task.stand.snapshot)
    if not kept.files:
        return told
    fresh = engine.write(new_query(taking.columns), {MADE: as_files(told), EVENTS: kept}, folder / "fresh")
    if not fresh:
        return ()
    inputs = {MADE: as_input(fresh, taking.columns), EVENTS: kept}
    ((clashes,),) = engine.rows(clashing_events_query(taking.dimension), inputs)
    if int(str(clashes)):
        raise TableError(
            "adopt.clash",
            f"{clashes} events say something else than was adopted before, of the same keys and moments",
            where=str(job.transform.dataset.table),
            why="events are never changed, and which of the two is true cannot be told",
            next="delete the events of `_generation` 0 that are wrong from the table of events, and adopt again",
        )
    return fresh
