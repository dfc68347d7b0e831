"""Two thousand small files: what `lakekit optimize` costs next to delta-rs alone."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, write_deltalake
from lineitem import make, project, slices
from measure import Failed, Figure, Usage, cpu, in_turn, lakekit, ratio, run

FILES = 2_000
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
    """A table that lakekit filled, rewritten by delta-rs as so many small files in as many commits, and an increment of
    lakekit's behind them."""
    made = project(folder, "path: data/*.csv", "load_type: incremental", loaded_at=True)
    (made / "data").mkdir()
    first, second = islice(slices(file, 300_000), 2)
    _ingest(made, "first.csv", first)
    table = DeltaTable(str(made / TABLE))
    rows = pl.read_delta(str(made / TABLE))
    size = -(-rows.height // FILES)
    for number in range(FILES):
        write_deltalake(table, rows.slice(number * size, size), mode="append" if number else "overwrite")
    _ingest(made, "second.csv", second)
    return made


def _ingest(lake: Path, name: str, text: str) -> None:
    (lake / "data" / name).write_text(text, encoding="utf-8")
    run(lakekit("ingest", "lineitem", "--json"), lake)
