"""Files of a table as the rows that an engine reads, and files that an engine wrote as those of a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from lakekit.domain.batch import StagedFile
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input, Written
from lakekit.ports.table_store import Snapshot, TableFile, TableStore


def rows_of(files: Sequence[TableFile], columns: Sequence[TableColumn], *, positions: bool = False) -> Input:
    """The rows of the files, which may be none, as a table of these columns; `positions` tells files apart."""
    partitions = {file.address: file.partition for file in files}
    return Input(tuple(partitions), positions, tuple(columns), partitions)


def rows_at(
    tables: TableStore, table: PurePosixPath, snapshot: Snapshot | None, columns: Sequence[TableColumn] | None = None
) -> Input:
    """All rows of a table at the version of `snapshot`, in its columns or in those; none where it is None."""
    if snapshot is None:
        return Input((), columns=tuple(columns or ()))
    return rows_of(tables.content(table, snapshot.version).files, snapshot.columns if columns is None else columns)


def staged_file(
    written: Written, path: str, public: Collection[str], partition: Mapping[str, str | None]
) -> StagedFile:
    """A file as it is staged at `path`, with the statistics of the columns that are `public` alone."""
    stats = {name: told for name, told in written.stats.items() if name in public}
    return StagedFile(path, written.size, written.rows, stats, dict(partition))
