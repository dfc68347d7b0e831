"""The upkeep `delta` keeps the promises of its port in a bucket too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from lakekit.plugin.provider import Context
from lakekit.ports.upkeep import Upkeep
from lakekit.testing.upkeep import PERSONAL, PUBLIC, TABLE, UpkeepSuite
from lakekit_aws.storage import S3Storage, open_storage

LOG = f"{TABLE}/_delta_log"


class TestDeltaOnS3(UpkeepSuite):
    provider = "delta"

    @pytest.fixture(autouse=True)
    def _lakes(self, s3_lakes: str) -> None:
        self.lakes = s3_lakes

    def make(self, lake: Path) -> Upkeep:
        return self.registered(Context(lake, f"{self.lakes}/{lake.name}", lake / "private"))

    def append(self, lake: Path, rows: Sequence[tuple[int, str]]) -> None:
        frame = pl.DataFrame(rows, schema={PUBLIC: pl.Int64, PERSONAL: pl.String}, orient="row")
        storage = self.storage(lake)
        write_deltalake(storage.address(str(TABLE)), frame, mode="append", storage_options=dict(storage.options()))

    def rows(self, lake: Path) -> list[tuple[int, str]]:
        found = [duckdb.read_parquet(str(file)).fetchall() for file in self.downloaded(lake)]
        return sorted(row for rows in found for row in rows)

    def files(self, lake: Path) -> Mapping[str, int]:
        storage = self.storage(lake)
        paths = [uri.removeprefix(f"{storage.address(str(TABLE))}/") for uri in self.table(lake).file_uris()]
        stats = {path: storage.stat(f"{TABLE}/{path}") for path in paths}
        return {path: stat.size for path, stat in stats.items() if stat}

    def commits(self, lake: Path) -> int:
        return sum(key.endswith(".json") for key in self.storage(lake).list(LOG))

    def told(self, lake: Path) -> str:
        log = self.storage(lake).read(f"{LOG}/{self.table(lake).version():020}.json")
        assert log is not None
        paths = [str(file) for file in self.downloaded(lake)]
        return log.data.decode() + str(duckdb.execute("FROM parquet_metadata($1)", [paths]).fetchall())

    def note(self, lake: Path) -> str | None:
        (newest,) = self.table(lake).history(1)
        return newest.get("userMetadata")

    def properties(self, lake: Path) -> Mapping[str, str]:
        return self.table(lake).metadata().configuration

    def downloaded(self, lake: Path) -> list[Path]:
        """Copies of the files of the newest version."""
        copies = [lake / f"{number}.parquet" for number in range(len(self.files(lake)))]
        for copy, path in zip(copies, self.files(lake), strict=True):
            self.storage(lake).download(f"{TABLE}/{path}", copy)
        return copies

    def storage(self, lake: Path) -> S3Storage:
        return open_storage(f"{self.lakes}/{lake.name}")

    def table(self, lake: Path) -> DeltaTable:
        storage = self.storage(lake)
        return DeltaTable(storage.address(str(TABLE)), storage_options=dict(storage.options()))
