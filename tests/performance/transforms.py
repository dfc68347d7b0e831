"""A transform over three tables, next to the bare engine with the same query and write."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
from lakes import add, project, table, transform
from lineitem import TYPES, parquet
from measure import NO_SETTINGS, Failed, Figure, Usage, cpu, in_turn, lakekit, peak, ratio, run

SOURCES: Mapping[str, Mapping[str, str]] = {
    "lineitem": TYPES,
    "orders": {
        "o_orderkey": "long",
        "o_custkey": "long",
        "o_orderstatus": "string",
        "o_totalprice": "decimal(15,2)",
        "o_orderdate": "date",
        "o_orderpriority": "string",
        "o_clerk": "string",
        "o_shippriority": "int",
        "o_comment": "string",
    },
    "customer": {
        "c_custkey": "long",
        "c_name": "string",
        "c_address": "string",
        "c_nationkey": "long",
        "c_phone": "string",
        "c_acctbal": "decimal(15,2)",
        "c_mktsegment": "string",
        "c_comment": "string",
    },
}
QUERY = """
SELECT CAST(date_trunc('month', o.o_orderdate) AS date) AS month, c.c_custkey AS customer, c.c_mktsegment AS segment,
  sum(l.l_extendedprice * (1 - l.l_discount)) AS revenue, sum(l.l_quantity) AS quantity, count(*) AS positions,
  max(l.l_shipdate) AS shipped
FROM bronze.lineitem AS l
JOIN bronze.orders AS o ON l.l_orderkey = o.o_orderkey
JOIN bronze.customer AS c ON o.o_custkey = c.c_custkey
GROUP BY 1, 2, 3
"""
SPILLING = {"SAIL_OPTIMIZER__PREFER_HASH_JOIN": "false"}
"""As lakekit has it. Hash joins spill nothing, and some of Sail's lose rows: those with -0.0 where the other side has
0.0."""
BARE = Path(__file__).with_name("competitors") / "bare_sail.py"


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    lake = _lake(folder)
    query = folder / "query.sql"
    query.write_text(QUERY, encoding="utf-8")
    files = {f"bronze.{name}": table(lake, f"bronze.{name}").file_uris() for name in SOURCES}

    def ours(_: int) -> Usage:
        shutil.rmtree(lake / "lake" / "gold", ignore_errors=True)
        return run(lakekit("transform", "--json"), lake)

    def bare(_: int, settings: Mapping[str, str] = NO_SETTINGS) -> Usage:
        shutil.rmtree(folder / "bare", ignore_errors=True)
        inputs = [f"{name}={file}" for name, files_ in files.items() for file in files_]
        return run([sys.executable, BARE, query, folder / "bare", "month", *inputs], folder, settings)

    def spilling(number: int) -> Usage:
        return bare(number, SPILLING)

    used = in_turn(rounds, {"lakekit": ours, "Sail": bare, "Sail, joins that spill": spilling})
    (rows,) = duckdb.execute("SELECT count(*) FROM read_parquet($1)", [f"{folder}/bare/*/*.parquet"]).fetchone() or (0,)
    if rows != table(lake, "gold.sales").count():
        raise Failed("lakekit and Sail made not the same rows")
    name = "transform of TPC-H lineitem, orders and customer, joined, summed and published by month"
    for other, told in (
        ("Sail, joins that spill", "Sail alone with joins that spill: the same query, written by month"),
        ("Sail", "Sail alone as it comes, with hash joins: the same query, written by month"),
    ):
        runs = cpu(used, "lakekit", other)
        yield Figure(name, told, ratio(runs), "times the CPU", 1.15, runs)
    runs = peak(used, "lakekit", "Sail")
    yield Figure(f"peak memory of the {name}", "Sail alone", ratio(runs), "times the memory", None, runs)


def _lake(folder: Path) -> Path:
    lake = project(folder / "lake", SOURCES)
    for name in SOURCES:
        add(lake, f"bronze.{name}", f"FROM read_parquet('{parquet(folder / 'source', name)}')")
    shutil.rmtree(folder / "source")
    transform(lake, "gold.sales", QUERY, materialization="partition", partition_by=["month"])
    return lake
