"""The same ingest on each engine, step by step; and on Spark next to a job that was written by hand."""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lineitem import make, project
from measure import Failed, Figure, Usage, cpu, in_turn, lakekit, ratio, run

HERE = Path(__file__).parent
MEMORY = "2GB"
ENGINES = {"embedded": "embedded", "spark": f"{{name: spark, memory: {MEMORY}, threads: 2}}"}
BOOKS = ("read", "published", "quarantined")


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    file = make(folder / "source", 1)
    job = [sys.executable, HERE / "competitors" / "handwritten_spark.py", file, folder / "hand", "2g"]
    runners: dict[str, Callable[[int], Usage]] = {
        "lakekit": _fresh(folder / "lakekit", file, "spark", lakekit("ingest", "lineitem", "--json")),
        "handwritten": lambda _: _once(folder / "hand", job),
    }
    used = in_turn(rounds, runners)
    counts, told = used["lakekit"][0].output["datasets"][0], used["handwritten"][0].output
    if any(counts[name] != told[name] for name in BOOKS):
        raise Failed(f"lakekit counted {counts}, the hand-written job {told}")
    runs = cpu(used, "lakekit", "handwritten")
    name = "ingest of 6 million rows from CSV on Spark"
    yield Figure(
        name, "a hand-written PySpark and delta-rs job with the same steps", ratio(runs), "times the CPU", 1.1, runs
    )
    yield from _steps(folder, file, rounds)


def _steps(folder: Path, file: Path, rounds: int) -> Iterator[Figure]:
    command = [sys.executable, HERE / "steps.py", "."]
    used = in_turn(rounds, {engine: _fresh(folder / engine, file, engine, command) for engine in ENGINES})
    for step in used["embedded"][0].output:
        for place, unit in enumerate(("seconds", "CPU s")):
            runs = {engine: [usage.output[step][place] for usage in used[engine]] for engine in ENGINES}
            medians = [statistics.median(values) for values in runs.values()]
            yield Figure(f"step {step}, embedded", f"Spark: {medians[1]:.1f} {unit}", medians[0], unit, None, runs)


def _fresh(folder: Path, file: Path, engine: str, command: Sequence[str | Path]) -> Callable[[int], Usage]:
    """The command in a project that was just begun."""

    def once(_: int) -> Usage:
        shutil.rmtree(folder, ignore_errors=True)
        project(folder, f"path: {file}", "load_type: full", engine=ENGINES[engine])
        used = run(command, folder)
        shutil.rmtree(folder)
        return used

    return once


def _once(folder: Path, command: Sequence[str | Path]) -> Usage:
    shutil.rmtree(folder, ignore_errors=True)
    used = run(command, folder.parent)
    shutil.rmtree(folder)
    return used
