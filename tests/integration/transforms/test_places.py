"""One line of the settings moves transforms to Spark, queries and all, and their tables are the same, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lakekit.domain.report import BuildReport, Ending
from tests.integration.transforms.lakes import Lake
from tests.spark import LOCAL
from tests.tables import content

pytestmark = LOCAL

COLUMNS = {"a": {"k": "long", "g": "string", "v": "long"}, "b": {"g": "string", "city": "string"}}
SPARK = {"name": "spark", "memory": "1GB", "threads": 1}
LATEST = (
    "SELECT k, g, v FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY v) AS r FROM bronze.a) AS n WHERE r = 1"
)
BY_K = {"materialization": "merge", "keys": ["k"], "incremental": ["bronze.a"], "affected_by": ["k"]}
NASTY = ["a b", "50%", "x=y", "ü/é", "%2F", "a+b", "'", None]

TRANSFORMS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "silver.placed": (
        "SELECT a.k, a.v, b.city FROM bronze.a AS a LEFT JOIN bronze.b AS b ON a.g = b.g",
        {"materialization": "append", "incremental": ["bronze.a"]},
    ),
    "silver.latest": (LATEST, {**BY_K, "delete_when": "v > 8"}),
    "silver.split": (LATEST, {**BY_K, "partition_by": ["g"]}),
    "gold.totals": ("SELECT g, count(*) AS n, CAST(sum(v) AS BIGINT) AS v FROM silver.latest GROUP BY g", {}),
    "gold.parts": (
        "SELECT g, count(*) AS n FROM silver.split WHERE k > 1 GROUP BY g",
        {"materialization": "partition", "partition_by": ["g"]},
    ),
}
Step = Callable[[Lake], object]
STEPS: Mapping[str, Step] = {
    "rows come": lambda lake: lake.append(
        "a", [(1, "x", 0), (3, None, 7), *((n, t, n - 10) for n, t in enumerate(NASTY, 10))]
    ),
    "a row is to be taken out": lambda lake: lake.append("a", [(2, "y", 0), (22, "y", 9)]),
    "rows change": lambda lake: lake.table("bronze.a").update({"v": "v + 1"}, predicate="k >= 14"),
    "rows go": lambda lake: lake.table("bronze.a").delete("g = '50%' OR k = 3"),
    "a table that is read in full changes": lambda lake: lake.append("b", [("x=y", "Rome")]),
    "others write": lambda lake: lake.table("silver.latest").delete("k = 1"),
}


def begun(root: Path, engine: Mapping[str, object] | None) -> Lake:
    lake = Lake(root, COLUMNS, engine)
    lake.begin()
    lake.append("a", [(1, "x", 1), (2, "y", 2)])
    lake.append("b", [("x", "Bern"), ("y", "Oslo")])
    for name, (query, options) in TRANSFORMS.items():
        lake.transform(name, query, **options)
    return lake


def told(report: BuildReport) -> tuple[object, ...]:
    """What two engines must agree on."""
    return (
        report.ending,
        report.scope,
        report.reasons,
        report.instead,
        report.books,
        report.failure and report.failure.code,
    )


def test_transforms_on_spark_make_the_same_tables_step_by_step(tmp_path: Path) -> None:
    embedded, moved = begun(tmp_path / "embedded", None), begun(tmp_path / "moved", SPARK)
    for name, step in {"the first": lambda _: None, **STEPS}.items():
        reports = []
        for lake in (embedded, moved):
            step(lake)
            reports.append({dataset: told(report) for dataset, report in lake.build(at_once=2).items()})
        assert reports[0] == reports[1], name
        for dataset in TRANSFORMS:
            assert content(moved.path(dataset)) == content(embedded.path(dataset)), (name, dataset)


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        ([(3, "z", 1), (3, "y", 1)], {**BY_K, "affected_by": ["k"]}),
        ([(1, "z", 9)], {**BY_K, "affected_by": ["g"]}),
    ],
)
def test_rows_that_are_not_told_apart_are_refused_on_spark_too(
    rows: list[tuple[object, ...]], options: dict[str, Any], tmp_path: Path
) -> None:
    lake = Lake(tmp_path, COLUMNS, SPARK)
    lake.begin()
    lake.append("a", [(1, "x", 1), (2, "y", 2)])
    lake.transform("silver.t", "SELECT k, g, v FROM bronze.a", **options)
    assert lake.build()["silver.t"].ending is Ending.PUBLISHED
    before = lake.rows("silver.t")
    lake.append("a", rows)
    report = lake.build()["silver.t"]
    assert report.failure is not None
    assert report.failure.code == "transform.duplicate_keys"
    assert lake.rows("silver.t") == before
