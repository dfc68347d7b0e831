"""What a restart does: pure decisions from what the ledger and the tables say.

The ledger and the bronze table each keep the number of the newest batch. A decision is applied and the question asked
again, until it is `Continue`; so each step may be interrupted and taken again.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from lakekit.domain.batch import Batch, Mode, Status
from lakekit.domain.errors import StateError
from lakekit.domain.progress import Lane, Note, TableState
from lakekit.domain.stream import Ledgered, StreamHead


@frozen
class Continue:
    """Ledger and tables tell one story."""


@frozen
class Record:
    """Write these batches into the ledger: the tables know them, the ledger does not."""

    batches: tuple[Batch, ...]


@frozen
class Renew:
    """Begin a generation: the table is no longer the one into which the last batch was published."""

    head: StreamHead
    why: str


Decision = Continue | Record | Renew


def found(dataset: str, stream: str, bronze: TableState | None) -> StreamHead:
    """The head of a stream that the ledger does not know, from the notes in its table.

    Raises StateError when the table holds batches of which no readable note is left.
    """
    fresh = StreamHead(dataset, stream)
    if bronze is None or not bronze.generations:
        if bronze and bronze.number is not None:
            raise _progress_lost(fresh, bronze)
        return fresh
    newest = bronze.newest
    if newest is None or newest.generation < bronze.generations or _undone(bronze, newest):
        return _renewed(evolve(fresh, generation=bronze.generations), bronze, newest)
    own = [note for _, note in bronze.notes if note.generation == bronze.generations]
    begun = next((note.head for note in own if note.head), None)
    if begun is None and bronze.generations > 1:
        raise _progress_lost(fresh, bronze)
    return begun or fresh


def _undone(bronze: TableState, newest: Note) -> bool:
    """Whether a RESTORE took back the batches after `newest`: a table keeps its transaction versions then."""
    return bronze.restored_at >= 0 and newest.number < (bronze.number or 0)


def inherited(head: StreamHead, bronze: TableState | None, recorded: Sequence[Batch]) -> tuple[Batch, ...]:
    """The batches of former generations that `head` inherits and the ledger, `recorded`, lacks: from the table's notes.

    Raises StateError when one is in neither and files are read: which of them count as read would be unknown.
    """
    known = {(b.generation, b.number) for b in recorded}
    lacking = [(g, n) for g, upto in head.inherited for n in range(1, upto + 1) if (g, n) not in known]
    if bronze is None or not lacking:
        return ()
    notes = {(n.generation, n.number): _published(n.batch, v, bronze.table_id) for v, n in bronze.notes if n.batch}
    newest = notes.get(head.inherited[-1])
    missing = any(place not in notes for place in lacking)
    if missing and (newest is None or newest.mode is Mode.FILES):
        raise _progress_lost(head, bronze)
    return tuple(notes[place] for place in lacking if place in notes)


def decide(known: Ledgered, bronze: TableState | None, quarantine: TableState | None) -> Decision:
    """What to do next for a stream whose head is in the ledger. `number` of both tables is that of its generation.

    Raises StateError when the two disagree in a way that only a person can decide.
    """
    if bronze is None:
        return _without_table(known, quarantine)
    home = (known.published.table_id if known.published else None) or known.head.table_id
    if home is not None and bronze.table_id != home:
        # A table that was replaced keeps its log: its notes tell of rows that are gone, but for a later generation's.
        later = bronze.newest and bronze.newest.generation > known.head.generation
        return Renew(_renewed(known.head, bronze, bronze.newest if later else None), "the table was recreated")
    if why := _moved_back(known, bronze):
        return Renew(_renewed(known.head, bronze, bronze.newest), why)
    return _unrecorded(known, bronze) or _unpublished(known, quarantine) or Continue()


def _without_table(known: Ledgered, quarantine: TableState | None) -> Decision:
    if known.published or known.head.table_id is not None:
        return Renew(_renewed(known.head, None, None), "the table was dropped")
    return _unpublished(known, quarantine) or Continue()


def _moved_back(known: Ledgered, bronze: TableState) -> str:
    """Why the table no longer holds the newest published batch, or "" when it does."""
    number = known.published.number if known.published else 0
    if (bronze.number or 0) < number:
        return "the table was put back to a version before the last batch"
    since = known.published.published_version if known.published else known.head.base_version
    if since is None or bronze.restored_at <= since:
        return ""
    return "" if known.published and _is(bronze.newest, known.published) else "the table was restored"


def _unrecorded(known: Ledgered, bronze: TableState) -> Record | None:
    """Batches that the table holds and the ledger does not call published."""
    after = known.published.number if known.published else 0
    number = bronze.number or 0
    if number <= after:
        _same_uid(known.published, bronze)
        return None
    notes = {n.number: (v, n.batch) for v, n in bronze.notes if n.generation == known.head.generation and n.batch}
    if known.last and known.last.number == number and known.last.status is Status.SEALED:
        _same_uid(known.last, bronze)
        version = notes[number][0] if number in notes else bronze.version
        return Record((_published(known.last, version, bronze.table_id),))
    newest = notes[number][1] if number in notes else None
    missing = any(n not in notes for n in range(after + 1, number))
    if newest is None or (missing and newest.mode is Mode.FILES):  # files read are kept per batch: each one counts
        raise _progress_lost(known.head, bronze)
    told = (notes[n] for n in range(after + 1, number + 1) if n in notes)
    return Record(tuple(_published(b, version, bronze.table_id) for version, b in told))


def _unpublished(known: Ledgered, quarantine: TableState | None) -> Record | None:
    """A sealed batch whose quarantine is committed while the ledger has lost it."""
    note = quarantine.newest if quarantine else None
    if note is None or note.batch is None or note.lane is not Lane.QUARANTINE:
        return None
    if note.generation != known.head.generation or note.number != known.next_number:
        return None
    pending = known.pending
    if pending and pending.number == note.number and pending.uid == note.batch.uid:
        return None
    if pending and pending.status is Status.SEALED:
        raise two_uids(pending, note.batch)
    return Record((note.batch,))


def _same_uid(batch: Batch | None, bronze: TableState) -> None:
    newest = next((n for _, n in bronze.notes if n.batch and batch and n.generation == batch.generation), None)
    if batch and newest and newest.batch and newest.number == batch.number and newest.batch.uid != batch.uid:
        raise two_uids(batch, newest.batch)


def _published(batch: Batch, version: int, table_id: str) -> Batch:
    return evolve(batch, status=Status.PUBLISHED, published_version=version, table_id=table_id)


def _is(note: Note | None, batch: Batch) -> bool:
    return bool(note and note.batch and note.batch.uid == batch.uid)


def _renewed(head: StreamHead, bronze: TableState | None, note: Note | None) -> StreamHead:
    """The next generation, from the progress of `note`: the newest that the table's content still holds."""
    fresh = StreamHead(head.dataset, head.stream, generation=head.generation + 1)
    if bronze is None:
        return fresh
    fresh = evolve(fresh, table_id=bronze.table_id, base_version=bronze.version)
    if note is None:
        return fresh
    begun = note.head or _begun(head, bronze, note.generation)
    batch = note.batch
    if batch is None or batch.seal is None:
        return evolve(fresh, watermark=begun.watermark, inherited=begun.inherited)
    inherited = (*begun.inherited, (batch.generation, batch.number))
    return evolve(fresh, watermark=batch.seal.watermark, inherited=inherited)


def _begun(head: StreamHead, bronze: TableState, generation: int) -> StreamHead:
    """The head of an earlier generation: from its own note, or else from what a later head inherited."""
    noted = next((n.head for _, n in bronze.notes if n.head and n.generation == generation), None)
    inherited = tuple(i for i in head.inherited if i[0] < generation)
    return noted or evolve(head, generation=generation, inherited=inherited)


def _progress_lost(head: StreamHead, bronze: TableState) -> StateError:
    return StateError(
        "state.progress_lost",
        f"{head.dataset} holds batch {bronze.number}, and no record of its progress is left",
        where=f"stream {head.stream}, table version {bronze.version}",
        why="the ledger does not know the batch and log clean-up has removed its commit's note",
        next="see runbooks/state-disagrees.md: restore the ledger from a backup, or restore the table",
    )


def two_uids(ours: Batch, theirs: Batch) -> StateError:
    """The error for one number that two attempts have published."""
    return StateError(
        "state.two_uids",
        f"batch {ours.number} of {ours.dataset} was published by another attempt",
        where=f"ledger: {ours.uid}, table: {theirs.uid}",
        why="two ledgers have written to one table",
        next="nothing was changed; see runbooks/state-disagrees.md",
    )
