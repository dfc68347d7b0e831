"""A process that publishes a run of numbers, each until it is through. Arguments: lake, app id, how many, and the mode:
append, replace, or merge, which writes all rows anew with another; or optimize, which publishes nothing."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePosixPath

import duckdb
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from lakekit.domain.batch import StagedFile
from lakekit.ports.table_store import Commit, CommitConflict
from lakekit_delta.store import DeltaStore
from lakekit_local.storage import LocalStorage

TABLE = PurePosixPath("bronze/orders")


def main(lake: Path, app_id: str, numbers: int, mode: str) -> None:
    store = DeltaStore(LocalStorage(lake))
    sys.stdin.readline()  # all begin at once
    for number in range(1, numbers + 1):
        if mode == "optimize":
            optimize(lake)
            continue
        if mode == "merge":
            merge(store, lake, app_id, number)
            continue
        file = staged(store, lake, f"{app_id}-{number}-{os.getpid()}", row(app_id, number))
        publish(store, Commit((file,), mode == "replace", app_id, number, f"{app_id} {number}"))


def optimize(lake: Path) -> None:
    with suppress(DeltaError):
        DeltaTable(lake / TABLE).optimize.compact()


def merge(store: DeltaStore, lake: Path, app_id: str, number: int) -> None:
    """Copy on write: other rows are made from the snapshot that they are committed on, anew after each conflict."""
    for attempt in count():
        snapshot = store.snapshot(TABLE)
        assert snapshot is not None
        files = store.content(TABLE, snapshot.version).files
        rows = " union all ".join(f"select id from '{file.address}'" for file in files)
        name = f"{app_id}-{number}-{attempt}-{os.getpid()}"
        file = staged(store, lake, name, f"{rows} union all {row(app_id, number)}" if files else row(app_id, number))
        removed = tuple(file.path for file in files)
        with suppress(CommitConflict):
            store.commit(TABLE, snapshot, Commit((file,), False, app_id, number, f"{app_id} {number}", removed))
            return


def row(app_id: str, number: int) -> str:
    """A row of its own for each number: app2's third has the id 203."""
    writer = int(app_id.removeprefix("app").removeprefix("-") or 0)
    return f"select {100 * writer + number}::bigint as id"


def staged(store: DeltaStore, lake: Path, name: str, select: str) -> StagedFile:
    file = lake / f"{name}.parquet"
    with duckdb.connect() as connection:
        connection.sql(select).write_parquet(str(file))
    size = file.stat().st_size
    (path,) = store.stage(TABLE, name, [file])
    return StagedFile(path, size, 1)


def publish(store: DeltaStore, commit: Commit) -> None:
    """As the protocol does: look whether it is through already, commit on what was looked at, look again."""
    while True:
        snapshot = store.snapshot(TABLE)
        assert snapshot is not None
        last = store.app_version(TABLE, snapshot.version, commit.app_id)
        if last is not None and last >= commit.number:
            return
        try:
            store.commit(TABLE, snapshot, commit)
        except CommitConflict:
            continue


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
