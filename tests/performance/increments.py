"""A thousand rows more: what an increment costs, and whether it costs more once there are many.

Increments are short, so each is run three times as often as the rest.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from lineitem import WATERMARK, make, project, slices
from measure import Figure, Usage, cpu, in_turn, lakekit, ratio, run

ROWS, AGAIN, OLD = 1_000, 100, 100
KEYS = ("l_orderkey", "l_linenumber")
FILES = ("path: data/*.csv", "load_type: incremental")
CURSOR = ("path: data/export.csv", "load_type: incremental", f"watermark_column: {WATERMARK}", "lookback: 1h")


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    file = make(folder / "source", 0.1)
    texts = list(islice(slices(file, ROWS), OLD))
    yield from _mode(folder / "files", "new files", texts, rounds * 3, cursor=False)
    mode = "watermark, with 100 more that are known by their keys"
    yield from _mode(folder / "cursor", mode, texts, rounds * 3, cursor=True)


def _mode(folder: Path, mode: str, texts: list[str], rounds: int, *, cursor: bool) -> Iterator[Figure]:
    """One lake with a history, and one more in each round that has none."""
    old = _lake(folder / "old", cursor=cursor)
    for number in range(OLD - rounds):
        once = _increment(old, texts, number, cursor=cursor)
        if number % 10 == 0:
            sys.stderr.write(f"  {mode}: increment {number + 1}: {once.cpu:.2f} CPU s\n")
    fresh = [_lake(folder / f"fresh-{number}", cursor=cursor) for number in range(rounds)]
    used = in_turn(
        rounds,
        {
            "first": lambda number: _increment(fresh[number], texts, 0, cursor=cursor),
            "100th": lambda number: _increment(old, texts, OLD - rounds + number, cursor=cursor),
            "second": lambda number: _increment(fresh[number], texts, 1, cursor=cursor),
        },
    )
    runs = cpu(used, "100th")
    told = f"increment of 1,000 rows ({mode})"
    yield Figure(told, "nothing", statistics.median(runs["100th"]), "CPU s", 1, runs)
    runs = cpu(used, "100th", "first")
    yield Figure(f"100th {told}", "the first, which also makes the table", ratio(runs), "times the CPU", 1.2, runs)
    runs = cpu(used, "100th", "second")
    yield Figure(f"100th {told}", "the second", ratio(runs), "times the CPU", 1.2, runs)


def _lake(folder: Path, *, cursor: bool) -> Path:
    made = project(folder, *(CURSOR if cursor else FILES), keys=KEYS if cursor else (), loaded_at=True)
    (made / "data").mkdir()
    return made


def _increment(lake: Path, texts: list[str], number: int, *, cursor: bool) -> Usage:
    """New files come to the others. An export replaces the one before it, and holds some of its rows again."""
    if cursor:
        known = texts[number - 1].splitlines(keepends=True)[-AGAIN:] if number else []
        (lake / "data" / "export.csv").write_text(texts[number] + "".join(known), encoding="utf-8")
    else:
        (lake / "data" / f"{number:03}.csv").write_text(texts[number], encoding="utf-8")
    return run(lakekit("ingest", "lineitem", "--json"), lake)
