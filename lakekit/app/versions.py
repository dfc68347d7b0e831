"""Two versions of a table side by side, and whether what they need is still there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from lakekit.app.tools import Tools
from lakekit.domain.batch import StagedFile
from lakekit.domain.errors import TableError
from lakekit.domain.versions import Files
from lakekit.ports.table_store import Content, Snapshot, TableFile


def newest(tools: Tools, table: PurePosixPath) -> Snapshot:
    """The table as it is now. Raises TableError `table.missing` where there is none."""
    snapshot = tools.tables.snapshot(table)
    if snapshot is None:
        raise TableError("table.missing", "there is no such table yet", where=str(table), next="lakekit run")
    return snapshot


def only_in(one: Content, other: Content) -> tuple[TableFile, ...]:
    """The files of one version that the other has not."""
    others = {file.path for file in other.files}
    return tuple(file for file in one.files if file.path not in others)


def summed(files: Sequence[TableFile]) -> Files:
    """What these files come to."""
    rows = [file.rows for file in files]
    told = [count for count in rows if count is not None]
    return Files(len(files), sum(file.size for file in files), sum(told) if len(told) == len(rows) else None)


def check_there(tools: Tools, table: PurePosixPath, version: int, files: Sequence[TableFile]) -> None:
    """Raises TableError `table.files_vacuumed` when files that only an older version has are gone."""
    lost = tools.tables.damaged(table, [StagedFile(file.path, file.size, file.rows or 0) for file in files])
    if lost:
        raise TableError(
            "table.files_vacuumed",
            f"{len(lost)} of the files that version {version} was made of are gone",
            where=f"{table}/{lost[0]}",
            why="a vacuum removes files that no recent version needs",
            next="name a later version; lakekit table history lists them",
        )
