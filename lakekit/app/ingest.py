"""Ingest: one dataset's batch through lease, open, extract, validate, audit, seal, publish, close.

Read this file from top to bottom to know the protocol; each step has a file of its own beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve

from lakekit.app.alerting import alert
from lakekit.app.audit import audit
from lakekit.app.close import close, close_empty
from lakekit.app.drift import as_the_table, grown, is_news
from lakekit.app.extract import extract
from lakekit.app.leases import lease
from lakekit.app.ledger import Entry, Ledger
from lakekit.app.opening import as_opened, open_batch
from lakekit.app.progress import Guarded
from lakekit.app.publish import publish
from lakekit.app.seal import hold, moves_nothing, seal
from lakekit.app.shape import check_shape
from lakekit.app.standing import standing
from lakekit.app.telemetry import ended, started
from lakekit.app.tools import Job, Run, Tools
from lakekit.app.validate import Lanes, validate
from lakekit.domain.batch import Batch, Seal
from lakekit.domain.drift import Drift
from lakekit.domain.errors import LakekitError, StateError
from lakekit.domain.report import BatchReport, Ending, failure_of
from lakekit.domain.stream import Ledgered


def ingest(tools: Tools, job: Job, run: Run) -> Iterator[BatchReport]:
    """Bring the dataset up to date: finish what an earlier run began, then read what is new.

    Gives one report per batch, failures included: an error of one dataset is its report and stops no other.
    """
    log = tools.log.bind(run=run.id, trace=run.trace, dataset=str(job.dataset))
    tools = evolve(tools, log=log, reporter=Guarded(tools.reporter, log))
    ledger = Ledger(tools.state, str(job.dataset), job.stream)
    again = True
    while again:
        report = _attempt(tools, job, run, ledger)
        again = report.resumed and report.ending is Ending.PUBLISHED
        yield report


def _attempt(tools: Tools, job: Job, run: Run, ledger: Ledger) -> BatchReport:
    began = tools.clock.now()
    progress = _Progress(str(job.dataset))
    try:
        with lease(tools, job.lease) as token:
            report = _batch(tools, job, run, ledger, token, progress)
    except LakekitError as error:
        report = BatchReport(progress.dataset, Ending.FAILED, progress.number, failure=failure_of(error))
    now = tools.clock.now()
    report = evolve(
        report,
        seconds=(now - began).total_seconds(),
        resumed=progress.resumed,
        drift=progress.drift,
        published_at=report.published_at or progress.published_at,
        steps=progress.ended(now),
    )
    ended(tools, job, run, progress.uid, report)
    tools.reporter.done(str(job.dataset), report.ending)
    alert(tools, run, report)
    return report


class _Progress:
    """How far an attempt came, for the report of one that failed, and how long each step took."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset
        self.number: int | None = None
        self.uid: str | None = None
        self.resumed = False
        self.drift: Drift | None = None
        self.published_at: str | None = None
        self._began: list[tuple[str, datetime]] = []

    def step(self, tools: Tools, name: str) -> None:
        self._began.append((name, tools.clock.now()))
        tools.reporter.step(self.dataset, name)
        tools.log.event("step", step=name)

    def ended(self, now: datetime) -> dict[str, float]:
        ends = [at for _, at in (*self._began, ("", now))][1:]
        return {name: (end - at).total_seconds() for (name, at), end in zip(self._began, ends, strict=True)}

    def found(self, known: Ledgered) -> None:
        seal = known.published.seal if known.published else None
        self.published_at = seal.ingest_ts if seal else None

    def opened(self, batch: Batch, resumed: bool) -> None:
        self.number, self.uid, self.resumed = batch.number, batch.uid, resumed

    def drifted(self, batch: Batch, known: Ledgered) -> None:
        self.drift = batch.drift if is_news(batch, known) else None


def _batch(tools: Tools, job: Job, run: Run, ledger: Ledger, token: int, progress: _Progress) -> BatchReport:
    asked = job
    progress.step(tools, "open")
    stands = standing(tools, job, ledger)
    progress.found(stands.known)
    if stands.known.pending is None or stands.known.pending.seal is None:
        job = as_the_table(tools, job)
        check_shape(tools, job)
    entry = open_batch(tools, job, ledger, stands.known, token)
    if entry is None:
        return BatchReport(progress.dataset, Ending.NOTHING_NEW, watermark=stands.known.watermark)
    pending = stands.known.pending
    progress.opened(entry.batch, resumed=pending is not None and pending.opened_at == entry.batch.opened_at)
    started(tools, job, run, entry.batch)
    if entry.batch.seal is None:
        job = as_opened(job, entry.batch)
        progress.step(tools, "extract")
        entry, manifest = extract(tools, job, asked, ledger, entry)
        progress.drifted(entry.batch, stands.known)
        job = _grown(tools, job, entry.batch)
        progress.step(tools, "validate")
        lanes = validate(tools, job, entry.batch, manifest, stands.known)
        if moves_nothing(lanes, entry.batch, stands.known):
            close_empty(tools, job, ledger, entry)
            return _report(entry.batch, lanes, Ending.NOTHING_NEW)
        progress.step(tools, "audit")
        verdict = audit(tools, job, lanes)
        if not verdict.passed:
            hold(ledger, entry, verdict)
            return evolve(_report(entry.batch, lanes, Ending.HELD), verdict=verdict)
        progress.step(tools, "seal")
        entry = seal(tools, job, run, ledger, entry, lanes, verdict)
    return _finish(tools, job, ledger, entry, progress)


def _grown(tools: Tools, job: Job, batch: Batch) -> Job:
    """The job by which the batch is validated. What it changes of the table must be possible: better told now than when
    its rows wait to be published."""
    made = grown(job, batch)
    if made.contract != job.contract:
        check_shape(tools, made)
    return made


def _finish(tools: Tools, job: Job, ledger: Ledger, entry: Entry, progress: _Progress) -> BatchReport:
    """From the seal on: publish what it lists, and close. Any process can do this, any number of times."""
    batch = entry.batch
    if batch.seal is None:
        raise StateError("state.corrupt", f"batch {batch.number} of {job.dataset} is sealed without a seal")
    progress.step(tools, "publish")
    published = publish(tools, job, ledger, batch, batch.seal)
    progress.step(tools, "close")
    close(tools, job, ledger, entry, published.version)
    return evolve(_sealed_report(batch, batch.seal, published.version), widened=published.widened)


def _sealed_report(batch: Batch, seal: Seal, version: int) -> BatchReport:
    return BatchReport(
        dataset=batch.dataset,
        ending=Ending.PUBLISHED,
        number=batch.number,
        counts=seal.counts,
        reasons=seal.reasons,
        watermark=seal.watermark,
        table_version=version,
        verdict=seal.verdict,
        files=len(seal.bronze),
        size=sum(file.size for file in seal.bronze),
        published_at=seal.ingest_ts,
    )


def _report(batch: Batch, lanes: Lanes, ending: Ending) -> BatchReport:
    return BatchReport(batch.dataset, ending, batch.number, lanes.counts, lanes.reasons, lanes.watermark)
