"""Tables that are loaded once and then followed: a load replays the whole log, a look again only what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit_delta.driver import load, options, reading
from lakekit_delta.log import Log
from lakekit_delta.place import Place
from lakekit_delta.tables import commit_of

if TYPE_CHECKING:
    from deltalake import DeltaTable

Mark = str | None
"""That of a commit's file: no other table's commit of the same version has it. None where there is no such file."""


Options = dict[str, str] | None
"""With what a table was opened: it goes on with those credentials, which end."""


class Known:
    """The tables of one store. What is here may be of any version that a table had since it was loaded."""

    def __init__(self) -> None:
        self._tables: dict[Place, tuple[DeltaTable, Mark, Options]] = {}

    def newest(self, folder: Place) -> DeltaTable | None:
        """As `lakekit_delta.tables.newest`. A table is followed only while the commit that it was loaded at still lies
        in the log: one that was dropped and made anew is another table, which may be at any version. Where nothing is
        new, the one listing of the log tells so."""
        table, mark, opened = self._tables.pop(folder, (None, None, None))
        with reading(folder):
            log = Log(folder).listing()
        if not log.begun:
            return None
        marks, told = {version: stat.mark for version, stat in log.commits.items()}, options(folder)
        last = max(marks, default=None)
        if table is None or opened != told or mark is None or mark != marks.get(table.version()):
            table = load(folder)
        elif table.version() != last:
            with reading(folder):
                table.update_incremental()
        else:
            self._tables[folder] = (table, mark, told)
            return table
        commit = commit_of(folder, table)
        # What came meanwhile may be of another table.
        if commit and table.version() == last and commit.mark == marks[last]:
            self._tables[folder] = (table, commit.mark, told)
        return table

    def at(self, folder: Place, version: int) -> DeltaTable | None:
        """The table, if what is known of it is of this version."""
        table, _, opened = self._tables.get(folder, (None, None, None))
        if opened != options(folder):
            return None
        return table if table is not None and table.version() == version else None
