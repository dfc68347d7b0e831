"""Publish: exactly the sealed files, in one commit per lane, each with (app id, number, uid)."""

from __future__ import annotations

from pathlib import PurePosixPath

from attrs import evolve, frozen

from lakekit.app.codec import encode_note
from lakekit.app.generation import TRIES, begin_generation, too_busy
from lakekit.app.leases import lease
from lakekit.app.ledger import Ledger
from lakekit.app.table_state import table_state
from lakekit.app.tools import Job, Tools
from lakekit.app.unseal import damaged
from lakekit.app.widen import widen
from lakekit.domain.batch import Batch, Mode, Seal
from lakekit.domain.errors import LeaseError, TableError
from lakekit.domain.progress import Lane, Note
from lakekit.domain.recovery import two_uids
from lakekit.domain.schema import QUARANTINE_COLUMNS
from lakekit.domain.table_options import PLAIN, Definition, wished
from lakekit.domain.widening import Widening
from lakekit.ports.table_store import Commit, CommitConflict, Snapshot
from lakekit.sql.constraints import constraints


@frozen
class Published:
    """Bronze's version, and what was widened before."""

    version: int
    widened: tuple[Widening, ...] = ()


def publish(tools: Tools, job: Job, ledger: Ledger, batch: Batch, seal: Seal) -> Published:
    """Widen bronze where the batch needs it, then commit the quarantine, then bronze. A lane that is committed already
    is left alone.

    Raises TableError when a sealed file is gone, LeaseError when another generation has begun, StateError when the
    batch's number was committed by another attempt.
    """
    head = ledger.head()
    if head is None or head.generation != batch.generation:
        raise _overtaken(job)
    with lease(tools, f"publish/{job.dataset}"):
        widened = widen(tools, job, batch, seal.columns)  # first: what may fail here leaves no half of a batch
        if seal.quarantine or _replaces_quarantine(tools, job, batch):
            _publish_lane(tools, job, ledger, batch, Lane.QUARANTINE, seal)
        if head.generation > 1:
            tools.tables.ensure(job.dataset.table, seal.columns, _definition(job, seal))
            begin_generation(tools, job, head)
        return Published(_publish_lane(tools, job, ledger, batch, Lane.BRONZE, seal), widened)


def _publish_lane(tools: Tools, job: Job, ledger: Ledger, batch: Batch, lane: Lane, seal: Seal) -> int:
    table, columns, files, definition = job.dataset.table, seal.columns, seal.bronze, _definition(job, seal)
    if lane is Lane.QUARANTINE:
        table, columns, files, definition = job.dataset.quarantine, QUARANTINE_COLUMNS, seal.quarantine, PLAIN
    tools.tables.ensure(table, columns, definition)
    note = Note(lane, batch.dataset, batch.stream, batch.generation, batch.number, batch=batch)
    commit = Commit(files, batch.mode is Mode.FULL, batch.app_id, batch.number, encode_note(note))
    for _ in range(TRIES):
        snapshot = tools.tables.snapshot(table)
        if snapshot is None:
            raise TableError(
                "table.vanished", f"{job.dataset}: its table was removed during the publish", next="run again"
            )
        if _committed(tools, batch, table, snapshot):
            return snapshot.version
        head = ledger.head()  # read after the snapshot: a generation that begins later moves the table's version
        if head is None or head.generation != batch.generation:
            raise _overtaken(job)
        if lane is Lane.QUARANTINE and (lost := damaged(tools, job, seal)):
            raise _damaged(job, lost[0])  # before the first commit of two there is a way back
        try:
            return tools.tables.commit(table, snapshot, commit)
        except CommitConflict:
            continue
    raise too_busy(job.dataset)


def _definition(job: Job, seal: Seal) -> Definition:
    """Of a table that is made now: split as the sealed files are; with constraints that its rows are known to keep."""
    keep = seal.contract_version == job.contract.version
    kept = constraints(job.contract, job.cursor) if keep and job.options.constraints else {}
    return evolve(wished(job.options, kept), partitions=seal.partitions)


def _committed(tools: Tools, batch: Batch, table: PurePosixPath, snapshot: Snapshot) -> bool:
    """Whether the table has this batch. Its number under another uid stops; where the note is gone, the ledger, which
    holds the seal, answers."""
    number = tools.tables.app_version(table, snapshot.version, batch.app_id)
    if number is None or number < batch.number:
        return False
    state = table_state(tools.tables, table, batch.dataset, batch.stream, batch.generation)
    told = state.newest.batch if state and state.newest else None
    if told and told.generation == batch.generation and told.number == batch.number and told.uid != batch.uid:
        raise two_uids(batch, told)
    return True


def _replaces_quarantine(tools: Tools, job: Job, batch: Batch) -> bool:
    """A full load without rejected rows still clears the rejects of the load before it."""
    return batch.mode is Mode.FULL and tools.tables.snapshot(job.dataset.quarantine) is not None


def _damaged(job: Job, file: str) -> TableError:
    return TableError(
        "table.file_missing",
        f"a staged file of {job.dataset} is gone or changed",
        where=file,
        next="run again: the batch is made anew from its landed rows",
    )


def _overtaken(job: Job) -> LeaseError:
    return LeaseError(
        "lease.lost",
        f"another run has taken over {job.dataset}",
        why="it began a new generation of the stream",
        next="nothing is lost: its rows are read again; run again later",
    )
