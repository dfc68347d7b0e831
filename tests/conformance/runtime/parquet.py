"""Parquet files, written and read without Spark or Sail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit.testing.runtime import Row
from tests.unit.sql.query.tpch import TABLES

_TYPES = {"string": "VARCHAR", "long": "BIGINT", "binary": "BLOB", "timestamp": "TIMESTAMPTZ"}


def write_parquet(file: Path, columns: Sequence[TableColumn], rows: Sequence[Row]) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        told = ", ".join(f'"{c.name}" {_type(c.type)}' for c in columns)
        connection.execute(f"CREATE TABLE t ({told})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' for _ in columns)})", [list(r) for r in rows])
        connection.execute("COPY t TO $1 (FORMAT parquet)", [str(file)])


def one_table(folder: Path, columns: Sequence[TableColumn], rows: Sequence[Row]) -> dict[str, Input]:
    """The inputs of a query that reads `bronze.t`, a table of these rows."""
    write_parquet(folder / "t.parquet", columns, rows)
    return {"bronze.t": Input((str(folder / "t.parquet"),), columns=tuple(columns))}


def read_parquet(files: Sequence[Path]) -> list[Row]:
    if not files:
        return []
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute("FROM read_parquet($1)", [[str(f) for f in files]]).fetchall()
        return [tuple(map(_plain, row)) for row in found]


def _type(ddl: str) -> str:
    if ddl.startswith("array<"):
        return f"{_type(ddl[6:-1])}[]"
    if ddl.startswith("map<"):
        key, value = ddl[4:-1].split(",", 1)
        return f"MAP({_type(key)}, {_type(value)})"
    if ddl == "struct<a:int,b:struct<c:timestamp,d:decimal(5,2)>>":
        return "STRUCT(a INTEGER, b STRUCT(c TIMESTAMPTZ, d DECIMAL(5,2)))"
    return _TYPES.get(ddl, ddl.upper())


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return value


TYPES = {
    "o": """
        id BIGINT, customer BIGINT, amount DECIMAL(10, 2), day DATE, "Note" VARCHAR, tags VARCHAR[],
        props MAP(VARCHAR, VARCHAR), address STRUCT(city VARCHAR, geo STRUCT(lat DOUBLE, lon DOUBLE)),
        items STRUCT(sku VARCHAR, n INTEGER)[]
        """,
    "c": "id BIGINT, name VARCHAR, country VARCHAR",
    "e": "k VARCHAR, v DOUBLE, ts TIMESTAMPTZ",
}
"""Those of `tests.unit.sql.query.lineages`, as DuckDB has them."""


_OF_TPCH = (
    (("key", "size", "number", "availqty", "priority"), "BIGINT"),
    (("price", "cost", "acctbal", "quantity", "discount", "tax"), "DECIMAL(15, 2)"),
    (("date",), "DATE"),
)
"""By the ends of names (TPC-H 3.0.1, clause 1.4)."""


def empty_tables(folder: Path) -> dict[str, Input]:
    """The inputs of `tests.unit.sql.query.lineages`, without rows."""
    return {f"b.{name}": empty_table(folder / name, columns) for name, columns in TYPES.items()}


def empty_tables_of_tpch(folder: Path) -> dict[str, Input]:
    """Those of `tests.unit.sql.query.tpch`."""
    return {name: empty_table(folder / name, ", ".join(map(_of_tpch, told.split()))) for name, told in TABLES.items()}


def _of_tpch(column: str) -> str:
    type_ = next((of for ends, of in _OF_TPCH if column.endswith(ends) and column != "o_orderpriority"), "VARCHAR")
    return f"{column} {type_}"


def empty_table(file: Path, columns: str) -> Input:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({columns})")
        connection.execute("COPY t TO $1 (FORMAT parquet)", [str(file)])
    return Input((str(file),))
