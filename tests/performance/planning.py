"""What it costs to find that nothing, or little, is to be done."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lakes import project, transform
from measure import Failed, Figure, Usage, cpu, in_turn, lakekit, run

_TYPES = {"k": "long", "v": "long", "w": "long"}
_CHAINS, _LENGTH = 20, 10
_EDITED = 5
"""The place in its chain of the one that is edited: it is built again, and those after it."""


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    yield _nothing_new(folder / "few", rounds)
    yield from _many(folder / "many", rounds)


def _nothing_new(folder: Path, rounds: int) -> Figure:
    _project(folder, "a", "b")
    transform(folder, "silver.a", "SELECT k, v, w FROM bronze.a")
    transform(folder, "silver.b", "SELECT k, v, w FROM bronze.b")
    transform(folder, "silver.both", "SELECT a.k, a.v, b.w FROM silver.a AS a JOIN silver.b AS b ON a.k = b.k")
    transform(folder, "gold.sums", "SELECT k, sum(v) AS v, max(w) AS w FROM silver.both GROUP BY k")
    transform(folder, "gold.counts", "SELECT w, count(*) AS n FROM silver.both GROUP BY w")
    run(lakekit("run", "--json"), folder)
    told = "`run` with nothing new, 2 sources and 5 transforms"
    return _figure(told, 1.5, in_turn(rounds, {"lakekit": lambda _: run(lakekit("run", "--json"), folder)})["lakekit"])


def _many(folder: Path, rounds: int) -> Iterator[Figure]:
    """Chains of transforms over one small table, each of which reads the one before."""
    _project(folder, "a")
    run(lakekit("ingest", "--json"), folder)
    for chain in range(_CHAINS):
        for place in range(_LENGTH):
            before = f"silver.t{chain}_{place - 1}" if place else "bronze.a"
            transform(folder, f"silver.t{chain}_{place}", _query(before, chain))
    number = _CHAINS * _LENGTH
    yield _figure(f"`plan` of {number} transforms, never built", 2, in_turn(rounds, _plans(folder, number))["lakekit"])
    run(lakekit("transform", "--json"), folder)
    yield _figure(f"`plan` of {number} transforms, nothing new", 2, in_turn(rounds, _plans(folder, 0))["lakekit"])
    transform(folder, f"silver.t0_{_EDITED}", _query(f"silver.t0_{_EDITED - 1}", 1_000))
    used = in_turn(rounds, _plans(folder, _LENGTH - _EDITED))["lakekit"]
    yield _figure(f"`plan` of {number} transforms, one edited", 1, used)


def _project(folder: Path, *names: str) -> None:
    project(folder, dict.fromkeys(names, _TYPES))
    (folder / "data").mkdir()
    rows = "".join(f"{k},{k},{k}\n" for k in range(100))
    for name in names:
        (folder / "data" / f"{name}.csv").write_text(f"k,v,w\n{rows}", encoding="utf-8")


def _query(before: str, added: int) -> str:
    rows = f"SELECT k, v, w FROM {before} WHERE k IS NOT NULL"
    return f"SELECT k, v, w + {added} AS w, count(*) OVER (PARTITION BY k) AS n FROM ({rows}) AS before"


def _plans(folder: Path, builds: int) -> dict[str, Callable[[int], Usage]]:
    def once(_: int) -> Usage:
        used = run(lakekit("plan", "--json"), folder)
        found = sum(plan["builds"] for plan in used.output["transforms"])
        if found != builds:
            raise Failed(f"the plan has {found} builds, not {builds}")
        return used

    return {"lakekit": once}


def _figure(name: str, target: float, used: Sequence[Usage]) -> Figure:
    runs = {**cpu({"CPU s": used}, "CPU s"), "seconds": [round(u.seconds, 2) for u in used]}
    return Figure(name, "", statistics.median(runs["CPU s"]), "CPU s", target, runs)
