"""Open: fix what the next batch reads, or take over the batch that an earlier run began."""

from __future__ import annotations

from attrs import evolve

from lakekit.app.exact import moved
from lakekit.app.ledger import Entry, Ledger
from lakekit.app.standing import stage_name
from lakekit.app.tools import Job, Tools
from lakekit.app.unseal import unseal
from lakekit.domain.batch import Batch, Bounds, FileMark, Mode, Status
from lakekit.domain.errors import ConfigError
from lakekit.domain.opening import Way, needs_bounds, way
from lakekit.domain.stream import Ledgered
from lakekit.domain.values import parse_value
from lakekit.domain.watermark import Watermark, example, lower_bound, watermark
from lakekit.domain.widening import widened
from lakekit.ports.progress import NOBODY


def open_batch(tools: Tools, job: Job, ledger: Ledger, known: Ledgered, token: int) -> Entry | None:
    """The batch to work on, held under `token`; None when the source has nothing new."""
    pending = known.pending and ledger.entry(known.pending.generation, known.pending.number)
    bounds = None
    if pending:
        landed = tools.landing.manifest(job.dataset, pending.batch.uid) is not None
        pending = unseal(tools, job, ledger, pending, landed=landed)
        if needs_bounds(pending.batch, landed=landed):
            bounds = next_bounds(job, ledger, known)
        if way(pending.batch, landed=landed, now=bounds) is Way.GO_ON:
            return _take_over(tools, job, ledger, pending, token, landed=landed)
        ledger.advance(pending, evolve(pending.batch, status=Status.EMPTY, token=token))
        _clear(tools, job, pending.batch)
    bounds = bounds or next_bounds(job, ledger, known)
    if bounds is None:
        return None
    if job.planned and job.planned.bounds != bounds:
        raise moved([str(job.dataset)])
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
            cursor=job.cursor,
        )
    )


def as_opened(job: Job, batch: Batch) -> Job:
    """The job in the mode in which the batch was opened, whatever the settings say by now.

    Raises ConfigError when the contract has lost the watermark column that the batch needs.
    """
    if batch.cursor is not None and batch.cursor not in {c.name for c in job.contract.columns}:
        raise ConfigError(
            "contract.column_removed",
            f"batch {batch.number} of {job.dataset} was opened along {batch.cursor}, which the contract has not",
            where=f"contract {job.contract.name}",
            next="put the column back until the batch is published",
        )
    return evolve(job, mode=batch.mode, cursor=batch.cursor)


def next_bounds(job: Job, ledger: Ledger, known: Ledgered) -> Bounds | None:
    """What a new batch would read; None when the source has nothing new. Raises ConfigError where the settings do not
    fit what was read before, and SourceError."""
    seen = _files_read(job, ledger, known) if job.mode is Mode.FILES else frozenset()
    found = job.source(NOBODY).bounds(job.mode, _low(job, known.watermark), _high(job), seen)
    return None if found and _loaded(job, known, found) else found


def _files_read(job: Job, ledger: Ledger, known: Ledgered) -> frozenset[FileMark]:
    """The files whose rows the table holds: those of the last full load, which replaced what was before it, and of all
    batches since. Raises ConfigError after batches along a watermark, which did not read their files whole."""
    batches = ledger.published(known.head)
    full = [i for i, batch in enumerate(batches) if batch.mode is Mode.FULL]
    since = batches[full[-1] :] if full else batches
    if any(batch.mode is Mode.CURSOR for batch in since):
        raise ConfigError(
            "ingest.mode_changed",
            f"{job.dataset} was read along a watermark, and is now to be read by new files",
            why="which rows of the files are in the table cannot be told from the files",
            next="keep its watermark_column, or load it once with load_type: full",
        )
    return frozenset(mark for batch in since for mark in batch.bounds.files)


def _loaded(job: Job, known: Ledgered, bounds: Bounds) -> bool:
    """Whether a full load would read the very files that the table holds, by the same contract."""
    before = known.published
    if before is None or job.mode is not Mode.FULL or not bounds.files:
        return False
    loaded = (before.mode, before.bounds, before.contract_version)
    return loaded == (Mode.FULL, bounds, job.contract.version)


def _take_over(tools: Tools, job: Job, ledger: Ledger, entry: Entry, token: int, *, landed: bool) -> Entry:
    """Fence the earlier holder off first, then clear what it left. A batch whose extraction never finished gets a new
    uid, so that two processes never write into one landing folder; lanes are prepared in a place of each holder's."""
    before = entry.batch
    sealed = before.status is Status.SEALED
    taken = ledger.take(entry, token, None if landed or sealed else tools.ids.new())
    if not sealed:
        _clear(tools, job, before, landing=not landed)
    return taken


def _clear(tools: Tools, job: Job, batch: Batch, *, landing: bool = True) -> None:
    for table in (job.dataset.table, job.dataset.quarantine):
        tools.tables.unstage(table, stage_name(batch))
    if landing:
        tools.landing.discard(job.dataset, batch.uid)
    else:
        tools.landing.discard_workspaces(job.dataset, batch.uid)


def _low(job: Job, mark: Watermark | None) -> Watermark | None:
    if job.mode is not Mode.CURSOR or mark is None or job.cursor is None:
        return None
    type_ = job.contract.column(job.cursor).type
    mark = widened(mark, type_)
    if (mark.column, mark.type) != (job.cursor, str(type_)):
        raise ConfigError(
            "watermark.column_changed",
            f"the watermark of {job.dataset} is of {mark.column}, a {mark.type}, not of {job.cursor}, a {type_}",
            why="the two have no common order",
            next="put the column back, or load the dataset anew: run lakekit ingest --full-refresh with its name",
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
            "ingest.bad_until",
            f"--until {job.until!r} is no {type_}",
            where=f"{job.dataset}.{job.cursor}",
            next=f"write it like {example(type_)}",
        )
    return watermark(value, type_)
