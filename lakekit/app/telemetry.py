"""Telling lineage, metrics and logs about a batch. What fails here is logged and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lakekit.app.tools import Job, Run, Tools
from lakekit.domain.batch import Batch
from lakekit.domain.events import BatchEvent, EventKind
from lakekit.domain.report import BatchReport, Ending
from lakekit.domain.schema import bronze_columns


class Silent:
    """Lineage, metrics and reports for those who want none."""

    def emit(self, event: BatchEvent) -> None:
        """Nobody is told."""

    def record(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Nobody is told."""

    def step(self, dataset: str, step: str) -> None:
        """Nothing is shown."""

    def done(self, dataset: str, ending: Ending) -> None:
        """Nothing is shown."""


_WELL = (Ending.PUBLISHED, Ending.NOTHING_NEW)


def started(tools: Tools, job: Job, run: Run, batch: Batch) -> None:
    """A batch has been opened, or taken over."""
    event = _event(tools, job, run, EventKind.START, batch.number, batch.uid)
    _safely(tools, lambda: tools.lineage.emit(event))
    tools.log.event("batch.started", batch=batch.number, uid=batch.uid, mode=batch.mode.value)


def ended(tools: Tools, job: Job, run: Run, uid: str | None, report: BatchReport) -> None:
    """A batch has ended. Without a uid no batch was opened, and only the log is told."""
    counts = report.counts
    books = {"read": counts.read, "published": counts.published, "quarantined": counts.quarantined}
    error = report.failure.code if report.failure else None
    tools.log.event(
        f"batch.{report.ending.value}",
        batch=report.number,
        error=error,
        **books,
        duplicates=counts.duplicates,
    )
    if report.drift:
        tools.log.event("drift", batch=report.number, difference=list(report.drift.lines()))
    if uid is None:
        return
    kind = EventKind.COMPLETE if report.ending in _WELL else EventKind.FAIL
    event = _event(tools, job, run, kind, report.number or 0, uid, report)
    _safely(tools, lambda: tools.lineage.emit(event))
    _safely(tools, lambda: _measure(tools, report))


def _event(
    tools: Tools,
    job: Job,
    run: Run,
    kind: EventKind,
    number: int,
    uid: str,
    report: BatchReport | None = None,
) -> BatchEvent:
    held = report is not None and report.ending is Ending.HELD
    return BatchEvent(
        kind=kind,
        at=tools.clock.now().isoformat(),
        run_id=uid,
        parent_run_id=run.id,
        dataset=str(job.dataset),
        source=job.source_name,
        batch=number,
        columns=bronze_columns(job.contract),
        counts=report.counts if report else None,
        reasons=report.reasons if report else (),
        verdict=report.verdict if report else None,
        table_version=report.table_version if report else None,
        error="gate.held" if held else report.failure.code if report and report.failure else None,
    )


def _measure(tools: Tools, report: BatchReport) -> None:
    labels = {"dataset": report.dataset}
    counts = report.counts
    for lane in ("read", "published", "quarantined", "duplicates"):
        tools.metrics.record("rows", getattr(counts, lane), {**labels, "lane": lane})
    for reason in report.reasons:
        tools.metrics.record("rejected", reason.rows, {**labels, "code": reason.code, "column": reason.column})
    tools.metrics.record("seconds", report.seconds, labels)


def _safely(tools: Tools, tell: Callable[[], None]) -> None:
    """Telemetry stands outside the publish path: whatever it raises, the batch stays what it is."""
    try:
        tell()
    except Exception as error:  # noqa: BLE001  # an adapter of anybody's may raise anything
        tools.log.event("telemetry.failed", error=type(error).__name__)
