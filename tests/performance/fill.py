"""Commit rows to a Delta table, made where it is not there. Usage: fill.py TABLE QUERY, the latter of DuckDB."""

from __future__ import annotations

import sys

import duckdb
from deltalake import write_deltalake

_BATCH = 1_000_000


def main(table: str, query: str) -> None:
    with duckdb.connect() as database:
        write_deltalake(table, database.sql(query).to_arrow_reader(_BATCH), mode="append")


if __name__ == "__main__":
    main(*sys.argv[1:])
