"""Bronze and its quarantine, as a restore sees them: how far the stream had come with a version, and what ingest does
then.

For bronze it is safe to go back alone because its quarantine keeps all that it has: rows of later batches are read
again, and those that were rejected are recognised there and not rejected twice, while a quarantine that went back too
would lose them where the source no longer has them. Nothing reads a quarantine's rows again, so it goes back only as
long as no batch's rejected rows are taken from it.
"""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath

from lakekit.app.codec import encode_note
from lakekit.app.ledger import Ledger
from lakekit.app.restore import Prospect, Restorable
from lakekit.app.standing import standing
from lakekit.app.table_state import table_state
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Mode
from lakekit.domain.errors import ConfigError
from lakekit.domain.progress import TableState
from lakekit.domain.recovery import Renew, decide, found, inherited
from lakekit.domain.stream import StreamHead
from lakekit.domain.versions import Milestone, Onward
from lakekit.domain.watermark import lower_bound
from lakekit.ports.table_store import Snapshot


def of_stream(tools: Tools, job: Job, *, quarantine: bool) -> Restorable:
    """Bronze, or its quarantine. After bronze has gone back a new generation of the stream begins, if batches were
    taken back.

    Looking ahead raises StateError when the progress of the version is not known, and ConfigError
    `restore.rejects_lost`.
    """
    table = job.dataset.quarantine if quarantine else job.dataset.table
    return Restorable(
        dataset=str(job.dataset),
        path=table,
        leases=(job.lease, f"publish/{job.dataset}"),
        ahead=partial(_ahead, tools, job, table),
        settle=partial(_settle, tools, job, table),
    )


def _settle(tools: Tools, job: Job, table: PurePosixPath) -> None:
    if table == job.dataset.table:
        standing(tools, job, Ledger(tools.state, str(job.dataset), job.stream))


def _ahead(tools: Tools, job: Job, table: PurePosixPath, now: Snapshot, then: Snapshot) -> Prospect:
    ledger = Ledger(tools.state, str(job.dataset), job.stream)
    before, after = (_state(tools, job, ledger, table, to) for to in (None, then.version))
    is_bronze = table == job.dataset.table
    if not is_bronze:
        _keep_rejects(job, then.version, before, after)
    note = after.newest if after else None
    return Prospect(
        now=_milestone(now.version, before),
        then=_milestone(then.version, after),
        note=encode_note(note) if note else None,
        onward=_onward(job, ledger, after) if is_bronze else None,
    )


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
