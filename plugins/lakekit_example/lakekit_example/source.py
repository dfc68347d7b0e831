"""A table in an SQLite file, behind lakekit's port `Source`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
from attrs import frozen
from pyarrow.parquet import ParquetWriter
from sqlglot import exp

from lakekit.domain.batch import Bounds, FileMark, Mode
from lakekit.domain.contract import Column, Contract
from lakekit.domain.errors import SourceError
from lakekit.domain.landing import Part
from lakekit.domain.values import parse_value
from lakekit.domain.watermark import Watermark
from lakekit.ports.progress import Progress


@frozen
class SqliteTable:
    """Lands each value as a text; the contract says later what it means."""

    database: Path
    table: str
    progress: Progress

    def bounds(self, mode: Mode, low: Watermark | None, high: Watermark | None, seen: frozenset[FileMark]) -> Bounds:
        """What was asked for, as it stands: all rows, or those from `low` to `high`."""
        if mode is Mode.FILES:
            raise self._error("files", "a table has no new files", "set `watermark_column`, or `load_type: full`")
        return Bounds(low=low, high=high)

    def extract(self, contract: Contract, cursor: str | None, bounds: Bounds, folder: Path) -> tuple[Part, ...]:
        """One Parquet file; an error of SQLite is told by its name, because its text may hold a value."""
        try:
            with closing(sqlite3.connect(f"{self.database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                return (self._write(connection, contract.column(cursor) if cursor else None, bounds, folder),)
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise self._error("unreadable", f"SQLite says {name}", "check `database` and `table`") from error

    def _write(self, connection: sqlite3.Connection, axis: Column | None, bounds: Bounds, folder: Path) -> Part:
        """Write the rows, a chunk in memory at a time. Both queries see one state of the database, and must agree."""
        file, read, written = folder / "part-00000.parquet", 0, 0
        table = exp.table_(self.table, quoted=True)
        connection.execute("BEGIN")
        rows = connection.execute(exp.select("*").from_(table).sql("sqlite"))
        names = [column[0] for column in rows.description]
        if axis and axis.name not in names:
            raise self._error("no_column", f"there is no column {axis.name!r}", f"its columns are {', '.join(names)}")
        with ParquetWriter(file, pa.schema([(name, pa.string()) for name in names])) as writer:
            while chunk := rows.fetchmany(10_000):
                told = [dict(zip(names, map(self._text, row), strict=True)) for row in chunk]
                kept = [row for row in told if axis is None or _within(row[axis.name], axis, bounds)]
                writer.write(pa.Table.from_pylist(kept, writer.schema))
                self.progress.advance(rows=len(kept))
                read, written = read + len(chunk), written + len(kept)
        if (read,) != connection.execute(exp.select("count(*)").from_(table).sql("sqlite")).fetchone():
            raise self._error("count", f"{read} rows were read, SQLite counts others", "check the database's integrity")
        return Part(file.name, written, file.stat().st_size, source=f"{self.database.name}:{self.table}")

    def _text(self, value: object) -> str | None:
        if isinstance(value, bytes):
            raise self._error("blob", "it holds a BLOB, which is no text", "read a view that leaves it out")
        return None if value is None else str(value)

    def _error(self, problem: str, what: str, next_: str) -> SourceError:
        return SourceError(f"example.{problem}", what, where=f"{self.database}, table {self.table}", next=next_)


def _within(text: str | None, axis: Column, bounds: Bounds) -> bool:
    """A row without a place on the axis is read too: the contract rejects it, with a reason."""
    value: Any = None if text is None or text in axis.null_markers else parse_value(text, axis.type)
    low, high = (end and end.parsed() for end in (bounds.low, bounds.high))
    return value is None or ((low is None or value >= low) and (high is None or value <= high))
