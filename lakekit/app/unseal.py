"""The way back for a sealed batch whose staged files somebody took away, as a vacuum does that knows no batches."""

from __future__ import annotations

from attrs import evolve

from lakekit.app.ledger import Entry, Ledger
from lakekit.app.parts import resplit
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch, Seal, Status
from lakekit.domain.errors import TableError


def unseal(tools: Tools, job: Job, ledger: Ledger, entry: Entry, *, landed: bool) -> Entry:
    """The entry, without its seal when that cannot be kept: a file on its list is gone or changed, or the table is
    partitioned otherwise, and no table has anything of the batch. Its landed rows are validated again; without them it
    is as if it had been opened only.

    Raises TableError `table.file_missing` when the quarantine has the batch already: what it holds was decided by a
    seal, and another might decide otherwise.
    """
    batch = entry.batch
    if batch.seal is None or not (lost := damaged(tools, job, batch.seal) or resplit(tools, job, batch.seal)):
        return entry
    if _in_quarantine(tools, job, batch):
        raise TableError(
            "table.file_missing",
            f"a staged file of batch {batch.number} of {job.dataset} is gone or changed",
            where=lost[0],
            why="the batch's other half, its rejected rows, is in the quarantine already",
            next="see runbooks/staged-file-missing.md",
        )
    tools.log.event("batch.unsealed", batch=batch.number, files=len(lost))
    return ledger.advance(entry, evolve(batch, status=Status.EXTRACTED if landed else Status.OPENED, seal=None))


def damaged(tools: Tools, job: Job, seal: Seal) -> tuple[str, ...]:
    """The sealed files that are gone or of another size, as paths within the lake."""
    lanes = ((job.dataset.table, seal.bronze), (job.dataset.quarantine, seal.quarantine))
    return tuple(f"{table}/{file}" for table, files in lanes for file in tools.tables.damaged(table, files))


def _in_quarantine(tools: Tools, job: Job, batch: Batch) -> bool:
    snapshot = tools.tables.snapshot(job.dataset.quarantine)
    if snapshot is None:
        return False
    number = tools.tables.app_version(job.dataset.quarantine, snapshot.version, batch.app_id)
    return number is not None and number >= batch.number
