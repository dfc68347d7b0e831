"""One CSV file larger than most machines' memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lineitem import make, project
from measure import Figure, lakekit, run

_SCALE = 6.8
"""Of TPC-H: 40.8 million rows in 5.3 GB."""


def figures(folder: Path, _: int) -> Iterator[Figure]:
    file = make(folder / "source", _SCALE)
    project(folder / "lakekit", f"path: {file}", "load_type: full")
    used = run(lakekit("ingest", "lineitem", "--json"), folder / "lakekit")
    runs = {"MB": [used.peak], "CPU s": [used.cpu], "bytes": [file.stat().st_size]}
    yield Figure("peak memory of an ingest from one CSV file of 5.3 GB", "", used.peak, "MB", 1500, runs)
