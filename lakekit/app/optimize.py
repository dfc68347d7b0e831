"""Optimize: keep a dataset's tables fast and small, without changing a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from attrs import evolve

from lakekit.app.codec import encode_note
from lakekit.app.leases import lease
from lakekit.app.ledger import Ledger
from lakekit.app.standing import stage_name
from lakekit.app.table_state import table_state
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Mode
from lakekit.domain.progress import Note
from lakekit.domain.schema import QUARANTINE_COLUMNS, bronze_columns
from lakekit.domain.upkeep import (
    Leftover,
    Step,
    TableShape,
    UpkeepReport,
    Wishes,
    advice,
    check_columns,
    check_retention,
    plan,
)
from lakekit.ports.table_store import Commit
from lakekit.ports.upkeep import Upkeep

Announce = Callable[[PurePosixPath, Sequence[Leftover]], None]
"""Told of the files of a table that are removed next."""


def optimize(
    tools: Tools, upkeep: Upkeep, job: Job, wishes: Wishes, announce: Announce, *, dry_run: bool
) -> Iterator[UpkeepReport]:
    """A report for each table of the dataset, bronze and quarantine, that is there.

    The stream's lease is held: no batch is on its way while files are looked for that nobody needs. Raises LeaseError
    while an ingest runs, ConfigError for wishes that cannot be.
    """
    check_retention(wishes)
    with lease(tools, f"{job.dataset}/{job.stream}"):
        for table in (job.dataset.table, job.dataset.quarantine):
            before = upkeep.measure(table, _filters(job, table))
            if before is not None:
                yield _table(tools, upkeep, job, wishes, announce, table, before, dry_run=dry_run)


def _filters(job: Job, table: PurePosixPath) -> tuple[str, ...]:
    """The columns that queries of the table filter on, as far as they are known: those that the settings name, or else
    the watermark column, along which each increment reads the table again. A quarantine is read whole."""
    if table != job.dataset.table:
        return ()
    return job.cluster_by or ((job.cursor,) if job.cursor else ())


def _table(
    tools: Tools,
    upkeep: Upkeep,
    job: Job,
    wishes: Wishes,
    announce: Announce,
    table: PurePosixPath,
    before: TableShape,
    *,
    dry_run: bool,
) -> UpkeepReport:
    bronze = table == job.dataset.table
    columns = bronze_columns(job.contract) if bronze else QUARANTINE_COLUMNS
    wishes = wishes if bronze else evolve(wishes, cluster_by=())
    check_columns(wishes.cluster_by, [c.name for c in columns], before.partitions)
    actions = plan(before, wishes, _filters(job, table))
    steps = [action.step for action in actions]
    found = _leftovers(tools, upkeep, job, table, wishes) if wishes.auto or Step.VACUUM in steps else ()
    told = advice(before, wishes, found) if wishes.auto else ()
    leftovers: tuple[Leftover, ...] = ()
    if dry_run:
        leftovers = found if Step.VACUUM in steps else ()
        announce(table, leftovers)
        return UpkeepReport(str(job.dataset), str(table), actions, before, before, leftovers, told)
    note = _newest(tools, job, table)
    public = frozenset(c.name for c in columns) - (job.contract.personal if bronze else frozenset())
    for action in actions:
        step = action.step
        if step is Step.COMPACT:
            upkeep.compact(table, public, encode_note(note[1]) if note else None)
        elif step is Step.CLUSTER:
            upkeep.cluster(table, action.columns, public, encode_note(note[1]) if note else None)
        elif step is Step.CHECKPOINT:
            upkeep.checkpoint(table)
        elif step is Step.VACUUM:
            leftovers = _leftovers(tools, upkeep, job, table, wishes)
            announce(table, leftovers)
            upkeep.remove(table, leftovers)
        else:
            _carry(tools, job, table)
            upkeep.clean_log(table)
        tools.log.event("upkeep", dataset=str(job.dataset), table=str(table), step=step.value)
    after = upkeep.measure(table) or before
    return UpkeepReport(str(job.dataset), str(table), actions, before, after, leftovers, told)


def _leftovers(tools: Tools, upkeep: Upkeep, job: Job, table: PurePosixPath, wishes: Wishes) -> tuple[Leftover, ...]:
    """What may go: nothing that the batch which waits to go on has staged."""
    ledger = Ledger(tools.state, str(job.dataset), job.stream)
    head = ledger.head()
    pending = ledger.known(head).pending if head else None
    staged = f"{stage_name(pending)}/" if pending else None
    found = upkeep.leftovers(table, wishes.hours)
    return tuple(f for f in found if staged is None or not f.path.startswith(staged))


def _carry(tools: Tools, job: Job, table: PurePosixPath) -> None:
    """Repeat the newest note in a commit of its own before the log's clean-up can take it away: a lost ledger finds
    the progress in the table's log. Along new files only the ledger knows it all: each batch's files count."""
    newest, snapshot = _newest(tools, job, table), tools.tables.snapshot(table)
    if newest is None or snapshot is None or job.mode is Mode.FILES:
        return
    version, note = newest
    if version < snapshot.version and note.batch:
        commit = Commit((), False, note.batch.app_id, note.number, encode_note(note))
        tools.tables.commit(table, snapshot, commit)


def _newest(tools: Tools, job: Job, table: PurePosixPath) -> tuple[int, Note] | None:
    state = table_state(tools.tables, table, str(job.dataset), job.stream, None)
    notes: Sequence[tuple[int, Note]] = state.notes if state else ()
    return notes[0] if notes else None
