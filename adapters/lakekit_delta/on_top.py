"""A commit on top of exactly one snapshot, and the log's word on whether it is ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lakekit.domain.errors import LakekitError, TableError
from lakekit.ports.table_store import CommitConflict, Snapshot
from lakekit_delta.driver import reading, writing
from lakekit_delta.log import Log
from lakekit_delta.place import Place
from lakekit_delta.tables import newest, snapshot_of

if TYPE_CHECKING:
    from deltalake import DeltaTable


def table_of(folder: Place, snapshot: Snapshot) -> DeltaTable:
    """The table at `snapshot`. Raises CommitConflict where that is not the newest."""
    table = newest(folder)
    if table is None or snapshot_of(table) != snapshot:
        raise CommitConflict
    return table


def commit(
    folder: Place, snapshot: Snapshot, write: Callable[[], None], is_ours: Callable[[Log, int], bool | None]
) -> int:
    """The version that `write` has made, the one that follows `snapshot`. `is_ours` says whether a version is that
    commit, None where it is not there. Raises CommitConflict where it is another's, else what `write` raised."""
    failure = None
    try:
        with writing(folder):
            write()
    except LakekitError as error:
        failure = error  # not the last word: a checkpoint that fails after the commit raises too
    log, version = Log(folder), snapshot.version + 1
    with reading(folder):
        ours = is_ours(log, version)
        if ours:
            folder.storage.sync(log.path(version).key)
            return version
    if ours is False:
        raise CommitConflict
    told = f"delta-rs reported the commit of version {version}, and it is not there"
    raise failure or TableError("table.commit_lost", told, where=str(folder))
