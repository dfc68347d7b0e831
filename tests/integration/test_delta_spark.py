"""Tables that lakekit made are Spark's too: delta-spark reads them, keeps their constraints, and extends them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.clusters import DRIVER, environment
from tests.integration.projects import Project
from tests.integration.test_table_options import COLUMNS, DAYS, begun, delta, fed, optimize, rows
from tests.spark import LOCAL

pytestmark = LOCAL

DELTA = {
    "spark.jars.packages": "io.delta:delta-spark_4.2_2.13:4.4.0",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.log.level": "OFF",
}
"""The newest delta-spark whose jar there is for pyspark 4.2."""

SCRIPT = """\
import json, sys
from pyspark.sql import SparkSession

table, columns, conf = f"delta.`{sys.argv[1]}`", json.loads(sys.argv[2]), json.loads(sys.argv[3])
builder = SparkSession.builder.master("local[1]")
for name, value in conf.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
told = [row.asDict() for row in spark.sql(f"SELECT {', '.join(columns)} FROM {table}").collect()]
refused = []
for values in sys.argv[4:]:
    try:
        spark.sql(f"INSERT INTO {table} (id, at, day, kind, size) VALUES ({values})")
    except Exception as error:
        refused.append((values, "DELTA_VIOLATE_CONSTRAINT" in str(error)))
print(json.dumps({"rows": told, "refused": refused}, default=str))
"""
GOOD = "6, TIMESTAMP '2026-01-03 00:00:00', DATE '2026-01-03', 'it\\'s', 5"
BAD = [
    "NULL, TIMESTAMP '2026-01-03 00:00:00', NULL, NULL, 1",
    "7, NULL, NULL, NULL, 1",
    "7, TIMESTAMP '2026-01-03 00:00:00', NULL, 'other', 1",
    "7, TIMESTAMP '2026-01-03 00:00:00', NULL, NULL, -2",
]


def by_spark(project: Project, *inserts: str) -> dict[str, list[Any]]:
    table = project.root / "lake" / "bronze" / "things"
    conf = {**DRIVER, **DELTA, "spark.sql.warehouse.dir": str(project.root / "warehouse")}
    command = [sys.executable, "-c", SCRIPT, str(table), json.dumps(list(COLUMNS)), json.dumps(conf), *inserts]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=project.root, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    told: dict[str, list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_spark_reads_keeps_and_extends_what_lakekit_made(tmp_path: Path) -> None:
    project = begun(tmp_path, partition_by=["kind", "day"], constraints=True, change_data_feed=True)
    allowed = {"allowed": ["a/b=c", "é", "it's"]}
    project.contract(COLUMNS, ("id",), kind=allowed, size={"min": "-1"})
    fed(project, *DAYS[:2])
    optimize(project)
    fed(project, DAYS[2])
    before = rows(project)
    told = by_spark(project, *BAD, GOOD)
    assert told["refused"] == [[values, True] for values in BAD]
    assert sorted(_texts(row.values()) for row in told["rows"]) == sorted(_texts(row) for row in before)
    fed(project, ("8,2026-01-04T00:00:00Z,,it's,,3",))
    optimize(project, "at")
    assert [row[0] for row in rows(project)] == [1, 2, 3, 4, 5, 6, 8]
    assert delta(project).metadata().partition_columns == ["kind", "day"]


def _texts(row: Iterable[object]) -> list[str]:
    """Values as both tell them; Spark gives moments without their zone, which is UTC."""
    return [str(value).removesuffix("+00:00") for value in row]
