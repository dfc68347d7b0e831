"""Where a stream stands: the ledger brought in line with the tables, before anything new is begun."""

from __future__ import annotations

from attrs import frozen

from lakekit.app.generation import begin_generation
from lakekit.app.ledger import Ledger
from lakekit.app.table_state import table_state
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch
from lakekit.domain.errors import StateError
from lakekit.domain.progress import TableState
from lakekit.domain.recovery import Record, Renew, decide, found, inherited
from lakekit.domain.stream import Ledgered, StreamHead

_STEPS = 8  # a head, its batches, a new generation, and room; more means that two decisions undo each other


@frozen
class Standing:
    """What the ledger knows, and the bronze table's state; they agree."""

    known: Ledgered
    bronze: TableState | None


def standing(tools: Tools, job: Job, ledger: Ledger) -> Standing:
    """Converge: ask what to do, do it, ask again. Each step is one compare-and-set; a kill between two costs
    nothing.

    Raises StateError when ledger and tables disagree in a way that only a person can decide.
    """
    head = ledger.head() or _adopt_head(tools, job, ledger)
    for _ in range(_STEPS):
        known = ledger.known(head)
        bronze = _bronze(tools, job, ledger, known)
        quarantine = table_state(tools.tables, job.dataset.quarantine, str(job.dataset), job.stream, head.generation)
        decision = decide(known, bronze, quarantine)
        if isinstance(decision, Record):
            for batch in decision.batches:
                ledger.record(batch)
                tools.log.event("ledger.recovered", batch=batch.number, status=batch.status.value)
        elif isinstance(decision, Renew):
            _abandon(tools, job, known.pending)
            head = _begin(ledger, decision.head, bronze)
            tools.log.event("stream.renewed", generation=head.generation, why=decision.why)
        else:
            if bronze and bronze.number is None:
                begin_generation(tools, job, head)
            return Standing(known, bronze)
    raise StateError(
        "state.disagrees",
        f"{job.dataset}: ledger and table do not settle",
        next="see runbooks/state-disagrees.md",
    )


def _adopt_head(tools: Tools, job: Job, ledger: Ledger) -> StreamHead:
    bronze = table_state(tools.tables, job.dataset.table, str(job.dataset), job.stream, None, whole=True)
    return _begin(ledger, found(str(job.dataset), job.stream, bronze), bronze)


def _begin(ledger: Ledger, head: StreamHead, bronze: TableState | None) -> StreamHead:
    """Write a head; the batches that it inherits come first, because files count as read by them."""
    for batch in inherited(head, bronze, ledger.published(head)):
        ledger.record(batch)
    ledger.write_head(head)
    return head


def _bronze(tools: Tools, job: Job, ledger: Ledger, known: Ledgered) -> TableState | None:
    """The table's state; the whole log, and the ledger's own record, are read only when the newest note is not what
    the ledger expects."""
    state = table_state(tools.tables, job.dataset.table, str(job.dataset), job.stream, known.head.generation)
    newest = state.newest if state else None
    expected = known.published.uid if known.published else None
    if state is None or (newest and newest.batch and newest.batch.uid == expected):
        return state
    return table_state(
        tools.tables,
        job.dataset.table,
        str(job.dataset),
        job.stream,
        known.head.generation,
        whole=True,
        recorded=ledger.published(known.head),
    )


def _abandon(tools: Tools, job: Job, pending: Batch | None) -> None:
    """Clear away what a batch of a generation that ended had prepared; its rows are read again."""
    if pending is None:
        return
    for table in (job.dataset.table, job.dataset.quarantine):
        tools.tables.unstage(table, stage_name(pending))
    tools.landing.discard(job.dataset, pending.uid)


def stage_name(batch: Batch) -> str:
    """The folder within a table in which this holder's attempt at the batch stages its files."""
    return f"batch-{batch.uid}-{batch.token}"
