"""What the parts of the suite share."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

import pytest

from lakekit.domain.batch import StagedFile
from lakekit.domain.schema import TEXT_MAP_TYPE, TableColumn
from lakekit.domain.table_options import Definition
from lakekit.plugin.provider import Port
from lakekit.ports.table_store import Commit, CommitConflict, Snapshot, TableStore
from lakekit.testing.suite import Suite

TABLE = PurePosixPath("bronze/orders")
APP = "lakekit/bronze.orders/live/1"
COLUMNS = (TableColumn("id", "long"), TableColumn("at", "timestamp"), TableColumn("name", "string"))
NARROW = (TableColumn("id", "int"), TableColumn("name", "string"))
WIDER = (TableColumn("id", "long"), TableColumn("name", "string"))
EVERY_TYPE = (
    *(TableColumn(f"c_{t}", t) for t in ("string", "boolean", "int", "long", "float", "double", "date", "timestamp")),
    TableColumn("decimal", "decimal(10,2)"),
    TableColumn("_extra", TEXT_MAP_TYPE),
)

PARTITIONED = Definition(
    ("name",), {"lakekit_id_required": "NOT (`id` IS NULL)"}, {"delta.enableChangeDataFeed": "true"}
)

Row = tuple[object, ...]


class TableStoreBase(Suite):
    """Subclass it as `Test...`; say how to make the adapter, and how others see its tables."""

    port = Port.TABLE_STORE

    def make(self, lake: Path) -> TableStore:
        """The adapter for the lake in the folder `lake`."""
        raise NotImplementedError

    def write_parquet(self, file: Path, columns: Sequence[TableColumn], rows: Sequence[Row]) -> None:
        """Write a Parquet file with exactly these columns."""
        raise NotImplementedError

    def ids(self, files: Sequence[str]) -> list[object]:
        """The values of column `id` in these Parquet files, in order of value."""
        raise NotImplementedError

    def commit_as_another(self, lake: Path) -> None:
        """Make a commit to the table that adds no file, with a tool that knows nothing of lakekit."""
        raise NotImplementedError

    def restore(self, lake: Path, version: int) -> None:
        """Put the table back to `version`, with a tool that knows nothing of lakekit."""
        raise NotImplementedError

    def harm(self, lake: Path, path: str, content: bytes | None) -> None:
        """Give a file of the table another content, or remove it; the whole table where the path is empty."""
        found = lake / TABLE / path
        if content is not None:
            found.write_bytes(content)
        elif path:
            found.unlink()
        else:
            shutil.rmtree(found)

    @pytest.fixture
    def lake(self, tmp_path: Path) -> Path:
        (tmp_path / "lake").mkdir()
        return tmp_path / "lake"

    @pytest.fixture
    def store(self, lake: Path) -> TableStore:
        return self.make(lake)

    def staged(
        self, store: TableStore, lake: Path, name: str, *ids: int, columns: Sequence[TableColumn] = COLUMNS
    ) -> StagedFile:
        """One staged file with a row per id."""
        file = lake.parent / f"{name}.parquet"
        self.write_parquet(file, columns, [(i, *[None] * (len(columns) - 1)) for i in ids])
        size = file.stat().st_size
        (path,) = store.stage(TABLE, name, [file])
        return StagedFile(path, size, len(ids))

    def partitioned(self, store: TableStore, lake: Path, *parts: str | None) -> Commit:
        """A commit to a new table that is partitioned by `name`, of a file per value, with the ids 0, 1, …"""
        store.ensure(TABLE, COLUMNS, PARTITIONED)
        files = {lake.parent / f"part-{i}.parquet": {"name": value} for i, value in enumerate(parts)}
        for number, file in enumerate(files):
            self.write_parquet(file, COLUMNS, [(number, None, parts[number])])
        sizes = [file.stat().st_size for file in files]
        paths = store.stage(TABLE, "batch-1", list(files), files)
        split = zip(paths, sizes, files.values(), strict=True)
        return Commit(tuple(StagedFile(p, s, 1, partition=v) for p, s, v in split), False, APP, 1, "note")

    def published(self, store: TableStore, lake: Path, number: int, *ids: int, replace: bool = False) -> Snapshot:
        """The snapshot after a commit of one file with these rows, or of none."""
        files = (self.staged(store, lake, f"batch-{number}", *ids),) if ids else ()
        store.commit(TABLE, snapshot_now(store), Commit(files, replace, APP, number, f"note {number}"))
        return snapshot_now(store)

    def rows(self, store: TableStore) -> list[object]:
        files = store.files(TABLE, snapshot_now(store).version)
        return self.ids(files) if files else []

    def paths(self, store: TableStore, *batches: int) -> tuple[str, ...]:
        """The paths of the files that these batches brought, as far as the table has them."""
        folders = {f"batch-{number}" for number in batches}
        files = store.content(TABLE, snapshot_now(store).version).files
        return tuple(file.path for file in files if file.path.split("/")[0] in folders)


def snapshot_now(store: TableStore) -> Snapshot:
    snapshot = store.snapshot(TABLE)
    assert snapshot is not None
    return snapshot


def insist(store: TableStore, commit: Commit) -> None:
    """Commit, however often another writer comes first."""
    while True:
        try:
            store.commit(TABLE, snapshot_now(store), commit)
        except CommitConflict:
            continue
        return


def told(store: TableStore, commits: int = 1) -> list[tuple[int, str | None, int | None]]:
    """Version, note and what was restored, of the newest commits."""
    return [(c.version, c.note, c.restored_to) for c in islice(store.history(TABLE), commits)]
