"""Malformed records on their way to a Parquet file, a bounded number of them in memory."""

from __future__ import annotations

from pathlib import Path

from sqlglot import exp

from lakekit.sql.tree import table
from lakekit_files.database import Database
from lakekit_files.encoding import spelled
from lakekit_files.records import Malformed

_TABLE = "malformed"
_ROWS, _BYTES = 4096, 4_000_000


class Keeper:
    """Takes the malformed records of one file that was in `encoding`. `count` is how many it was given."""

    def __init__(self, database: Database, encoding: str) -> None:
        self._database = database
        self._encoding = encoding
        self._waiting: list[Malformed] = []
        self._bytes = 0
        self.count = 0

    def add(self, record: Malformed) -> None:
        """Take one record."""
        self._waiting.append(record)
        self._bytes += len(record.data)
        self.count += 1
        if len(self._waiting) >= _ROWS or self._bytes >= _BYTES:
            self._flush()

    def write(self, target: Path) -> None:
        """Write all records, in their order, as lines `_row` and texts `_raw`; and bytes that are
        none become `\\xff` and so on."""
        self._flush()
        self._database.copy(exp.select("*").from_(table(_TABLE)), target)
        self._database.drop(_TABLE)

    def _flush(self) -> None:
        lines = [record.line for record in self._waiting]
        texts = [spelled(record.data, self._encoding) for record in self._waiting]
        self._database.insert(_TABLE, lines, texts)
        self._waiting.clear()
        self._bytes = 0
