"""A lake with one table, and the tools that other people have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

import duckdb
import pytest
from attrs import frozen
from deltalake import DeltaTable

from lakekit.domain.batch import ColumnStats, StagedFile
from lakekit.domain.schema import TableColumn
from lakekit.ports.table_store import Commit, Snapshot
from lakekit_delta.store import DeltaStore
from lakekit_local.storage import LocalStorage

TABLE = PurePosixPath("bronze/orders")


@frozen
class Orders:
    """The table `bronze/orders` of a lake, and its store."""

    lake: Path
    store: DeltaStore
    name: PurePosixPath = TABLE

    @property
    def folder(self) -> Path:
        return self.lake / self.name

    @property
    def delta(self) -> DeltaTable:
        """The table as anybody sees it."""
        return DeltaTable(self.folder)

    def log(self, version: int) -> Path:
        return self.folder / "_delta_log" / f"{version:020}.json"

    def snapshot(self) -> Snapshot:
        snapshot = self.store.snapshot(self.name)
        assert snapshot is not None
        return snapshot

    def ensure(self, *columns: TableColumn) -> None:
        self.store.ensure(self.name, columns or (TableColumn("id", "long"),))

    def staged(self, number: int, select: str, stats: dict[str, ColumnStats] | None = None) -> StagedFile:
        """One staged file with the rows of a DuckDB query."""
        file = self.lake / f"batch-{number}.parquet"
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.sql(select).write_parquet(str(file))
        size = file.stat().st_size
        (path,) = self.store.stage(self.name, f"batch-{number}", [file])
        return StagedFile(path, size, 1, stats or {})

    def publish(self, number: int, select: str = "", stats: dict[str, ColumnStats] | None = None) -> int:
        file = self.staged(number, select or f"select {number}::bigint as id", stats)
        return self.store.commit(self.name, self.snapshot(), Commit((file,), False, "app", number, f"note {number}"))


@pytest.fixture(scope="session")
def new_orders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Orders]:
    """Makes a lake of its own at each call."""

    def make() -> Orders:
        lake = tmp_path_factory.mktemp("lake")
        return Orders(lake, DeltaStore(LocalStorage(lake)))

    return make


@pytest.fixture
def orders(new_orders: Callable[[], Orders]) -> Orders:
    return new_orders()
