"""The table store `delta` keeps the promises of its port in a bucket too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from lakekit.domain.schema import TableColumn
from lakekit.plugin.provider import Context
from lakekit.ports.table_store import TableStore
from lakekit.testing.table_store import TABLE, Row, TableStoreSuite
from lakekit_aws.storage import S3Storage, open_storage

POLARS = {"long": pl.Int64, "int": pl.Int32, "timestamp": pl.Datetime("us", "UTC"), "string": pl.String}


class TestDeltaOnS3(TableStoreSuite):
    provider = "delta"

    @pytest.fixture(autouse=True)
    def _lakes(self, s3_lakes: str) -> None:
        self.lakes = s3_lakes

    def storage(self, lake: Path) -> S3Storage:
        return open_storage(f"{self.lakes}/{lake.name}")

    def make(self, lake: Path) -> TableStore:
        return self.registered(Context(lake, f"{self.lakes}/{lake.name}", lake / "private"))

    def write_parquet(self, file: Path, columns: Sequence[TableColumn], rows: Sequence[Row]) -> None:
        types = {c.name: POLARS[c.type] for c in columns}
        pl.DataFrame([list(row) for row in rows], schema=types, orient="row").write_parquet(file)

    def ids(self, files: Sequence[str]) -> list[object]:
        options = {**self.storage(Path("lake")).options()}
        return sorted(i for file in files for i in pl.read_parquet(file, storage_options=options)["id"].to_list())

    def commit_as_another(self, lake: Path) -> None:
        self.table(lake).alter.set_table_properties({"delta.logRetentionDuration": "interval 30 days"})

    def restore(self, lake: Path, version: int) -> None:
        self.table(lake).restore(version)

    def harm(self, lake: Path, path: str, content: bytes | None) -> None:
        storage, key = self.storage(lake), f"{TABLE}/{path}"
        if not path:
            storage.delete_all(str(TABLE))
        storage.delete(key)
        if content is not None:
            storage.write(key, content, None)

    def table(self, lake: Path) -> DeltaTable:
        storage = self.storage(lake)
        return DeltaTable(storage.address(str(TABLE)), storage_options=dict(storage.options()))
