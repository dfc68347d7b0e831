"""The upkeep `delta` keeps the promises of its port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlparse

import duckdb
import polars as pl
from deltalake import DeltaTable, write_deltalake

from lakekit.plugin.provider import Context
from lakekit.ports.upkeep import Upkeep
from lakekit.testing.upkeep import PERSONAL, PUBLIC, TABLE, UpkeepSuite


class TestDelta(UpkeepSuite):
    provider = "delta"

    def make(self, lake: Path) -> Upkeep:
        upkeep: Upkeep = self.registered(Context(lake, str(lake), lake / "private"))
        return upkeep

    def append(self, lake: Path, rows: Sequence[tuple[int, str]]) -> None:
        frame = pl.DataFrame(rows, schema={PUBLIC: pl.Int64, PERSONAL: pl.String}, orient="row")
        (lake / TABLE).mkdir(parents=True, exist_ok=True)
        write_deltalake(lake / TABLE, frame, mode="append")

    def rows(self, lake: Path) -> list[tuple[int, str]]:
        return duckdb.execute("FROM read_parquet($1) ORDER BY ALL", [[str(p) for p in self.paths(lake)]]).fetchall()

    def files(self, lake: Path) -> Mapping[str, int]:
        return {str(path.relative_to(lake / TABLE)): path.stat().st_size for path in self.paths(lake)}

    def commits(self, lake: Path) -> int:
        return len(list((lake / TABLE / "_delta_log").glob("*.json")))

    def paths(self, lake: Path) -> list[Path]:
        return [Path(urlparse(uri).path) for uri in DeltaTable(lake / TABLE).file_uris()]

    def told(self, lake: Path) -> str:
        version = DeltaTable(lake / TABLE).version()
        log = (lake / TABLE / "_delta_log" / f"{version:020}.json").read_text("utf-8")
        footers = duckdb.execute("FROM parquet_metadata($1)", [[str(p) for p in self.paths(lake)]]).fetchall()
        return log + str(footers)

    def properties(self, lake: Path) -> Mapping[str, str]:
        return DeltaTable(lake / TABLE).metadata().configuration

    def note(self, lake: Path) -> str | None:
        (newest,) = DeltaTable(lake / TABLE).history(1)
        note: str | None = newest.get("userMetadata")
        return note
