"""A line or two of the settings move transforms to Sail or Spark, queries and all, and their tables into a bucket, and
the tables are the same, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lakekit.domain.report import BuildReport, Ending
from tests.integration.transforms.lakes import Lake
from tests.integration.transforms.places import Place

COLUMNS = {"a": {"k": "long", "g": "string", "v": "long"}, "b": {"g": "string", "city": "string"}}
LATEST = (
    "SELECT k, g, v FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY v) AS r FROM bronze.a) AS n WHERE r = 1"
)
ROWS = "SELECT k, g, v FROM bronze.a"
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


def begun(root: Path, elsewhere: Place | None = None) -> Lake:
    lake = Lake(root, COLUMNS, elsewhere)
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


def test_transforms_make_the_same_tables_step_by_step(elsewhere: Place, tmp_path: Path) -> None:
    embedded, moved = begun(tmp_path / "embedded"), begun(tmp_path / "moved", elsewhere)
    for names in [[], *elsewhere.course(list(STEPS))]:
        reports = []
        for lake in (embedded, moved):
            for name in names:
                STEPS[name](lake)
            reports.append({dataset: told(report) for dataset, report in lake.build(at_once=2).items()})
        assert reports[0] == reports[1], names
        for dataset in TRANSFORMS:
            assert moved.content(dataset) == embedded.content(dataset), (names, dataset)
    assert moved.left() == []


@pytest.mark.parametrize(
    ("query", "rows", "options", "code"),
    [
        (ROWS, [(3, "z", 1), (3, "y", 1)], BY_K, "transform.duplicate_keys"),
        (ROWS, [(1, "z", 9)], {**BY_K, "affected_by": ["g"]}, "transform.duplicate_keys"),
        ("SELECT k, CAST(g AS INT) AS g FROM bronze.a", [(3, "z", 1)], {}, "runtime.failed"),
    ],
)
def test_a_build_that_fails_leaves_its_table_as_it_was_and_no_file_behind(
    elsewhere: Place,
    query: str,
    rows: list[tuple[object, ...]],
    options: dict[str, Any],
    code: str,
    tmp_path: Path,
) -> None:
    lake = Lake(tmp_path, COLUMNS, elsewhere)
    lake.begin()
    lake.append("a", [(1, "1", 1), (2, "2", 2)])
    lake.transform("silver.t", query, **options)
    assert lake.build()["silver.t"].ending is Ending.PUBLISHED
    before = lake.rows("silver.t")
    assert before
    lake.append("a", rows)
    report = lake.build()["silver.t"]
    assert report.failure is not None
    assert report.failure.code == code
    assert lake.rows("silver.t") == before
    assert lake.left() == []
