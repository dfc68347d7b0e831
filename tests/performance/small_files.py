"""Two thousand small files: what `lakekit optimize` costs next to delta-rs alone."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import duckdb
from deltalake import DeltaTable
from deltalake.transaction import AddAction
from lineitem import make, project, slices
from measure import Failed, Figure, Usage, cpu, in_turn, lakekit, ratio, run

FILES, AT_ONCE = 2_000, 20
COMPACT = Path(__file__).with_name("competitors") / "compact.py"
TABLE = Path("lake", "bronze", "lineitem")


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    lake = _lake(folder / "lake", make(folder / "source", 0.1))
    copy = folder / "copy"

    def ours(_: int) -> Usage:
        return _once(lake, copy, lakekit("optimize", "lineitem", "--json"))

    def bare(_: int) -> Usage:
        return _once(lake, copy, [sys.executable, COMPACT, copy / TABLE])

    runs = cpu(in_turn(rounds, {"lakekit": ours, "delta-rs": bare}), "lakekit", "delta-rs")
    name = f"optimize of {FILES:,} small files"
    yield Figure(name, "delta-rs: compact and a checkpoint", ratio(runs), "times the CPU", 1.2, runs)


def _once(lake: Path, copy: Path, command: list[str | Path]) -> Usage:
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(lake, copy)
    used = run(command, copy)
    left = len(DeltaTable(str(copy / TABLE)).file_uris())
    if left > FILES // 100:
        raise Failed(f"{' '.join(map(str, command))} left {left} files")
    return used


def _lake(folder: Path, file: Path) -> Path:
    """A table that lakekit filled, its rows again in so many small files of others, and an increment of lakekit's."""
    made = project(folder, "path: data/*.csv", "load_type: incremental", loaded_at=True)
    (made / "data").mkdir()
    first, second = islice(slices(file, 300_000), 2)
    _ingest(made, "first.csv", first)
    _scatter(DeltaTable(str(made / TABLE)), made / TABLE)
    _ingest(made, "second.csv", second)
    return made


def _scatter(table: DeltaTable, folder: Path) -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE t AS FROM read_parquet($1)", [table.file_uris()])
        rows = database.table("t").shape[0]
        size = -(-rows // FILES)
        for commit in range(FILES // AT_ONCE):
            numbers = range(commit * AT_ONCE, (commit + 1) * AT_ONCE)
            added = [
                _small(database, folder / f"small-{n}.parquet", n * size, min(size, rows - n * size)) for n in numbers
            ]
            table.create_write_transaction(added, "append" if commit else "overwrite", table.schema())
            table.update_incremental()


def _small(database: duckdb.DuckDBPyConnection, path: Path, first: int, rows: int) -> AddAction:
    part = database.sql(f"SELECT * FROM t WHERE rowid BETWEEN {first} AND {first + rows - 1}")
    part.write_parquet(str(path))
    return AddAction(path.name, path.stat().st_size, {}, 0, True, json.dumps({"numRecords": rows}))


def _ingest(lake: Path, name: str, text: str) -> None:
    (lake / "data" / name).write_text(text, encoding="utf-8")
    run(lakekit("ingest", "lineitem", "--json"), lake)
