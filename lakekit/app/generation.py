"""The beginning of a stream's later generation, marked in its table."""

from __future__ import annotations

from lakekit.app.codec import encode_note
from lakekit.app.tools import Job, Tools
from lakekit.domain.errors import TableError
from lakekit.domain.names import Dataset
from lakekit.domain.progress import Lane, Note
from lakekit.domain.stream import StreamHead
from lakekit.ports.table_store import Commit, CommitConflict

TRIES = 20
"""How often a commit is tried anew; each lost race means that another writer's commit came through."""


def begin_generation(tools: Tools, job: Job, head: StreamHead) -> None:
    """Commit the mark once, where there is a table: a holder of the former generation that was asleep then finds its
    snapshot stale and is refused, and a lost ledger finds the generation again."""
    if head.generation == 1:
        return
    note = Note(Lane.GENERATION, head.dataset, head.stream, head.generation, 0, head=head)
    for _ in range(TRIES):
        snapshot = tools.tables.snapshot(job.dataset.table)
        if snapshot is None:
            return
        if tools.tables.app_version(job.dataset.table, snapshot.version, head.app_id) is not None:
            return
        try:
            tools.tables.commit(job.dataset.table, snapshot, Commit((), False, head.app_id, 0, encode_note(note)))
        except CommitConflict:
            continue
    raise too_busy(job.dataset)


def too_busy(dataset: Dataset) -> TableError:
    """The error of a commit that always came second."""
    return TableError(
        "table.too_busy",
        f"{dataset} could not be committed to",
        why=f"other writers' commits came first {TRIES} times",
        next="run again: what was done so far is kept",
    )
