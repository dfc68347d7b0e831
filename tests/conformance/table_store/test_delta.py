"""The table store `delta` keeps the promises of its port."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
from deltalake import DeltaTable

from lakekit.domain.schema import TableColumn
from lakekit.ports.table_store import TableStore
from lakekit.testing.table_store import TABLE, Row, TableStoreSuite
from lakekit_delta.store import open_store
from lakekit_local.storage import LocalStorage

DUCKDB = {"long": "bigint", "int": "integer", "timestamp": "timestamptz", "string": "varchar"}


class TestDelta(TableStoreSuite):
    def make(self, lake: Path) -> TableStore:
        return open_store(LocalStorage(lake))

    def write_parquet(self, file: Path, columns: Sequence[TableColumn], rows: Sequence[Row]) -> None:
        with duckdb.connect() as connection:
            connection.execute(f"create table t ({', '.join(_definition(c) for c in columns)})")
            connection.executemany(f"insert into t values ({', '.join('?' * len(columns))})", rows)
            connection.table("t").write_parquet(str(file))

    def ids(self, files: Sequence[str]) -> list[object]:
        with duckdb.connect() as connection:
            return [row[0] for row in connection.read_parquet(list(files)).order("id").fetchall()]

    def commit_as_another(self, lake: Path) -> None:
        DeltaTable(lake / TABLE).alter.set_table_properties({"delta.logRetentionDuration": "interval 30 days"})

    def restore(self, lake: Path, version: int) -> None:
        DeltaTable(lake / TABLE).restore(version)


def _definition(column: TableColumn) -> str:
    return f'"{column.name}" {DUCKDB[column.type]}'
