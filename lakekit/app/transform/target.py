"""The table of a build as it is, and which of its rows and files give way to rows that were made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import evolve, frozen

from lakekit.app.table_files import rows_of
from lakekit.app.transform.job import TransformJob, Workshop
from lakekit.app.transform.made import as_input
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine, Input, Written
from lakekit.ports.table_store import Content, Snapshot, TableFile
from lakekit.sql.merging import KEYS, MADE, TARGET, fresh_query, lost_query, touched_query


@frozen
class Target:
    """The table of a build as it is, and a folder in which files are prepared."""

    content: Content
    partitions: tuple[str, ...]
    folder: Path

    @property
    def files(self) -> tuple[TableFile, ...]:
        """All that the table has at that version."""
        return self.content.files

    def rows(self, files: Sequence[TableFile]) -> Input:
        """The rows of some of its files, as an input that tells files apart."""
        return rows_of(files, self.content.snapshot.columns, positions=True)


def target_of(
    workshop: Workshop,
    job: TransformJob,
    snapshot: Snapshot,
    folder: Path,
    columns: tuple[TableColumn, ...] | None = None,
) -> Target:
    """The table at that version, its rows in `columns` where it is to have others."""
    content = workshop.tools.tables.content(job.transform.dataset.table, snapshot.version)
    if columns:
        content = evolve(content, snapshot=evolve(content.snapshot, columns=columns))
    return Target(content, snapshot.definition.partitions, folder)


@frozen
class Giving:
    """The files that are written anew, without the rows of the keys in question, and the rows `made` that are written
    then; how many rows that changes, `added` and `removed`."""

    files: tuple[TableFile, ...]
    made: tuple[Written, ...]
    added: int
    removed: int


def giving(engine: Engine, target: Target, keys: Input, by: Sequence[str], made: tuple[Written, ...]) -> Giving:
    """What gives way to the rows `made`: every row whose values in the columns `by` are in `keys`."""
    rows = {TARGET: target.rows(target.files), KEYS: keys}
    found = _counts(engine.rows(touched_query(by), rows)) if target.files else {}
    touched = tuple(f for f in target.files if f.address in found)
    return Giving(touched, made, sum(w.rows for w in made), sum(found.values()))


def without_equal(
    engine: Engine, target: Target, keys: Input, by: Sequence[str], columns: Sequence[TableColumn], all_: Giving
) -> Giving:
    """The same table, by fewer changes: a row that comes out as it is counts neither as added nor as removed, and a
    file with none but such rows stays. For rows of which no two are equal, in columns that are `exact`."""
    if not all_.files or not all_.made:
        return all_
    rows, made = target.rows(all_.files), as_input(all_.made, columns)
    lost = _counts(engine.rows(lost_query(by, columns), {TARGET: rows, KEYS: keys, MADE: made}))
    equal = all_.removed - sum(lost.values())
    staying = [f for f in all_.files if f.address not in lost]
    fresh = all_.made
    if staying:
        left = {MADE: made, TARGET: target.rows(staying)}
        fresh = engine.write(fresh_query(columns), left, target.folder / "fresh")
    files = tuple(f for f in all_.files if f.address in lost)
    return Giving(files, fresh, all_.added - equal, all_.removed - equal)


def _counts(found: Sequence[tuple[object, ...]]) -> dict[str, int]:
    """(file, rows), by file."""
    return {str(file): int(str(rows)) for file, rows in found}
