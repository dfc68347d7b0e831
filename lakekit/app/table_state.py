"""What a table and its log tell about a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import PurePosixPath

from attrs import frozen

from lakekit.app.codec import decode_note
from lakekit.domain.batch import Batch, app_id
from lakekit.domain.progress import Lane, Note, TableState
from lakekit.ports.table_store import CommitInfo, Snapshot, TableStore


@frozen
class _Log:
    """The part of a log that was read: commits newest first, without those that a RESTORE undid. Of the RESTORE commits
    themselves `holding` has those with a note of ours: it repeats the newest of the version that they put back."""

    holding: tuple[CommitInfo, ...]
    undone: tuple[CommitInfo, ...]
    restored_at: int
    restored_to: int
    oldest: int


def table_state(
    tables: TableStore,
    table: PurePosixPath,
    dataset: str,
    stream: str,
    generation: int | None,
    *,
    whole: bool = False,
    recorded: Sequence[Batch] = (),
    back_to: int | None = None,
) -> TableState | None:
    """The state of the table for one generation of a stream; None when there is no table. With `back_to` it is the
    state that a RESTORE to this version would make.

    `number` is that of `generation`, or, where that is None, of the newest that the log names. Reading stops at the
    stream's newest note unless `whole` asks for the log to its end. `recorded` are the ledger's published batches:
    they stand in for notes that log clean-up took.
    """
    snapshot = tables.snapshot(table)
    if snapshot is None:
        return None
    enough = None if whole else (dataset, stream)
    ahead = [] if back_to is None else [CommitInfo(snapshot.version + 1, None, back_to)]
    log = _read(chain(ahead, tables.history(table)), enough)
    notes = _notes(log.holding, dataset, stream)
    seen = [n.generation for _, n in (*notes, *_notes(log.undone, dataset, stream))]
    asked = generation or max(seen, default=1)
    return TableState(
        table_id=snapshot.table_id,
        version=snapshot.version,
        number=tables.app_version(table, snapshot.version, app_id(dataset, stream, asked)),
        notes=notes or _from_ledger(snapshot, log, recorded),
        generations=max(seen, default=0),
        restored_at=log.restored_at,
        restored_to=log.restored_to,
        complete=log.oldest == 0,
    )


def newest_note(tables: TableStore, table: PurePosixPath, dataset: str, stream: str) -> tuple[int, Note] | None:
    """The version and the note of the stream's newest commit that the table still holds."""
    state = table_state(tables, table, dataset, stream, None)
    notes: Sequence[tuple[int, Note]] = state.notes if state else ()
    return notes[0] if notes else None


def _read(history: Iterator[CommitInfo], enough: tuple[str, str] | None) -> _Log:
    holding: list[CommitInfo] = []
    undone: list[CommitInfo] = []
    restored_at = restored_to = oldest = -1
    ceiling: int | None = None
    for info in history:
        oldest = info.version
        if ceiling is not None and info.version > ceiling:
            undone.append(info)
            continue
        if info.restored_to is not None:
            ceiling = info.restored_to
            if restored_at < 0:
                restored_at, restored_to = info.version, info.restored_to
            if decode_note(info.note) is None:
                continue
        holding.append(info)
        if enough and _notes((info,), *enough):
            break
    return _Log(tuple(holding), tuple(undone), restored_at, restored_to, oldest)


def _notes(commits: Iterable[CommitInfo], dataset: str, stream: str) -> tuple[tuple[int, Note], ...]:
    told = ((info.version, decode_note(info.note)) for info in commits)
    return tuple((v, n) for v, n in told if n and (n.dataset, n.stream) == (dataset, stream))


def _from_ledger(snapshot: Snapshot, log: _Log, recorded: Sequence[Batch]) -> tuple[tuple[int, Note], ...]:
    """Notes as the ledger keeps them, of the versions that the table's content still holds. Batches that went into
    another table of this name, since dropped, are none of its."""
    upto = log.restored_to if log.restored_at >= 0 else snapshot.version
    held = [
        (b.published_version, Note(Lane.BRONZE, b.dataset, b.stream, b.generation, b.number, batch=b))
        for b in recorded
        if b.table_id == snapshot.table_id and b.published_version is not None and b.published_version <= upto
    ]
    return tuple(sorted(held, key=lambda told: told[0], reverse=True))
