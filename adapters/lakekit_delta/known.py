"""Tables that are loaded once and then followed: a load replays the whole log, a look again only what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit_delta.driver import load, options, reading
from lakekit_delta.log import Log
from lakekit_delta.place import Place
from lakekit_delta.tables import checked, newest

if TYPE_CHECKING:
    from deltalake import DeltaTable

Mark = tuple[int, str]
"""A commit's version, and the mark of its file: no other table's commit has them."""


Options = dict[str, str] | None
"""With what a table was opened: it goes on with those credentials, which end."""


class Known:
    """The tables of one store. What is here may be of any version that a table had since it was loaded."""

    def __init__(self) -> None:
        self._tables: dict[Place, tuple[DeltaTable, Mark, Options]] = {}

    def newest(self, folder: Place) -> DeltaTable | None:
        """As `lakekit_delta.tables.newest`. A table is followed only while the commit that it was loaded at still lies
        in the log: one that was dropped and made anew is another table, which may be at any version."""
        table, mark, opened = self._tables.pop(folder, (None, None, None))
        now, told = _mark(folder), options(folder)
        if table is None or now is None or opened != told or mark != _mark(folder, table.version()):
            table = checked(folder, load(folder)) if now else newest(folder)
        elif mark != now:
            with reading(folder):
                table.update_incremental()
            checked(folder, table)
        if table and now and now == _mark(folder, table.version()):
            self._tables[folder] = (table, now, told)
        return table

    def at(self, folder: Place, version: int) -> DeltaTable | None:
        """The table, if what is known of it is of this version."""
        table, _, opened = self._tables.get(folder, (None, None, None))
        if opened != options(folder):
            return None
        return table if table is not None and table.version() == version else None


def _mark(folder: Place, version: int | None = None) -> Mark | None:
    """The mark of this version, or of the newest; None when its commit is not there."""
    log = Log(folder)
    with reading(folder):
        if version is None and (version := max(log.versions(), default=None)) is None:
            return None
        told = log.path(version).stat()
    return None if told is None else (version, told.mark)
