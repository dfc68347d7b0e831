"""A process that publishes a run of numbers, each until it is through. Arguments: lake, app id, how many, replace."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath

import duckdb

from lakekit.domain.batch import StagedFile
from lakekit.ports.table_store import Commit, CommitConflict
from lakekit_delta.store import DeltaStore
from lakekit_local.storage import LocalStorage

TABLE = PurePosixPath("bronze/orders")


def main(lake: Path, app_id: str, numbers: int, replace: bool) -> None:
    store = DeltaStore(LocalStorage(lake))
    sys.stdin.readline()  # all begin at once
    for number in range(1, numbers + 1):
        file = staged(store, lake, f"{app_id}-{number}-{os.getpid()}", number)
        publish(store, Commit((file,), replace, app_id, number, f"{app_id} {number}"))


def staged(store: DeltaStore, lake: Path, name: str, number: int) -> StagedFile:
    file = lake / f"{name}.parquet"
    with duckdb.connect() as connection:
        connection.sql(f"select {number}::bigint as id").write_parquet(str(file))
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
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4] == "replace")
