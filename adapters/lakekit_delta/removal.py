"""The files that a commit takes away, of which delta-rs checks nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lakekit.domain.errors import TableError
from lakekit.ports.table_store import Commit, Snapshot, TableFile
from lakekit_delta.place import Place
from lakekit_delta.spelling import path_within, refuse_spelling, spelled
from lakekit_delta.versions import files_of

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake.transaction import RemoveAction


def removed_by(folder: Place, table: DeltaTable, snapshot: Snapshot, commit: Commit) -> list[RemoveAction]:
    """The removals that go with the added files; none for `replace`, which delta-rs carries out. Raises TableError for
    what is no file of the table, and for what cannot be removed."""
    if not commit.replace and not commit.removes:
        return []
    _refuse_contradiction(folder, commit)
    if snapshot.definition.properties.get("delta.appendOnly", "").lower() == "true":
        told = "rows would leave a table that is append-only"
        raise TableError("table.append_only", told, where=str(folder), next="see lakekit explain table.append_only")
    removes = frozenset(commit.removes)
    there = {text: path_within(folder, text) for text in spelled(folder, table)}
    leaving = {text: path for text, path in there.items() if commit.replace or path in removes}
    if unknown := removes.difference(leaving.values()):
        told = "a file that is to be removed is none of the table's"
        raise TableError("table.file_not_active", told, where=str(folder / min(unknown)), next="run again")
    refuse_spelling(folder, leaving)
    return [] if commit.replace else [_remove(file) for file in files_of(folder, table, leaving).values()]


def _remove(file: TableFile) -> RemoveAction:
    from deltalake.transaction import RemoveAction

    now = time.time_ns() // 1_000_000  # as the driver stamps its own removals; vacuum waits from then on
    return RemoveAction(file.path, True, now, file.size, dict(file.partition))


def _refuse_contradiction(folder: Place, commit: Commit) -> None:
    both = {file.path for file in commit.files} & set(commit.removes)
    if both or (commit.replace and commit.removes):
        told = "a commit adds and removes one file" if both else "a commit replaces all files, and removes some"
        raise TableError("table.bad_commit", told, where=str(folder))
