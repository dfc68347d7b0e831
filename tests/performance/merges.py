"""Changed rows merged into many: next to delta-rs, and with little memory."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
from lakes import add, project, table, transform
from measure import Failed, Figure, Usage, cpu, in_turn, lakekit, ratio, run

_TYPES = {"k": "long", "status": "string", "amount": "decimal(12,2)", "comment": "string", "at": "timestamp"}
_BARE = Path(__file__).with_name("competitors") / "merge.py"
_NAME = "silver.orders"
_MEMORY = 2000
"""MB, twice what the setting says."""


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    folder.mkdir()
    told = "100,000 changed rows merged into 5 million"
    for spread, where in ((50, "in all of its files"), (1, "in the newest of its files")):
        runs = _beside(folder / f"every-{spread}", 5_000_000, 100_000, spread, rounds)
        yield Figure(f"{told}, {where}", "delta-rs alone: merge", ratio(runs), "times the CPU", 1.5, runs)
    yield from _small(folder / "small", 12_000_000, 3_000_000)


def _beside(folder: Path, rows: int, changed: int, spread: int, rounds: int) -> dict[str, list[float]]:
    """The CPU of both, `changed` rows being every `spread`th of the newest, so that both end with the same sums."""
    lake = _lake(folder / "lake", rows)
    query = _rows(rows - changed * spread, rows, spread, "returned")
    add(lake, "bronze.orders", query)
    file = folder / "changed.parquet"
    duckdb.execute(f"COPY ({query}) TO '{file}'")
    copy = folder / "copy"

    def ours(_: int) -> Usage:
        return _once(lake, copy, lakekit("transform", "--json"), changed)

    def bare(_: int) -> Usage:
        return _once(lake, copy, [sys.executable, _BARE, table(copy, _NAME).table_uri, file, "k"], changed)

    runs = cpu(in_turn(rounds, {"lakekit": ours, "delta-rs": bare}), "lakekit", "delta-rs")
    shutil.rmtree(folder)
    return runs


def _small(folder: Path, rows: int, changed: int) -> Iterator[Figure]:
    lake = _lake(folder / "lake", rows, "{name: embedded, memory: 1GB}")
    add(lake, "bronze.orders", _rows(0, rows, rows // changed, "returned"))
    used = run(lakekit("transform", "--json"), lake)
    _check(lake, changed)
    runs = {"largest process, MB": [used.peak], "all together, MB": [used.sum], "CPU s": [used.cpu]}
    name = "peak memory of 3 million rows merged into 12 million with `memory: 1GB`"
    yield Figure(f"{name}, largest process", "", used.peak, "MB", _MEMORY, runs)
    yield Figure(f"{name}, all together", "", used.sum, "MB", _MEMORY, runs)


def _lake(folder: Path, rows: int, engine: str = "embedded") -> Path:
    """A project whose table has so many rows."""
    lake = project(folder, {"orders": _TYPES}, engine)
    query = "SELECT k, status, amount, comment, at FROM bronze.orders"
    transform(lake, _NAME, query, materialization="merge", keys=["k"], incremental=["bronze.orders"])
    add(lake, "bronze.orders", _rows(0, rows, 1, "new"))
    run(lakekit("transform", "--json"), lake)
    return lake


def _rows(first: int, end: int, step: int, status: str) -> str:
    return f"""
        SELECT k, '{status}' AS status, ((k * 7919 % 1000003) / 100)::DECIMAL(12, 2) AS amount,
          'order ' || md5(k::text) AS comment, TIMESTAMPTZ '2026-01-01 00:00:00Z' + to_seconds(k) AS at
        FROM range({first}, {end}, {step}) AS t(k)
    """


def _once(lake: Path, copy: Path, command: list[str | Path], changed: int) -> Usage:
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(lake, copy)
    used = run(command, copy)
    _check(copy, changed)
    return used


def _check(lake: Path, changed: int) -> None:
    """Two merges that leave other rows have not done the same work."""
    (found,) = duckdb.execute(
        "SELECT count(*) FROM read_parquet($1) WHERE status = 'returned'", [table(lake, _NAME).file_uris()]
    ).fetchall()
    if found != (changed,):
        raise Failed(f"{found[0]} rows of the table are changed, not {changed}")
