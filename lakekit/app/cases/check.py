"""One case: its rows are delivered, the transform is built as it would be, and the table is compared."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from lakekit.app.cases.bench import Bench, at_moment, build_once, deliver, made, made_in_order
from lakekit.app.cases.catalogue import Catalogue
from lakekit.app.cases.moment import asks_the_time, in_case
from lakekit.app.cases.typed import Prepared, Texts, expected, given
from lakekit.app.personal import hashed
from lakekit.app.transform.analysis import obstacle
from lakekit.app.transform.job import TransformJob
from lakekit.domain.alike import alike
from lakekit.domain.case_diff import Cell, Diff, compare
from lakekit.domain.errors import ConfigError, LakekitError
from lakekit.domain.report import failure_of
from lakekit.domain.schema import TableColumn
from lakekit.domain.transform import Materialization, Transform
from lakekit.domain.transform_case import CaseReport, TransformCase
from lakekit.sql.query.moments import reads_the_clock


def prepare(case: TransformCase, catalogue: Catalogue) -> Prepared:
    """The case, ready to run. Raises ConfigError, at the place, for what is wrong with it."""
    job, *then = catalogue.steps(case.transform)
    _check_order(case, catalogue.jobs[case.transform].transform)
    prepared = given(case, _at_its_moment(case, job), catalogue)
    prepared = evolve(prepared, then=tuple(in_case(step, None) for step in then))
    if case.now is None and isinstance(job.body, str) and reads_the_clock(job.body):
        told = f"{case.transform} asks what time it is: without `now`, the case may fail another day"
        prepared = evolve(prepared, notes=(*prepared.notes, told))
    columns = catalogue.output(prepared.steps, prepared.columns)
    if columns is None:
        return prepared
    expected(case, columns)
    why = obstacle(prepared.job, prepared.columns) if job.transform.incremental else ""
    return evolve(prepared, job=evolve(prepared.job, obstacle=why))


def check(bench: Bench, prepared: Prepared, catalogue: Catalogue, key: bytes) -> CaseReport:
    """Run it in an empty lake. Personal values in the difference are hashed by `key`. What fails is in the report."""
    case, clock = prepared.case, bench.tools.clock
    began = clock.now()
    told = _run(bench, prepared)
    seconds = (clock.now() - began).total_seconds()
    if isinstance(told, CaseReport):
        return evolve(told, seconds=seconds)
    personal = catalogue.personal(case.transform) if not told.empty else frozenset()
    diff = told.told(lambda name, cell: _shown(name, cell, personal, key))
    return CaseReport(case, seconds, diff, notes=prepared.notes)


def _run(bench: Bench, prepared: Prepared) -> Diff | CaseReport:
    case, bench = prepared.case, at_moment(bench, prepared.case.now)
    for number in range(len(case.deliveries)):
        deliver(bench, prepared, number)
        report = build_once(bench, prepared.steps)
        if not report.ending.well:
            return CaseReport(case, 0, failure=report.failure, notes=prepared.notes)
    columns, rows = made(bench, prepared.steps[-1])
    compared, wanted = expected(case, columns)
    if case.ordered:
        try:
            rows = made_in_order(bench, prepared, columns)
        except LakekitError as error:
            return CaseReport(case, 0, failure=failure_of(error), notes=prepared.notes)
    return compare([c.name for c in compared], wanted, _of(rows, columns, compared), ordered=case.ordered)


def _of(rows: Sequence[Texts], columns: Sequence[TableColumn], compared: Sequence[TableColumn]) -> list[Texts]:
    """The cells that are compared, each as the one text of its value."""
    positions = [columns.index(column) for column in compared]
    return [tuple(alike(row[i], columns[i].type) for i in positions) for row in rows]


def _shown(name: str, cell: Cell, personal: frozenset[str], key: bytes) -> Cell:
    return hashed(cell, key) if cell is not None and name in personal else cell


def _check_order(case: TransformCase, transform: Transform) -> None:
    if case.ordered and (transform.materialization is not Materialization.REPLACE or len(case.deliveries) > 1):
        raise ConfigError(
            "config.no_effect",
            "'ordered' has no effect here",
            where=case.places.get("ordered", case.place),
            why="rows that are added to others, or replace some of them, have no order",
            next="remove 'ordered'",
        )


def _at_its_moment(case: TransformCase, job: TransformJob) -> TransformJob:
    """The transform as it is at the moment that the case says."""
    if case.now is None:
        return in_case(job, None)
    where = case.places.get("now", case.place)
    if not isinstance(job.body, str):
        raise ConfigError(
            "case.now_in_function",
            f"{case.transform} is a function of Python, in which time cannot be stopped",
            where=where,
            why="`now` replaces functions of a query that tell the time",
            next="take the date as a column of an input, and remove `now`",
        )
    if not asks_the_time(job):
        raise ConfigError(
            "config.no_effect",
            "'now' has no effect here",
            where=where,
            why=f"{case.transform} does not ask what time it is",
            next="remove 'now'",
        )
    return in_case(job, case.now)
