"""A transform over three tables, next to the bare engine with the same query and write."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from lakes import add, project, table, transform
from lineitem import TYPES, parquet
from measure import Failed, Figure, Usage, cpu, in_turn, lakekit, peak, ratio, run

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
BARE = Path(__file__).with_name("competitors") / "bare_sail.py"


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    lake = _lake(folder)
    query = folder / "query.sql"
    query.write_text(QUERY, encoding="utf-8")
    files = {f"bronze.{name}": table(lake, f"bronze.{name}").file_uris() for name in SOURCES}

    def ours(_: int) -> Usage:
        shutil.rmtree(lake / "lake" / "gold", ignore_errors=True)
        return run(lakekit("transform", "--json"), lake)

    def bare(_: int) -> Usage:
        shutil.rmtree(folder / "bare", ignore_errors=True)
        inputs = [f"{name}={file}" for name, files_ in files.items() for file in files_]
        return run([sys.executable, BARE, query, folder / "bare", "month", *inputs], folder)

    used = in_turn(rounds, {"lakekit": ours, "Sail": bare})
    rows = {table(lake, "gold.sales").count(), used["Sail"][0].output["rows"]}
    if len(rows) != 1:
        raise Failed(f"lakekit and Sail made not the same rows: {rows}")
    name = "transform of TPC-H lineitem, orders and customer, joined, summed and published by month"
    runs = cpu(used, "lakekit", "Sail")
    yield Figure(name, "Sail alone: the same query, written by month", ratio(runs), "times the CPU", 1.15, runs)
    runs = peak(used, "lakekit", "Sail")
    yield Figure(f"peak memory of the {name}", "Sail alone", ratio(runs), "times the memory", None, runs)


def _lake(folder: Path) -> Path:
    lake = project(folder / "lake", SOURCES)
    for name in SOURCES:
        add(lake, f"bronze.{name}", f"FROM read_parquet('{parquet(folder / 'source', name)}')")
    shutil.rmtree(folder / "source")
    transform(lake, "gold.sales", QUERY, materialization="partition", partition_by=["month"])
    return lake
