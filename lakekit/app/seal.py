"""Seal: from here any process publishes exactly this list; nothing is evaluated again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from attrs import evolve

from lakekit.app.ledger import Entry, Ledger
from lakekit.app.standing import stage_name
from lakekit.app.tools import Job, Run, Tools
from lakekit.app.validate import Lanes
from lakekit.domain.batch import Batch, Mode, Seal, StagedFile, Status
from lakekit.domain.errors import StateError
from lakekit.domain.schema import bronze_columns
from lakekit.domain.stream import Ledgered
from lakekit.domain.suite import Verdict
from lakekit.ports.engine import Written

_QUARANTINE_STATS = frozenset({"_ingest_ts", "_batch_id", "_source", "_row", "_run_date"})


def moves_nothing(lanes: Lanes, batch: Batch, known: Ledgered) -> bool:
    """Whether publishing would change neither rows nor progress: nothing was read, or, along a watermark, only rows
    that had been read before. A full load that read nothing still empties a table that an earlier batch filled."""
    if lanes.counts.read == 0:
        return batch.mode is not Mode.FULL or known.published is None
    moved = lanes.counts.published or lanes.counts.quarantined
    return batch.mode is Mode.CURSOR and not moved and lanes.watermark == known.watermark


def hold(ledger: Ledger, entry: Entry, verdict: Verdict) -> None:
    """The gate is closed: the rows stay in the landing zone and nothing is in a table's folder. What the next run does
    with them, `lakekit.domain.opening` says."""
    ledger.advance(entry, evolve(entry.batch, status=Status.HELD, verdict=verdict))


def seal(tools: Tools, job: Job, run: Run, ledger: Ledger, entry: Entry, lanes: Lanes, verdict: Verdict) -> Entry:
    """Move the lanes into their tables' folders and write the seal by compare-and-set.

    Raises StateError `batch.unbalanced` when a row is not accounted for, LeaseError when the lease was lost.
    """
    if not lanes.counts.balanced:
        raise _unbalanced(entry.batch, lanes)
    batch, name = entry.batch, stage_name(entry.batch)
    public = frozenset(c.name for c in bronze_columns(job.contract))
    sealed = Seal(
        bronze=_staged(tools, job.dataset.table, name, lanes.accepted, public - job.contract.personal, lanes.parts),
        quarantine=_staged(tools, job.dataset.quarantine, name, lanes.quarantined, _QUARANTINE_STATS, {}),
        counts=lanes.counts,
        reasons=lanes.reasons,
        watermark=lanes.watermark,
        highest=lanes.highest,
        columns=bronze_columns(job.contract),
        partitions=lanes.partitions,
        ingest_ts=lanes.ingest_ts,
        run_date=lanes.run_date,
        run_id=run.id,
        contract_version=job.contract.version,
        verdict=verdict,
    )
    done = evolve(batch, status=Status.SEALED, seal=sealed, verdict=None, contract_version=job.contract.version)
    tools.log.event("batch.sealed", batch=batch.number, files=len(sealed.bronze) + len(sealed.quarantine))
    return ledger.advance(entry, done)


def _staged(
    tools: Tools,
    table: PurePosixPath,
    name: str,
    written: Sequence[Written],
    public: frozenset[str],
    parts: Mapping[Path, dict[str, str | None]],
) -> tuple[StagedFile, ...]:
    """Files in the table's folder; personal columns lose their statistics here, before anything is recorded."""
    if not written:
        return ()
    paths = tools.tables.stage(table, name, [w.path for w in written], parts)
    return tuple(
        StagedFile(path, w.size, w.rows, {c: s for c, s in w.stats.items() if c in public}, parts.get(w.path, {}))
        for path, w in zip(paths, written, strict=True)
    )


def _unbalanced(batch: Batch, lanes: Lanes) -> StateError:
    c = lanes.counts
    return StateError(
        "batch.unbalanced",
        f"batch {batch.number} of {batch.dataset} does not account for every row",
        where=f"read {c.read} = published {c.published} + quarantined {c.quarantined} + duplicates {c.duplicates}?",
        why="this is a defect of lakekit or of an adapter; nothing was published, the landed rows are kept",
        next="run again; if it stays, report it with the log of this run",
    )
