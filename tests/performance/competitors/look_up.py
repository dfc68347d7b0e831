"""A look-up in a Delta table by a reader that knows nothing of lakekit: rows of some parts and suppliers, by DuckDB,
from the files whose statistics admit one. Usage: look_up.py TABLE COLUMN...; prints what it found and read, as JSON."""

from __future__ import annotations

import json
import sys

import duckdb
from deltalake import DeltaTable

WANTED = {"l_partkey": (100_000, 102_000), "l_suppkey": (5_000, 5_100)}


def main(folder: str, *columns: str) -> None:
    table, bounds = DeltaTable(folder), {column: WANTED[column] for column in columns}
    actions = duckdb.arrow(table.get_add_actions(flatten=True))
    admitted = " AND ".join(
        f'("max.{column}" IS NULL OR ("max.{column}" >= {low} AND "min.{column}" <= {high}))'
        for column, (low, high) in bounds.items()
    )
    files = actions.filter(admitted).select("path, size_bytes").fetchall()
    ((there, size),) = actions.aggregate("count(*), sum(size_bytes)").fetchall()
    wanted = " AND ".join(f"{column} BETWEEN {low} AND {high}" for column, (low, high) in bounds.items())
    paths = [f"{folder}/{path}" for path, _ in files]
    query = f"SELECT count(*), sum(l_extendedprice) FROM read_parquet($1) WHERE {wanted}"
    ((rows, price),) = duckdb.execute(query, [paths]).fetchall()
    told = {"rows": rows, "price": str(price), "files": len(files), "bytes": sum(size for _, size in files)}
    sys.stdout.write(json.dumps({**told, "of_files": there, "of_bytes": int(size)}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
