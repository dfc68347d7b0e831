"""A whole table at once: what an ingest costs next to a hand-written job, a bare copy, and dlt."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from lineitem import make, project
from measure import Failed, Figure, Usage, cpu, in_turn, lakekit, peak, ratio, run

COMPETITORS = Path(__file__).with_name("competitors")
BOOKS = ("read", "published", "quarantined")


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    large = make(folder / "large", 1)
    used = in_turn(rounds, _runners(folder, large, "handwritten", "bare_copy", "dlt_arrow"))
    _same_books(used["lakekit"][0], used["handwritten"][0])
    name = "ingest of 6 million rows from CSV"
    for other, told, target in (
        ("handwritten", "a hand-written DuckDB and delta-rs job with the same steps", 1.2),
        ("bare_copy", "a bare copy: DuckDB to Parquet, no rules, one commit", None),
        ("dlt_arrow", "dlt to Delta from Arrow, which checks no row", None),
    ):
        runs = cpu(used, "lakekit", other)
        yield Figure(name, told, ratio(runs), "times the CPU", target, runs)
    runs = peak(used, "lakekit", "handwritten")
    yield Figure(f"peak memory of the {name}", "the hand-written job", ratio(runs), "times the memory", None, runs)
    small = make(folder / "small", 0.1)
    used = in_turn(rounds, _runners(folder, small, "dlt_rows"))
    runs = cpu(used, "dlt_rows", "lakekit")
    told = "the CPU of dlt to Delta with a row contract (discard_row) over lakekit's"
    yield Figure("ingest of 600,000 rows from CSV", told, ratio(runs), "times the CPU", 3, runs, at_least=True)


def _runners(folder: Path, file: Path, *competitors: str) -> dict[str, Callable[[int], Usage]]:
    made = {name: _competitor(folder / name, name, file) for name in competitors}
    return {"lakekit": _ingest(folder / "lakekit", file), **made}


def _competitor(folder: Path, name: str, file: Path) -> Callable[[int], Usage]:
    def once(_: int) -> Usage:
        shutil.rmtree(folder, ignore_errors=True)
        used = run([sys.executable, COMPETITORS / f"{name}.py", file, folder], folder.parent)
        shutil.rmtree(folder)
        return used

    return once


def _ingest(folder: Path, file: Path) -> Callable[[int], Usage]:
    def once(_: int) -> Usage:
        shutil.rmtree(folder, ignore_errors=True)
        project(folder, f"path: {file}", "load_type: full")
        used = run(lakekit("ingest", "lineitem", "--json"), folder)
        shutil.rmtree(folder)
        return used

    return once


def _same_books(ours: Usage, theirs: Usage) -> None:
    """Two jobs that disagree on the rows have not done the same work."""
    counts = ours.output["datasets"][0]
    if any(counts[name] != theirs.output[name] for name in BOOKS):
        raise Failed(f"lakekit counted {counts}, the hand-written job {theirs.output}")
