"""Telling lineage, metrics and logs about a batch. What fails here is logged and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime

from lakekit.app.tools import Job, Run, Tools
from lakekit.domain.alert import Alert
from lakekit.domain.batch import Batch
from lakekit.domain.events import BatchEvent, Event, EventKind, InvocationEvent
from lakekit.domain.report import BatchReport, BuildReport, Ending, RunReport
from lakekit.domain.schema import bronze_columns
from lakekit.domain.watermark import Watermark
from lakekit.ports.telemetry import Waiting


class Silent:
    """Lineage, metrics, alerts and reports for those who want none."""

    def emit(self, event: Event) -> None:
        """Nobody is told."""

    def waiting(self) -> Waiting:
        """Nothing waits."""
        return Waiting()

    def close(self) -> None:
        """Nothing is open."""

    def record(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Nobody is told."""

    def send(self, alert: Alert) -> str:  # noqa: ARG002  # nobody is told
        """Nobody is told, and nothing has failed."""
        return ""

    def step(self, dataset: str, step: str) -> None:
        """Nothing is shown."""

    def read(self, dataset: str, rows: int, bytes: int, total: int | None) -> None:
        """Nothing is shown."""

    def done(self, dataset: str, ending: Ending) -> None:
        """Nothing is shown."""


def told(tools: Tools, run: Run, work: Callable[[], RunReport]) -> RunReport:
    """The report of `work`, whose beginning and end lineage is told: it has failed where a part has, or is held. What
    waits for a lineage server is sent at the end, but not by a run that was interrupted and is to leave at once."""
    _invocation(tools, run, EventKind.START)
    try:
        report = work()
    except BaseException:
        _invocation(tools, run, EventKind.FAIL, "interrupted")
        raise
    parts: tuple[BatchReport | BuildReport, ...] = (*report.batches, *report.builds)
    errors = [error for part in parts if (error := stopped_by(part))]
    kind = EventKind.FAIL if errors else EventKind.COMPLETE
    _invocation(tools, run, kind, ", ".join(sorted(set(errors))) or None)
    safely(tools, lambda: _sent(tools))
    return report


def _sent(tools: Tools) -> None:
    """What the adapter drops on this occasion is told to the log too."""
    before = tools.lineage.waiting().dropped
    tools.lineage.close()
    if (dropped := tools.lineage.waiting().dropped - before) > 0:
        tools.log.event("lineage.dropped", events=dropped)


def _invocation(tools: Tools, run: Run, kind: EventKind, error: str | None = None) -> None:
    event = InvocationEvent(kind, tools.clock.now().isoformat(), run.id, error, run.command)
    safely(tools, lambda: tools.lineage.emit(event))


def started(tools: Tools, job: Job, run: Run, batch: Batch) -> None:
    """A batch has been opened, or taken over."""
    event = _event(tools, job, run, EventKind.START, batch.number, batch.uid)
    safely(tools, lambda: tools.lineage.emit(event))
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
    safely(tools, lambda: _age(tools, report))
    if uid is None:
        return
    kind = EventKind.COMPLETE if report.ending.well else EventKind.FAIL
    event = _event(tools, job, run, kind, report.number or 0, uid, report)
    safely(tools, lambda: tools.lineage.emit(event))
    safely(tools, lambda: _measure(tools, report))


def _event(
    tools: Tools,
    job: Job,
    run: Run,
    kind: EventKind,
    number: int,
    uid: str,
    report: BatchReport | None = None,
) -> BatchEvent:
    done = report if report and report.ending is Ending.PUBLISHED else None
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
        error=stopped_by(report) if report else None,
        drift=report.drift.lines() if report and report.drift else (),
        files=done.files if done else None,
        size=done.size if done else None,
        command=run.command,
    )


def stopped_by(report: BatchReport | BuildReport) -> str | None:
    """The code of what stopped it; None where it ended well, or was not run."""
    if report.ending is Ending.HELD:
        return "gate.held"
    return report.failure.code if report.failure else None


def _measure(tools: Tools, report: BatchReport) -> None:
    labels = {"dataset": report.dataset}
    counts = report.counts
    for lane in ("read", "published", "quarantined", "duplicates"):
        tools.metrics.record("rows", getattr(counts, lane), {**labels, "lane": lane})
    for reason in report.reasons:
        tools.metrics.record("rejected", reason.rows, {**labels, "code": reason.code, "column": reason.column})
    tools.metrics.record("bytes", report.size, {**labels, "lane": "published"})
    tools.metrics.record("seconds", report.seconds, labels)
    for step, seconds in report.steps.items():
        tools.metrics.record("step_seconds", seconds, {**labels, "step": step})


def _age(tools: Tools, report: BatchReport) -> None:
    """How far the dataset is behind now: by its watermark, and by when rows were last published."""
    now, labels = tools.clock.now(), {"dataset": report.dataset}
    for mark in _moments(report.watermark):
        tools.metrics.record("lag_seconds", (now - mark).total_seconds(), labels)
    if report.published_at:
        freshness = now - datetime.fromisoformat(report.published_at)
        tools.metrics.record("freshness_seconds", freshness.total_seconds(), labels)


def _moments(mark: Watermark | None) -> Iterator[datetime]:
    """The moment that a watermark of time is; none for one of numbers."""
    value = mark.parsed() if mark else None
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, date):
        yield datetime(value.year, value.month, value.day, tzinfo=UTC)


def safely(tools: Tools, tell: Callable[[], None]) -> None:
    """Telemetry stands outside the publish path: whatever it raises, the batch stays what it is."""
    try:
        tell()
    except Exception as error:  # noqa: BLE001  # an adapter of anybody's may raise anything
        tools.log.event("telemetry.failed", error=type(error).__name__)
