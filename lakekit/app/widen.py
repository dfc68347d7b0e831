"""Widen: give columns of a dataset's table wider types, by writing its files anew; no row changes.

One commit takes the old files away, adds the new ones and changes the columns, on top of exactly the snapshot that was
read. So a kill leaves the table as it was or as it is to be, and whoever reads it sees one of the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from lakekit.app.codec import encode_note
from lakekit.app.generation import TRIES, too_busy
from lakekit.app.rewriting import rewritten
from lakekit.app.table_files import staged_file
from lakekit.app.table_state import newest_note
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch, StagedFile
from lakekit.domain.schema import TableColumn, bronze_columns
from lakekit.domain.widening import Widening, wider
from lakekit.ports.engine import Written
from lakekit.ports.table_store import CommitConflict, Snapshot


def widen(tools: Tools, job: Job, batch: Batch, columns: Sequence[TableColumn]) -> tuple[Widening, ...]:
    """Give bronze the types of `columns` that are wider than its own; what that changed, in the order of the columns.

    The publish lease is held. Done twice, it does nothing the second time. Raises TableError when other writers always
    come first, and when a file does not give all its rows.
    """
    for attempt in range(TRIES):
        snapshot = tools.tables.snapshot(job.dataset.table)
        found = _widenings(snapshot, columns) if snapshot else ()
        if snapshot is None or not found:
            return ()
        try:
            version = _Rewrite(tools, job, batch, snapshot, found, attempt).commit()
        except CommitConflict:
            continue
        told = [change.line() for change in found]
        tools.log.event("table.widened", batch=batch.number, version=version, columns=told)
        return found
    raise too_busy(job.dataset)


def _widenings(snapshot: Snapshot, columns: Sequence[TableColumn]) -> tuple[Widening, ...]:
    wanted = {c.name: c.type for c in columns}
    pairs = ((c, wanted.get(c.name, c.type)) for c in snapshot.columns)
    return tuple(Widening(c.name, c.type, wide) for c, wide in pairs if wider(c.type, wide))


@frozen
class _Rewrite:
    """One attempt at a snapshot's files."""

    tools: Tools
    job: Job
    batch: Batch
    snapshot: Snapshot
    widenings: tuple[Widening, ...]
    attempt: int

    def commit(self) -> int:
        """The version that it made. Raises CommitConflict, its files removed, when another writer came first."""
        table, files = self.job.dataset.table, tuple(self._files())
        # Read after the snapshot: where it is of a later commit, there is a conflict.
        newest = newest_note(self.tools.tables, table, str(self.job.dataset), self.job.stream)
        note = encode_note(newest[1]) if newest else None
        try:
            return self.tools.tables.rewrite(table, self.snapshot, self._columns, files, note)
        except CommitConflict:
            self.tools.tables.unstage(table, self._name)
            raise

    def _files(self) -> Iterator[StagedFile]:
        content = self.tools.tables.content(self.job.dataset.table, self.snapshot.version)
        work = self.tools.landing.workspace(self.job.dataset, self.batch.uid, self.batch.token)
        folder = work / f"widened-{self.attempt}"
        engine, dataset = self.tools.engine, str(self.job.dataset)
        for written, partition in rewritten(engine, dataset, content.files, self._columns, folder):
            yield from self._staged(written, dict(partition))

    def _staged(self, written: Sequence[Written], partition: dict[str, str | None]) -> Iterator[StagedFile]:
        split = {w.path: partition for w in written}
        paths = self.tools.tables.stage(self.job.dataset.table, self._name, list(split), split)
        for path, w in zip(paths, written, strict=True):
            yield staged_file(w, path, self._public, partition)

    @property
    def _columns(self) -> tuple[TableColumn, ...]:
        wide = {change.column: change.after for change in self.widenings}
        return tuple(TableColumn(c.name, wide.get(c.name, c.type)) for c in self.snapshot.columns)

    @property
    def _public(self) -> frozenset[str]:
        return frozenset(c.name for c in bronze_columns(self.job.contract)) - self.job.contract.personal

    @property
    def _name(self) -> str:
        """A folder that no other holder's attempt has: what is left of one that was killed, a vacuum removes."""
        return f"widened-{self.batch.uid}-{self.batch.token}-{self.attempt}"
