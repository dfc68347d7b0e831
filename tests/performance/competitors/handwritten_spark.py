"""A CSV file into a Delta table as one would write it by hand with PySpark and delta-rs, for this one file.

The steps, rules and commits of handwritten.py, by one local session of two threads: land the text as Parquet, cast by
pattern, check, split into lanes in one pass, balance the books, commit. Usage: handwritten_spark.py CSV FOLDER MEMORY;
prints the books as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import duckdb
from handwritten import COLUMNS, PATTERNS, RULES, TEXT, commit
from pyspark.sql import SparkSession

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
SPARK = {"VARCHAR": "STRING", "INTEGER": "INT"}


def main(file: str, folder: Path, memory: str) -> None:
    folder.mkdir(parents=True)
    builder = SparkSession.builder.master("local[2]").config("spark.driver.memory", memory)
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    landing, staged = folder / "landing", folder / "staged"
    columns = ", ".join(f"{name} STRING" for name in COLUMNS)
    spark.read.csv(file, schema=columns, header=True, mode="FAILFAST").write.parquet(str(landing))
    read = spark.read.parquet(str(landing)).count()
    split(spark, landing, file, staged)
    lanes = {lane: files(staged / f"lane={lane}") for lane in ("accepted", "rejected")}
    accepted, rejected = (sum(f[1] for f in lanes[lane]) for lane in ("accepted", "rejected"))
    if read != accepted + rejected or rejected > read * 0.1:
        raise SystemExit(f"held back: {read} rows read, {accepted} accepted, {rejected} rejected")
    commit(folder / "quarantine", lanes["rejected"])
    commit(folder / "bronze", lanes["accepted"])
    sys.stdout.write(json.dumps({"read": read, "published": accepted, "quarantined": rejected}) + "\n")


def split(spark: SparkSession, landing: Path, source: str, staged: Path) -> None:
    """Both lanes, in one evaluation."""
    typed = ", ".join(f"{cast(name, type_)} AS {name}" for name, type_ in COLUMNS.items())
    raw = ", ".join(f"{name} AS raw_{name}" for name in COLUMNS)
    failed = {f"{n} cannot be cast": f"{n} IS NULL AND raw_{n} <> ''" for n, t in COLUMNS.items() if t != TEXT}
    rules = failed | RULES
    bad = " OR ".join(f"coalesce({condition}, false)" for condition in rules.values())
    reasons = ", ".join(f"CASE WHEN {condition} THEN '{told}' END" for told, condition in rules.items())
    values = ", ".join(f"'{name}', raw_{name}" for name in COLUMNS)
    now = dt.datetime.now(dt.UTC)
    spark.read.parquet(str(landing)).selectExpr("*", "_metadata.row_index + 1 AS row").createTempView("landed")
    query = f"""
        SELECT {", ".join(COLUMNS)},
            TIMESTAMP '{now.isoformat()}' AS _ingest_ts, 1L AS _batch_id, '{source}' AS _source,
            DATE '{now.date()}' AS _run_date,
            CASE WHEN bad THEN row END AS _row,
            CASE WHEN bad THEN filter(array({reasons}), x -> x IS NOT NULL) END AS _reasons,
            CASE WHEN bad THEN map({values}) END AS _raw,
            CASE WHEN bad THEN 'rejected' ELSE 'accepted' END AS lane
        FROM (SELECT *, {bad} AS bad FROM (SELECT {typed}, {raw}, row FROM landed))"""
    spark.sql(query).write.partitionBy("lane").parquet(str(staged))


def cast(name: str, type_: str) -> str:
    if type_ == TEXT:
        return f"nullif({name}, '')"
    pattern = PATTERNS[type_].replace("\\", "\\\\")
    return f"CASE WHEN {name} RLIKE '^(?:{pattern})$' THEN try_cast({name} AS {SPARK.get(type_, type_)}) END"


def files(folder: Path) -> list[tuple]:
    """Each file with its rows, bytes and statistics, by its footer."""
    query = """
        SELECT path_in_schema, min(stats_min_value), max(stats_max_value), sum(stats_null_count), sum(num_values)
        FROM parquet_metadata($1) GROUP BY path_in_schema"""
    told = []
    for path in sorted(folder.glob("*.parquet")):
        found = duckdb.execute(query, [str(path)]).fetchall()
        stats = {name: bounds(low, high, nulls) for name, low, high, nulls, _ in found}
        rows = next(values for name, *_, values in found if name == "l_orderkey")
        told.append((path, rows, path.stat().st_size, stats))
    return told


def bounds(low: str | None, high: str | None, nulls: int) -> dict[str, object]:
    known = "false" if low is None or high is None else "true"
    return {"min": low, "max": high, "min_is_exact": known, "max_is_exact": known, "null_count": nulls}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
