"""What lakekit asks of every source."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq

from lakekit.plugin.provider import Context
from lakekit.ports.source import Source
from lakekit.testing.source import Row, SourceSuite


class TestSource(SourceSuite):
    provider = "example"

    def make(self, folder: Path, columns: Sequence[str], rows: Sequence[Row]) -> Source:
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        with closing(sqlite3.connect(folder / "shop.db")) as connection, connection:
            connection.execute(f"CREATE TABLE orders ({names})")
            connection.executemany(f"INSERT INTO orders VALUES ({', '.join('?' * len(columns))})", rows)
        options = {"database": "shop.db", "table": "orders"}
        return self.registered(Context(folder, str(folder / "lake"), folder / "private", options))

    def read(self, file: Path) -> Sequence[Mapping[str, object]]:
        return pq.read_table(file).to_pylist()
