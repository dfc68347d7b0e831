"""The table store: one lake, in a folder or a bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from lakekit.domain.batch import StagedFile
from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn
from lakekit.domain.table_options import PLAIN, Definition
from lakekit.ports.storage import ObjectStorage
from lakekit.ports.table_store import NO_PARTITIONS, NOTHING, Changes, Commit, CommitInfo, Content, Snapshot, TableFile
from lakekit_delta.changes import changes
from lakekit_delta.definition import define
from lakekit_delta.driver import load, reading
from lakekit_delta.known import Known
from lakekit_delta.log import Log
from lakekit_delta.place import Place
from lakekit_delta.pruning import active_paths, files_reaching
from lakekit_delta.publisher import publish
from lakekit_delta.rewrite import rewrite
from lakekit_delta.staging import check_name, move_in, size_of
from lakekit_delta.tables import newest, snapshot_of
from lakekit_delta.versions import content, restore

if TYPE_CHECKING:
    from deltalake import DeltaTable


_REPLACES = re.compile(r"(CREATE OR )?REPLACE TABLE\b")
"""What delta-rs and Spark call it, the latter also with ` AS SELECT` behind."""


class DeltaStore:
    """`snapshot` and `commit` look at the log afresh; what `snapshot` saw then answers for its version."""

    def __init__(self, storage: ObjectStorage) -> None:
        self._storage = storage
        self._known = Known()

    def snapshot(self, table: PurePosixPath) -> Snapshot | None:
        loaded = self._known.newest(self._place(table))
        return None if loaded is None else snapshot_of(loaded)

    def app_version(self, table: PurePosixPath, version: int, app_id: str) -> int | None:
        folder = self._place(table)
        with reading(folder):
            return self._at(folder, version).transaction_version(app_id)

    def history(self, table: PurePosixPath) -> Iterator[CommitInfo]:
        folder = self._place(table)
        log = Log(folder)
        with reading(folder):
            versions = log.versions()
        for version in versions:
            with reading(folder):
                info = log.info(version)
            if info is None:
                return
            note = info.get("userMetadata")
            restored_to = _restored_to(folder, version, info)
            told = note if isinstance(note, str) else None
            yield CommitInfo(version, told, restored_to, info.get("operation"), _moment(info.get("timestamp")))

    def ensure(self, table: PurePosixPath, columns: Sequence[TableColumn], definition: Definition = PLAIN) -> None:
        folder = self._place(table)
        self._storage.prepare(folder.key)
        define(folder, columns, definition)

    def stage(
        self,
        table: PurePosixPath,
        name: str,
        files: Sequence[Path],
        partitions: Mapping[Path, Mapping[str, str | None]] = NO_PARTITIONS,
    ) -> tuple[str, ...]:
        check_name(name)
        folder = self._place(table) / name
        self._storage.prepare(folder.key)
        return tuple(f"{name}/{file}" for file in move_in(files, folder, partitions))

    def unstage(self, table: PurePosixPath, name: str) -> None:
        check_name(name)
        folder, staged = self._place(table), self._place(table) / name
        loaded = newest(folder)
        if loaded is not None:
            with reading(folder):
                named = Log(folder).names(name)
            if named or any(path.startswith(f"{staged}/") for path in active_paths(folder, loaded)):
                return
        self._storage.delete_all(staged.key)

    def damaged(self, table: PurePosixPath, files: Sequence[StagedFile]) -> tuple[str, ...]:
        folder = self._place(table)
        with reading(folder):
            return tuple(file.path for file in files if size_of(folder, file) != file.size)

    def commit(self, table: PurePosixPath, snapshot: Snapshot, commit: Commit) -> int:
        return publish(self._place(table), snapshot, commit)

    def rewrite(
        self,
        table: PurePosixPath,
        snapshot: Snapshot,
        columns: Sequence[TableColumn],
        files: Sequence[StagedFile],
        note: str | None,
    ) -> int:
        return rewrite(self._place(table), snapshot, columns, files, note)

    def files(
        self,
        table: PurePosixPath,
        version: int,
        column: str | None = None,
        low: str | None = None,
        *,
        nulls: bool = False,
    ) -> tuple[str, ...]:
        folder = self._place(table)
        loaded = self._at(folder, version)
        if column is None or low is None:
            return tuple(active_paths(folder, loaded))
        return tuple(files_reaching(folder, loaded, column, low, nulls=nulls))

    def content(self, table: PurePosixPath, version: int) -> Content:
        folder = self._place(table)
        return content(folder, version, self._known.at(folder, version))

    def restore(self, table: PurePosixPath, snapshot: Snapshot, version: int, note: str | None) -> int:
        return restore(self._place(table), snapshot, version, note)

    def changes(self, table: PurePosixPath, since: int, version: int) -> Changes | None:
        folder = self._place(table)
        return changes(folder, since, version, self._known.at(folder, version))

    def gone(self, table: PurePosixPath, files: Sequence[TableFile]) -> tuple[str, ...]:
        folder = self._place(table)
        with reading(folder):
            return tuple(file.path for file in files if size_of(folder, file) is None)

    def _place(self, table: PurePosixPath) -> Place:
        return Place(self._storage, str(table))

    def _at(self, folder: Place, version: int) -> DeltaTable:
        return self._known.at(folder, version) or load(folder, version)


def _moment(milliseconds: object) -> str | None:
    if not isinstance(milliseconds, int):
        return None
    return (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)).isoformat()


def _restored_to(folder: Place, version: int, info: Mapping[str, Any]) -> int | None:
    """The version that a RESTORE names, and -1 for a commit that put another table in this one's place: it keeps the
    log, and none of the rows. A RESTORE by time names no version, and writers disagree on the time of a commit; then it
    is the newest older version with the very same files."""
    operation = str(info.get("operation"))
    if _REPLACES.match(operation):
        return NOTHING
    if operation != "RESTORE":
        return None
    named = str(info.get("operationParameters", {}).get("version"))
    if named.isdigit():
        return int(named)
    files = set(active_paths(folder, load(folder, version)))
    for older in range(version - 1, -1, -1):
        try:
            if set(active_paths(folder, load(folder, older))) == files:
                return older
        except TableError:
            break  # clean-up took the log from here on
    raise TableError(
        "table.restore_unknown",
        f"version {version} restored the table by time, and which version that was is not known",
        where=str(folder),
        next="restore the table again, by version",
    )
