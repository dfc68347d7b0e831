"""Restore: put a dataset's table back to an older version, and the stream's progress with it.

One table moves, in one commit, so there is no moment at which a kill leaves half of it. For bronze that is safe
because its quarantine keeps all that it has: rows of later batches are read again, and those that were rejected are
recognised there and not rejected twice, while a quarantine that went back too would lose them where the source no
longer has them. Nothing reads a quarantine's rows again, so it goes back only as long as no batch's rejected rows are
taken from it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from attrs import evolve, frozen

from lakekit.app.codec import encode_note
from lakekit.app.leases import lease
from lakekit.app.ledger import Ledger
from lakekit.app.standing import standing
from lakekit.app.table_state import table_state
from lakekit.app.tools import Job, Tools
from lakekit.app.versions import check_there, newest, only_in, summed
from lakekit.domain.batch import Mode
from lakekit.domain.errors import ConfigError, TableError
from lakekit.domain.progress import Note, TableState
from lakekit.domain.recovery import Renew, decide, found, inherited
from lakekit.domain.stream import StreamHead
from lakekit.domain.versions import Milestone, Onward, Restoring, column_changes
from lakekit.domain.watermark import lower_bound
from lakekit.ports.table_store import CommitConflict, Snapshot

Announce = Callable[[Restoring], None]
"""Told what is done next."""


@frozen
class _Plan:
    """What is to be done on top of `snapshot`, and the note of the version that comes back."""

    report: Restoring
    snapshot: Snapshot
    note: Note | None


def restore(tools: Tools, job: Job, version: int, announce: Announce, *, quarantine: bool, dry_run: bool) -> Restoring:
    """Put bronze, or its quarantine, back to `version`, and tell what that moved; where there is nothing to move, no
    version is made. After it a new generation of the stream has begun, if batches were taken back.

    The leases of the stream and of its publishing are held. Raises, before anything is written: TableError for a
    version that is unknown or lacks files, StateError when its progress is not known, ConfigError
    `restore.rejects_lost`, LeaseError while an ingest runs. A kill leaves what was or what is wanted; running again
    completes it.
    """
    table = job.dataset.quarantine if quarantine else job.dataset.table
    with lease(tools, job.lease), lease(tools, f"publish/{job.dataset}"):
        plan = _plan(tools, job, table, version)
        announce(plan.report)
        if dry_run:
            return plan.report
        report = plan.report if plan.report.nothing else _commit(tools, job, table, version, plan)
        if not quarantine:
            standing(tools, job, Ledger(tools.state, str(job.dataset), job.stream))
    return report


def _plan(tools: Tools, job: Job, table: PurePosixPath, version: int) -> _Plan:
    snapshot = newest(tools, table)
    now, then = tools.tables.content(table, snapshot.version), tools.tables.content(table, version)
    if then.snapshot.table_id != snapshot.table_id:
        raise TableError(
            "table.other_table",
            f"version {version} is of another table, which this one has replaced",
            where=str(table),
            next="name a version since then; lakekit table history lists them",
        )
    back = only_in(then, now)
    check_there(tools, table, version, back)
    ledger = Ledger(tools.state, str(job.dataset), job.stream)
    before, after = (_state(tools, job, ledger, table, to) for to in (None, version))
    is_bronze = table == job.dataset.table
    if not is_bronze:
        _keep_rejects(job, version, before, after)
    report = Restoring(
        dataset=str(job.dataset),
        table=str(table),
        now=_milestone(snapshot.version, before),
        then=_milestone(version, after),
        gone=summed(only_in(now, then)),
        back=summed(back),
        columns=column_changes(now.snapshot.columns, then.snapshot.columns),
        onward=_onward(job, ledger, after) if is_bronze else None,
    )
    return _Plan(report, snapshot, after.newest if after else None)


def _commit(tools: Tools, job: Job, table: PurePosixPath, version: int, plan: _Plan) -> Restoring:
    try:
        made = tools.tables.restore(table, plan.snapshot, version, encode_note(plan.note) if plan.note else None)
    except CommitConflict as conflict:
        raise TableError(
            "table.moved",
            f"{table} was not restored: another writer has just committed to it",
            next="look at lakekit table history, and run again",
        ) from conflict
    tools.log.event("restored", dataset=str(job.dataset), table=str(table), version=made, to=version)
    return evolve(plan.report, made=made)


def _state(tools: Tools, job: Job, ledger: Ledger, table: PurePosixPath, back_to: int | None) -> TableState | None:
    """What the table tells of the stream, or will tell once it is put back."""
    head = ledger.head()
    recorded = ledger.published(head) if head and table == job.dataset.table else ()
    generation = head.generation if head else None
    dataset = str(job.dataset)
    return table_state(
        tools.tables, table, dataset, job.stream, generation, whole=True, recorded=recorded, back_to=back_to
    )


def _onward(job: Job, ledger: Ledger, after: TableState | None) -> Onward:
    """What ingest will do: by the very decisions that it will take itself. Raises StateError as they do."""
    head = ledger.head()
    if head is None:
        renewed: StreamHead | None = found(str(job.dataset), job.stream, after)
    else:
        decision = decide(ledger.known(head), after, None)
        renewed = decision.head if isinstance(decision, Renew) else None
    if renewed is None:
        return Onward(job.mode)
    inherited(renewed, after, ledger.published(head) if head else ())
    return _again(job, ledger, head, renewed)


def _again(job: Job, ledger: Ledger, head: StreamHead | None, renewed: StreamHead) -> Onward:
    low = None
    if job.mode is Mode.CURSOR and renewed.watermark is not None:
        low = lower_bound(renewed.watermark, job.lookback)
    read, kept = (
        {mark for batch in (ledger.published(h) if h else ()) for mark in batch.bounds.files} for h in (head, renewed)
    )
    return Onward(job.mode, renewed.generation > 1, low, len(read - kept) if job.mode is Mode.FILES else 0)


def _keep_rejects(job: Job, version: int, before: TableState | None, after: TableState | None) -> None:
    """Raises ConfigError when a batch's rejected rows would be lost."""
    newest, then = (state.newest.batch if state and state.newest else None for state in (before, after))
    if newest and (then is None or then.uid != newest.uid):
        raise ConfigError(
            "restore.rejects_lost",
            f"the quarantine of {job.dataset} cannot go back to version {version}",
            why=f"rejected rows of batch {newest.number} would be in no table, and nothing reads them again",
            next="name a version since that batch; to take batches back, restore bronze: its quarantine stays as it is",
        )


def _milestone(version: int, state: TableState | None) -> Milestone:
    """How far the stream had come with a version, by the newest batch, or else by where a generation began."""
    note = state.newest if state else None
    batch = next((n.batch for _, n in state.notes if n.batch), None) if state else None
    seal = note.batch.seal if note and note.batch else None
    mark = seal.watermark if seal else note.head.watermark if note and note.head else None
    return Milestone(version, batch.number if batch else None, mark)
