"""What a look-up reads before and after `lakekit optimize --zorder`, on 6 million rows that came in 24 batches."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lineitem import make, project, slices
from measure import Failed, Figure, Usage, cpu, in_turn, lakekit, ratio, run

BATCHES = 24
LOOK_UP = Path(__file__).with_name("competitors") / "look_up.py"
TABLE = Path("lake", "bronze", "lineitem")


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    before = _lake(folder / "before", make(folder / "source", 1))
    for columns in (("l_partkey",), ("l_partkey", "l_suppkey")):
        after = folder / "-".join(columns)
        shutil.copytree(before, after)
        spent = run(lakekit("optimize", "lineitem", "--zorder", ",".join(columns), "--json"), after)
        yield from _look_ups(before, after, columns, rounds)
        told = {"lakekit": [round(spent.cpu, 2)]}
        yield Figure(f"Z-order of 6 million rows by {', '.join(columns)}", "", spent.cpu, "CPU s", None, told)


def _look_ups(before: Path, after: Path, columns: Sequence[str], rounds: int) -> Iterator[Figure]:
    def look_up(lake: Path) -> Usage:
        return run([sys.executable, LOOK_UP, lake / TABLE, *columns], lake)

    used = in_turn(rounds, {"after": lambda _: look_up(after), "before": lambda _: look_up(before)})
    new, old = used["after"][0].output, used["before"][0].output
    if (new["rows"], new["price"]) != (old["rows"], old["price"]) or not old["rows"]:
        raise Failed(f"the look-up found {old} before and {new} after")
    name = f"look-up by {' and '.join(columns)}, Z-ordered by that"
    yield _share(name, "files", old, new, 0.2)
    yield _share(name, "bytes", old, new, None)
    runs = cpu(used, "after", "before")
    yield Figure(f"{name}: whole process", "before", ratio(runs), "times the CPU", None, runs)


def _share(name: str, what: str, old: dict[str, int], new: dict[str, int], target: float | None) -> Figure:
    told = {f"{when}, of {found[f'of_{what}']:,}": [found[what]] for when, found in (("after", new), ("before", old))}
    return Figure(f"{what} read by a {name}", "before", new[what] / old[what], f"of the {what}", target, told)


def _lake(folder: Path, file: Path) -> Path:
    made = project(folder, "path: data/*.csv", "load_type: incremental", loaded_at=True)
    (made / "data").mkdir()
    for number, text in enumerate(slices(file, 6_001_215 // BATCHES + 1)):
        (made / "data" / f"{number}.csv").write_text(text, encoding="utf-8")
        run(lakekit("ingest", "lineitem", "--json"), made)
    return made
