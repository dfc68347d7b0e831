"""Open: fix what the next batch reads, or take over the batch that an earlier run began."""

from __future__ import annotations

from attrs import evolve

from lakekit.app.ledger import Entry, Ledger
from lakekit.app.standing import stage_name
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch, Bounds, Mode, Status
from lakekit.domain.errors import ConfigError
from lakekit.domain.stream import Ledgered
from lakekit.domain.values import parse_value
from lakekit.domain.watermark import Watermark, lower_bound, watermark


def open_batch(tools: Tools, job: Job, ledger: Ledger, known: Ledgered, token: int) -> Entry | None:
    """The batch to work on, held under `token`; None when the source has nothing new."""
    pending = known.pending and ledger.entry(known.pending.generation, known.pending.number)
    if pending and pending.batch.status is not Status.HELD and _goes_on(job, pending.batch):
        return _take_over(tools, job, ledger, pending, token)
    bounds = _bounds(job, ledger, known)
    if pending and _goes_on(job, pending.batch) and bounds in (None, pending.batch.bounds):
        return _take_over(tools, job, ledger, pending, token)
    if pending:
        # Its settings, or the source of a batch that was held, are others now: read it anew under its number.
        ledger.advance(pending, evolve(pending.batch, status=Status.EMPTY, token=token))
        _clear(tools, job, pending.batch)
    if bounds is None or _loaded(job, known, bounds):
        return None
    return ledger.open(
        Batch(
            dataset=str(job.dataset),
            stream=job.stream,
            generation=known.head.generation,
            number=known.next_number,
            uid=tools.ids.new(),
            token=token,
            status=Status.OPENED,
            mode=job.mode,
            bounds=bounds,
            contract_version=job.contract.version,
            opened_at=tools.clock.now().isoformat(),
        )
    )


def _goes_on(job: Job, batch: Batch) -> bool:
    """Whether a batch that was begun can be finished as it is: once sealed always, before that in its own mode."""
    return batch.status is Status.SEALED or batch.mode is job.mode


def _bounds(job: Job, ledger: Ledger, known: Ledgered) -> Bounds | None:
    seen = {f for b in ledger.published(known.head) for f in b.bounds.files} if job.mode is Mode.FILES else set()
    return job.source().bounds(job.mode, _low(job, known.watermark), _high(job), frozenset(seen))


def _loaded(job: Job, known: Ledgered, bounds: Bounds) -> bool:
    """Whether a full load would read the very files that the table holds, by the same contract."""
    before = known.published
    same = before and bounds.files and (before.bounds, before.contract_version) == (bounds, job.contract.version)
    return bool(same) and job.mode is Mode.FULL


def _take_over(tools: Tools, job: Job, ledger: Ledger, entry: Entry, token: int) -> Entry:
    """Fence the earlier holder off first, then clear what it left. A batch whose extraction never finished gets a new
    uid, so that two processes never write into one landing folder."""
    before = entry.batch
    landed = before.status is not Status.OPENED or tools.landing.manifest(job.dataset, before.uid) is not None
    taken = ledger.take(entry, token, None if landed else tools.ids.new())
    if before.status is not Status.SEALED:
        _clear(tools, job, before, landing=not landed)
    return taken


def _clear(tools: Tools, job: Job, batch: Batch, *, landing: bool = True) -> None:
    for table in (job.dataset.table, job.dataset.quarantine):
        tools.tables.unstage(table, stage_name(batch))
    if landing:
        tools.landing.discard(job.dataset, batch.uid)


def _low(job: Job, mark: Watermark | None) -> Watermark | None:
    if job.mode is not Mode.CURSOR or mark is None or job.cursor is None:
        return None
    type_ = str(job.contract.column(job.cursor).type)
    if mark.type != type_:
        raise ConfigError(
            "watermark.type_changed",
            f"the watermark of {job.dataset} is a {mark.type}, the column {job.cursor} is now a {type_}",
            why="the two have no common order",
            next="give the contract its former type, or name another watermark_state_key",
        )
    return lower_bound(mark, job.lookback)


def _high(job: Job) -> Watermark | None:
    if job.until is None:
        return None
    if job.cursor is None:
        raise ConfigError(
            "ingest.until_without_watermark",
            f"{job.dataset} has no watermark column, so --until means nothing to it",
            next="name datasets that are incremental by a watermark_column",
        )
    type_ = job.contract.column(job.cursor).type
    value = parse_value(job.until, type_)
    if value is None:
        raise ConfigError(
            "ingest.bad_until", f"--until {job.until!r} is not a {type_}", where=f"{job.dataset}.{job.cursor}"
        )
    return watermark(value, type_)
