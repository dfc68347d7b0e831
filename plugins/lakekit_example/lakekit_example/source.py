"""A table in an SQLite file, behind lakekit's port `Source`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

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

CHUNK = 10_000
"""How many rows are in memory at a time."""


@frozen
class SqliteTable:
    """Lands each value as a text; the contract says later what it means."""

    database: Path
    table: str

    def bounds(self, mode: Mode, low: Watermark | None, high: Watermark | None, seen: frozenset[FileMark]) -> Bounds:
        """What was asked for, as it stands: all rows, or those from `low` to `high`."""
        if mode is Mode.FILES:
            raise self._error("files", "a table has no new files", "set `watermark_column`, or `load_type: full`")
        return Bounds(low=low, high=high)

    def extract(self, contract: Contract, cursor: str | None, bounds: Bounds, folder: Path) -> tuple[Part, ...]:
        """One Parquet file; an error of SQLite is told by its name, because its text may hold a value."""
        file, axis = folder / "part-00000.parquet", contract.column(cursor) if cursor else None
        try:
            with closing(sqlite3.connect(f"{self.database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                rows = self._write(connection, axis, bounds, file)
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise self._error("unreadable", f"SQLite says {name}", "check `database` and `table`") from error
        return (Part(file.name, rows, file.stat().st_size, source=f"{self.database.name}:{self.table}"),)

    def _write(self, connection: sqlite3.Connection, axis: Column | None, bounds: Bounds, file: Path) -> int:
        """How many rows were written. Both queries see one state of the database: they must tell as many rows."""
        table, read, written = exp.table_(self.table, quoted=True), 0, 0
        connection.execute("BEGIN")
        ((count,),) = connection.execute(exp.select("count(*)").from_(table).sql("sqlite"))
        rows = connection.execute(exp.select("*").from_(table).sql("sqlite"))
        names = [column[0] for column in rows.description]
        if axis and axis.name not in names:
            raise self._error("no_column", f"there is no column {axis.name!r}", f"its columns are {', '.join(names)}")
        with ParquetWriter(file, pa.schema([(name, pa.string()) for name in names])) as writer:
            while chunk := rows.fetchmany(CHUNK):
                told = [dict(zip(names, map(self._text, row), strict=True)) for row in chunk]
                kept = [row for row in told if axis is None or _within(row[axis.name], axis, bounds)]
                writer.write(pa.Table.from_pylist(kept, writer.schema))
                read, written = read + len(chunk), written + len(kept)
        if read != count:
            raise self._error("count", f"{count} rows were counted, but {read} read", "run it again")
        return written

    def _text(self, value: object) -> str | None:
        if isinstance(value, bytes):
            raise self._error("blob", "it holds a BLOB, which is no text", "read a view that leaves it out")
        return None if value is None else str(value)

    def _error(self, problem: str, what: str, next_: str) -> SourceError:
        return SourceError(f"example.{problem}", what, where=f"{self.database}, table {self.table}", next=next_)


def _within(text: str | None, axis: Column, bounds: Bounds) -> bool:
    """A row without a place on the axis is read too: the contract rejects it, with a reason."""
    value = None if text is None or text in axis.null_markers else parse_value(text, axis.type)
    low, high = (end and end.parsed() for end in (bounds.low, bounds.high))
    return value is None or ((low is None or value >= low) and (high is None or value <= high))
