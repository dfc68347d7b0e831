"""Close: the ledger first, then everybody who wants to know. Nothing here can undo or delay a publish."""

from __future__ import annotations

from attrs import evolve

from lakekit.app.ledger import Entry, Ledger
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Status


def close(tools: Tools, job: Job, ledger: Ledger, entry: Entry, version: int) -> Entry:
    """Record that the batch is published, and tidy up. The landed parts stay, for replay."""
    snapshot = tools.tables.snapshot(job.dataset.table)
    done = evolve(
        entry.batch,
        status=Status.PUBLISHED,
        published_version=version,
        table_id=snapshot.table_id if snapshot else None,
    )
    closed = ledger.advance(entry, done)
    tools.landing.discard_workspaces(job.dataset, done.uid)
    return closed


def close_empty(tools: Tools, job: Job, ledger: Ledger, entry: Entry) -> None:
    """End a batch that moved nothing: no rows, and no progress. Its number is free for the next."""
    ledger.advance(entry, evolve(entry.batch, status=Status.EMPTY))
    tools.landing.discard(job.dataset, entry.batch.uid)
