"""Telling lineage, metrics and the log about a build. What fails here changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from lakekit.app.telemetry import safely, stopped_by
from lakekit.app.tools import Run, Tools
from lakekit.app.transform.deciding import Task
from lakekit.app.transform.job import TransformJob
from lakekit.domain.events import BuildEvent, EventKind
from lakekit.domain.report import BuildReport, Ending
from lakekit.domain.schema import TableColumn


def began(tools: Tools, job: TransformJob, run: Run, uid: str, task: Task, columns: Sequence[TableColumn]) -> None:
    """A build has been decided on, and its columns are known."""
    name = job.transform.name
    pins = tuple(reading.state.pin for reading in task.readings)
    event = BuildEvent(
        EventKind.START,
        tools.clock.now().isoformat(),
        uid,
        run.id,
        run.command,
        name,
        pins,
        tuple(columns),
        job.edges,
    )
    safely(tools, lambda: tools.lineage.emit(event))
    scope = task.decision.scope.value if task.decision.scope else None
    tools.log.event("build.started", dataset=name, uid=uid, scope=scope, rebuild=task.decision.rebuild)


def ended(
    tools: Tools, job: TransformJob, run: Run, uid: str, columns: Sequence[TableColumn], told: BuildReport
) -> None:
    """A build has ended. One that had nothing to do is told to the log alone."""
    name, books = job.transform.name, told.books
    rows = {"made": books.made, "added": books.added, "removed": books.removed}
    error = stopped_by(told)
    tools.log.event(f"build.{told.ending.value}", dataset=name, build=told.number, error=error, **rows)
    if told.ending is Ending.NOTHING_NEW:
        return
    event = BuildEvent(
        EventKind.FAIL if error else EventKind.COMPLETE,
        tools.clock.now().isoformat(),
        uid,
        run.id,
        run.command,
        name,
        told.inputs,
        tuple(columns),
        job.edges,
        books,
        told.verdict,
        told.table_version,
        error,
    )
    safely(tools, lambda: tools.lineage.emit(event))
    safely(tools, lambda: _measure(tools, told, rows))


def _measure(tools: Tools, told: BuildReport, rows: dict[str, int]) -> None:
    labels = {"dataset": told.dataset}
    for lane, count in rows.items():
        tools.metrics.record("rows", count, {**labels, "lane": lane})
    tools.metrics.record("seconds", told.seconds, labels)
