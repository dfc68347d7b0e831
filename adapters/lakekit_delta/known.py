"""Tables that are loaded once and then followed: a load replays the whole log, a look again only what is new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lakekit_delta.driver import reading
from lakekit_delta.log import Log
from lakekit_delta.tables import checked, newest

if TYPE_CHECKING:
    from deltalake import DeltaTable

Mark = tuple[int, int, int]
"""A commit's version, and the inode and time of its file: no other table's commit has them."""


class Known:
    """The tables of one store. What is here may be of any version that a table had since it was loaded."""

    def __init__(self) -> None:
        self._tables: dict[Path, tuple[DeltaTable, Mark]] = {}

    def newest(self, folder: Path) -> DeltaTable | None:
        """As `lakekit_delta.tables.newest`. A table is followed only while the commit that it was loaded at still lies
        in the log: one that was dropped and made anew is another table, which may be at any version."""
        table, mark = self._tables.pop(folder, (None, None))
        now = _mark(folder)
        if table is None or now is None or mark != _mark(folder, table.version()):
            table = newest(folder)
        elif mark != now:
            with reading(folder):
                table.update_incremental()
            checked(folder, table)
        if table and now and now == _mark(folder, table.version()):
            self._tables[folder] = (table, now)
        return table

    def at(self, folder: Path, version: int) -> DeltaTable | None:
        """The table, if what is known of it is of this version."""
        table, _ = self._tables.get(folder, (None, None))
        return table if table is not None and table.version() == version else None


def _mark(folder: Path, version: int | None = None) -> Mark | None:
    """The mark of this version, or of the newest; None when its commit is not there."""
    log = Log(folder)
    with reading(folder):
        try:
            version = max(log.versions()) if version is None else version
            told = log.path(version).stat()
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
    return version, told.st_ino, told.st_mtime_ns
