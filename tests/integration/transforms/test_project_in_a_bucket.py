"""A project whose lake is in a bucket, by the command line, in processes as a user starts them: on Sail, a transform of
each materialization is what it is in a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from tests.integration.transforms.lakes import Lake
from tests.integration.transforms.places import BUCKET, SAIL, Place, place
from tests.servers import SECRET_KEY
from tests.tables import CLOCK, content

pytestmark = SAIL

COLUMNS = {
    "orders": {"id": "long", "who": "long", "status": "string", "amount": "long", "at": "timestamp"},
    "people": {"who": "long", "city": "string", "at": "timestamp"},
}
PERSON: dict[str, Any] = {"keys": ["who"], "sequence_by": "at", "incremental": ["bronze.people"]}
PEOPLE = "SELECT who, city, at FROM bronze.people"
LINES = "SELECT id, amount * 2 AS twice FROM bronze.orders"
CITIES = "SELECT city, count(*) AS n FROM gold.lives GROUP BY city"
TRANSFORMS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "silver.orders": (
        """SELECT id, who, status, amount, at FROM (
          SELECT *, row_number() OVER (PARTITION BY id ORDER BY amount DESC) AS n FROM bronze.orders
        ) AS numbered WHERE n = 1""",
        {"materialization": "merge", "keys": ["id"], "incremental": ["bronze.orders"], "affected_by": ["id"]},
    ),
    "silver.lines": (LINES, {"materialization": "append", "incremental": ["bronze.orders"]}),
    "gold.days": (
        "SELECT CAST(at AS DATE) AS day, status, count(*) AS n FROM silver.orders GROUP BY CAST(at AS DATE), status",
        {"materialization": "partition", "partition_by": ["day", "status"]},
    ),
    "gold.lived": (PEOPLE, {**PERSON, "materialization": "scd2"}),
    "gold.lives": (PEOPLE, {**PERSON, "materialization": "scd1"}),
    "gold.facts": (
        """SELECT o.id, o.who, coalesce(p._version_key, unknown_member()) AS person
        FROM silver.orders AS o LEFT JOIN gold.lived AS p ON p.who = o.who AND as_of(p, o.at)""",
        {
            "materialization": "merge",
            "keys": ["id"],
            "incremental": ["silver.orders", "gold.lived"],
            "affected_by": ["who"],
        },
    ),
    "gold.cities": (CITIES, {}),
}
FUNCTION = """
from lakekit.plugin.transforms import transform


@transform(inputs={"orders": "silver.orders"})
def shouted(orders):
    from pyspark.sql import functions as f

    return orders.select("id", f.udf(lambda text: text and text.upper())("status").alias("status"))
"""
DATASETS = (*TRANSFORMS, "gold.lived_events", "gold.lives_events", "gold.shouted")


@frozen
class Project:
    """A project, used by the command line alone."""

    lake: Lake

    def begin(self) -> None:
        sources = {name: {"load_type": "incremental", "path": f"data/{name}/*.csv"} for name in COLUMNS}
        self.lake.begin()
        settings = json.loads((self.lake.root / "config/dev.yaml").read_text())
        self.lake.write("config/dev.yaml", json.dumps({**settings, "sources": sources}))
        for name, (query, options) in TRANSFORMS.items():
            self.lake.transform(name, query, **options)
        self.lake.write("transforms/gold/shouted.py", FUNCTION)

    def file(self, name: str, number: int, *rows: str) -> None:
        """What a source brings."""
        self.lake.write(f"data/{name}/{number}.csv", "\n".join([",".join(COLUMNS[name]), *rows, ""]))

    def lakekit(self, *arguments: str, code: int = 0) -> str:
        """What it prints."""
        command = [sys.executable, "-m", "lakekit", "--project-dir", str(self.lake.root), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        told = done.stdout + done.stderr
        assert done.returncode == code, told
        assert SECRET_KEY not in told
        return done.stdout

    def tables(self) -> Mapping[str, object]:
        """All that was made, but for when it was read."""
        at = self.lake.at
        return {d: content(at(d), without=(*CLOCK, "_read_at"), options=self.lake.reach) for d in DATASETS}


@pytest.fixture
def both(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Project, Project]:
    """In a folder, in a bucket."""
    places = {"folder": Place({"name": "embedded"}), "bucket": place(f"sail{BUCKET}", request)}
    folder, bucket = (Project(Lake(tmp_path / name, COLUMNS, told)) for name, told in places.items())
    for project in (folder, bucket):
        project.begin()
        project.file("orders", 1, "1,1,a b,10,2026-01-01", "2,1,50%,3,2026-01-05", "3,9,x=y,1,2026-01-02")
        project.file("people", 1, "1,Bern,2026-01-01", "1,Oslo,2026-01-04", "2,Rome,2026-01-01")
    return folder, bucket


def test_a_project_in_a_bucket_is_what_it_is_in_a_folder(both: tuple[Project, Project]) -> None:
    def alike(*arguments: str, code: int = 0) -> None:
        for project in both:
            project.lakekit(*arguments, code=code)
        assert bucket.tables() == folder.tables()
        assert bucket.lake.left() == []

    folder, bucket = both
    alike("run")
    for project in both:
        project.file("orders", 2, "1,1,a b,11,2026-01-01", "4,3,ü/é,7,2026-01-03")
        project.file("people", 2, "1,Graz,2026-01-03", "3,Wien,2026-01-01")
        (project.lake.root / "plan.json").write_text(project.lakekit("plan", "--json"))
        project.lakekit("run", "--plan", str(project.lake.root / "plan.json"))
        project.lake.transform("silver.lines", LINES.replace("2", "3"), **TRANSFORMS["silver.lines"][1])
        assert "silver.lines" in project.lakekit("plan")
    alike("transform")
    before = bucket.tables()
    for project in both:
        project.lake.transform("gold.cities", CITIES.replace("count(*)", "CAST(city AS INT) + count(*)"))
    alike("transform", code=1)
    assert bucket.tables() == before
    for project in both:
        project.lake.transform("gold.cities", CITIES)
    alike("transform", "--full-refresh")
