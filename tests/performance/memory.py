"""Ten times the rows: what an ingest holds at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from lineitem import make, project
from measure import Figure, Usage, in_turn, lakekit, peak, ratio, run

ENGINES = {"default memory": "embedded", "memory: 1GB": "{name: embedded, memory: 1GB}"}


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    files = {"6,000,000": make(folder / "large", 1), "600,000": make(folder / "small", 0.1)}
    for told, engine in ENGINES.items():
        runners = {rows: _ingest(folder / "lakekit", file, engine) for rows, file in files.items()}
        runs = peak(in_turn(rounds, runners), *files)
        name = f"peak memory of 6 million rows from CSV ({told})"
        yield Figure(name, "600,000 rows", ratio(runs), "times the memory", 1.3, runs)


def _ingest(folder: Path, file: Path, engine: str) -> Callable[[int], Usage]:
    def once(_: int) -> Usage:
        shutil.rmtree(folder, ignore_errors=True)
        project(folder, f"path: {file}", "load_type: full", engine=engine)
        return run(lakekit("ingest", "lineitem", "--json"), folder)

    return once
