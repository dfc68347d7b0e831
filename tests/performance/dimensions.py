"""Events into a dimension of type 2, next to delta-rs, which keeps no order; and with ten times the history."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
from lakes import add, project, table, transform
from measure import NO_SETTINGS, Failed, Figure, Usage, cpu, in_turn, lakekit, ratio, run
from transforms import BARE as SAIL
from transforms import SPILLING

_TYPES = {"k": "long", "name": "string", "city": "string", "note": "string", "at": "timestamp"}
_SALES = {"n": "long", "k": "long", "month": "long", "amount": "decimal(12,2)", "at": "timestamp"}
_BARE = Path(__file__).with_name("competitors") / "merge.py"
_DIMENSION, _FACTS = "gold.dim_customer", "gold.fact_sales"
_EVENTS = 150_000
_MEMORY = 2000
"""MB."""


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    folder.mkdir()
    lake = _lake(folder / "lake", keys=500_000, versions=3)
    runs, peak = _beside(folder / "beside", lake, rounds)
    told = "150,000 events into a dimension of 1.5 million rows, a fifth of them late, in all of its files"
    yield Figure(told, "delta-rs alone: merge of the rows that change", ratio(runs), "times the CPU", 2.5, runs)
    yield Figure(f"{told}, largest process", "", max(peak), "MB", _MEMORY, {"largest process, MB": peak})
    yield from _facts(folder / "facts", lake, rounds)
    runs = _histories(folder / "histories", rounds)
    told = "30,000 events of as many keys of 100,000, each with 30 versions"
    yield Figure(told, "each with 3", ratio(runs), "times the CPU", 1.5, runs)


def _lake(folder: Path, *, keys: int, versions: int) -> Path:
    """A project whose dimension has so many versions of so many keys, told by a feed in order of time."""
    lake = project(folder, {"customers": _TYPES, "sales": _SALES})
    options = {"materialization": "scd2", "keys": ["k"], "sequence_by": "at", "incremental": ["bronze.customers"]}
    transform(lake, _DIMENSION, "SELECT k, name, city, note, at FROM bronze.customers", **options)
    for version in range(versions):
        add(lake, "bronze.customers", _rows(0, keys, 1, 10 * (version + 1)))
    run(lakekit("transform", "--json"), lake)
    return lake


def _rows(first: int, end: int, step: int, day: int) -> str:
    return f"""
        SELECT k, 'customer ' || md5(k::text) AS name, 'city ' || (({day} + k) % 1000) AS city,
          md5(k::text || '/{day}') AS note,
          TIMESTAMPTZ '2020-01-01 00:00:00Z' + to_days({day}) + to_seconds(k % 86400) AS at
        FROM range({first}, {end}, {step}) AS t(k)
    """


def _feed(keys: int, day: int) -> str:
    """Of every third key an event; a fifth of them between the first two versions."""
    late, new = _rows(0, keys, 3, 15), _rows(0, keys, 3, day)
    return f"SELECT * FROM ({late}) WHERE k % 5 = 0 UNION ALL SELECT * FROM ({new}) WHERE k % 5 > 0"


def _beside(folder: Path, lake: Path, rounds: int) -> tuple[dict[str, list[float]], list[float]]:
    """The CPU of both. What delta-rs merges are the rows in which the dimension differs before and after."""
    folder.mkdir()
    after = folder / "after"
    shutil.copytree(lake, after)
    add(after, "bronze.customers", _feed(3 * _EVENTS, 31))
    ready = folder / "ready"
    shutil.copytree(after, ready)
    run(lakekit("transform", "--json"), after)
    file = folder / "changed.parquet"
    sides = [table(path, _DIMENSION).file_uris() for path in (after, lake)]
    duckdb.execute(f"COPY (SELECT * FROM read_parquet($1) EXCEPT SELECT * FROM read_parquet($2)) TO '{file}'", sides)
    expected = _count(after)
    copy, peaks = folder / "copy", []

    def ours(_: int) -> Usage:
        used = _once(ready, copy, lakekit("transform", "--json"), expected)
        peaks.append(used.peak)
        return used

    def bare(_: int) -> Usage:
        command = [
            sys.executable,
            _BARE,
            table(lake, _DIMENSION).table_uri.replace(str(lake), str(copy)),
            file,
            "_version_key",
        ]
        return _once(lake, copy, command, expected)

    runs = cpu(in_turn(rounds, {"lakekit": ours, "delta-rs": bare}), "lakekit", "delta-rs")
    shutil.rmtree(folder)
    return runs, peaks


def _facts(folder: Path, lake: Path, rounds: int) -> Iterator[Figure]:
    """Sales, each with the version of its customer that held then, next to the bare engine's join: as many as take it
    about as long as to start, and more."""
    folder.mkdir()
    options = {"materialization": "replace", "partition_by": ["month"]}
    transform(lake, _FACTS, _query("as_of(c, s.at)", "unknown_member()"), **options)
    query = folder / "query.sql"
    holds = "s.at >= c.valid_from AND (c.valid_to IS NULL OR s.at < c.valid_to)"
    query.write_text(_query(holds, f"'{'0' * 32}'"), encoding="utf-8")
    for rows, told in ((1_000_000, "a million"), (10_000_000, "eleven million")):
        add(lake, "bronze.sales", _sales(rows))
        yield from _keyed(folder, lake, query, rounds, f"{told} facts keyed as of a dimension of 1.5 million rows")


def _keyed(folder: Path, lake: Path, query: Path, rounds: int, told: str) -> Iterator[Figure]:
    names = ("bronze.sales", _DIMENSION)
    inputs = [f"{name}={file}" for name in names for file in table(lake, name).file_uris()]

    def ours(_: int) -> Usage:
        shutil.rmtree(lake / "lake" / _FACTS.replace(".", "/"), ignore_errors=True)
        return run(lakekit("transform", _FACTS, "--json"), lake)

    def bare(_: int, settings: Mapping[str, str] = NO_SETTINGS) -> Usage:
        shutil.rmtree(folder / "bare", ignore_errors=True)
        return run([sys.executable, SAIL, query, folder / "bare", "month", *inputs], folder, settings)

    others = {"Sail": bare, "Sail, joins that spill": lambda number: bare(number, SPILLING)}
    used = in_turn(rounds, {"lakekit": ours, **others})
    for other in others:
        runs = cpu(used, "lakekit", other)
        yield Figure(told, f"{other}: the same join, written by month", ratio(runs), "times the CPU", 1.2, runs)


def _sales(rows: int) -> str:
    return f"""
        SELECT n, (n * 7919) % 500000 AS k, n % 12 AS month, (n % 1000)::DECIMAL(12, 2) AS amount,
          TIMESTAMPTZ '2020-01-01 00:00:00Z' + to_days((n % 40)::INT) + to_seconds(n % 86400) AS at
        FROM range({rows}) AS t(n)
    """


def _query(holds: str, unknown: str) -> str:
    return f"""
        SELECT s.n, s.k, s.at, s.amount, coalesce(c._version_key, {unknown}) AS customer_key, s.month
        FROM bronze.sales AS s LEFT JOIN {_DIMENSION} AS c ON c.k = s.k AND {holds}
    """


def _histories(folder: Path, rounds: int) -> dict[str, list[float]]:
    folder.mkdir()
    ready = {}
    for name, versions in (("short", 3), ("long", 30)):
        ready[name] = _lake(folder / name, keys=100_000, versions=versions)
        add(ready[name], "bronze.customers", _feed(90_000, 10 * versions + 1))
    copy = folder / "copy"
    runners = {
        told: lambda _, name=name: _once(ready[name], copy, lakekit("transform", "--json"), None)
        for told, name in (("ten times the history", "long"), ("history", "short"))
    }
    runs = cpu(in_turn(rounds, runners), "ten times the history", "history")
    shutil.rmtree(folder)
    return runs


def _once(lake: Path, copy: Path, command: list[str | Path], expected: int | None) -> Usage:
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(lake, copy)
    used = run(command, copy)
    if expected is not None and (found := _count(copy)) != expected:
        raise Failed(f"the dimension has {found} rows, not {expected}")
    return used


def _count(lake: Path) -> int:
    ((found,),) = duckdb.execute(
        "SELECT count(*) FROM read_parquet($1)", [table(lake, _DIMENSION).file_uris()]
    ).fetchall()
    return int(found)
