"""Clauses that Sail reads otherwise than Spark are refused at their place; those that it reads alike are not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lakekit.domain.errors import UnsupportedCapability
from lakekit.domain.schema import TableColumn
from lakekit.ports.runtime import Body, SparkRuntime
from tests.conformance.runtime.parquet import one_table, read_parquet
from tests.sail import SAIL

pytestmark = SAIL

COLUMNS = tuple(TableColumn(*c) for c in (("k", "long"), ("j", "long"), ("d", "date"), ("tags", "array<string>")))
ROWS = ((1, 1, date(2026, 1, 1), ["p"]), (1, 2, date(2026, 1, 2), []), (2, None, date(2026, 3, 1), None))
RANGE = "RANGE BETWEEN {} PRECEDING AND CURRENT ROW"
Make = Callable[[Body], list[tuple[Any, ...]]]


@pytest.fixture
def make(shared_sail: SparkRuntime, tmp_path: Path) -> Make:
    inputs = one_table(tmp_path, COLUMNS, ROWS)
    return lambda body: sorted(read_parquet([w.path for w in shared_sail.write(body, inputs, tmp_path / "out")]))


@pytest.mark.parametrize(
    ("query", "name", "place"),
    [
        ("SELECT k FROM bronze.t INTERSECT ALL SELECT j FROM bronze.t", "INTERSECT ALL", "1:8"),
        ("SELECT k, x FROM bronze.t,\n LATERAL explode(tags) AS e(x)", "LATERAL", "2:10"),
        ("SELECT k, x FROM bronze.t CROSS JOIN LATERAL explode(tags) AS e(x)", "LATERAL", "1:46"),
        ("SELECT * FROM (SELECT d, k, j FROM bronze.t) UNPIVOT (v FOR n IN (k, j))", "UNPIVOT", "1:55"),
        ("SELECT * FROM (SELECT d, k, j FROM bronze.t) UNPIVOT INCLUDE NULLS (v FOR n IN (k AS a, j))", "UNPIVOT", ""),
        ("SELECT * FROM (SELECT k, j FROM bronze.t) UNPIVOT EXCLUDE NULLS (v FOR n IN (k, j))", "UNPIVOT", ""),
        ("SELECT collect_list(j) OVER (PARTITION BY d) AS x FROM bronze.t", "collect_list", "1:8"),
        (f"SELECT sum(k) OVER (ORDER BY d {RANGE.format('7')}) AS x FROM bronze.t", "RANGE", "1:8"),
        (f"SELECT sum(k) OVER (ORDER BY d {RANGE.format('7').lower()}) AS x FROM bronze.t", "RANGE", "1:8"),
        (
            f"SELECT sum(k) OVER w AS x FROM bronze.t WINDOW w AS (ORDER BY date(d) {RANGE.format('INTERVAL 7 DAYS')})",
            "RANGE",
            "",
        ),
        ("SELECT k FROM bronze.t WHERE k NOT IN (SELECT j FROM bronze.t) OR k = 1", "NOT IN", "1:30"),
        ("SELECT k FROM bronze.t WHERE NOT (k IN (SELECT j FROM bronze.t) AND k = 1)", "NOT IN", "1:35"),
        ("SELECT k FROM bronze.t WHERE if(k NOT IN (SELECT j FROM bronze.t), true, true)", "NOT IN", "1:33"),
        ("SELECT k FROM bronze.t WHERE (k, j) NOT IN (SELECT k, j FROM bronze.t)", "NOT IN", "1:31"),
        ("SELECT max(struct(j, k)) AS x FROM bronze.t", "max", "1:8"),
        ("SELECT min(tags) AS x FROM bronze.t", "min", "1:8"),
        ("SELECT timestampdiff(DAY, d, CAST(d AS timestamp)) AS x FROM bronze.t", "timestampdiff", "1:8"),
        ("SELECT split('ab', '') AS x FROM bronze.t", "split", "1:8"),
    ],
)
def test_what_means_something_else_is_refused_at_its_place(query: str, name: str, place: str, make: Make) -> None:
    with pytest.raises(UnsupportedCapability, match=f"{name}.* means something else") as caught:
        make(query)
    assert caught.value.code == "runtime.unsupported"
    assert caught.value.where.startswith(place)
    assert caught.value.where, "it has a place"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT k FROM bronze.t EXCEPT ALL SELECT j FROM bronze.t", [(1,)]),
        ("SELECT k FROM bronze.t INTERSECT SELECT j FROM bronze.t", [(1,), (2,)]),
        ("SELECT k, x FROM bronze.t LATERAL VIEW explode(tags) e AS x", [(1, "p")]),
        ("SELECT n FROM (SELECT k, j FROM bronze.t) UNPIVOT INCLUDE NULLS (v FOR n IN (k, j))", [*"jjjkkk"]),
        ("SELECT sum(k) OVER (ORDER BY d) AS x FROM bronze.t", [(1,), (2,), (4,)]),
        (f"SELECT sum(k) OVER (ORDER BY unix_date(d) {RANGE.format('7')}) AS x FROM bronze.t", [(1,), (2,), (2,)]),
        (f"SELECT sum(k) OVER (ORDER BY d {RANGE.format('INTERVAL 1 MONTH')}) AS x FROM bronze.t", [(1,), (2,), (2,)]),
        ("SELECT k FROM bronze.t WHERE k NOT IN (SELECT j FROM bronze.t)", []),
        ("SELECT k FROM bronze.t WHERE NOT (k IN (SELECT j FROM bronze.t) OR k = 1)", []),
        ("SELECT k FROM bronze.t WHERE k IN (SELECT j FROM bronze.t) OR k = 1", [(1,), (1,), (2,)]),
        ("SELECT max(j) AS x FROM bronze.t", [(2,)]),
    ],
)
def test_what_means_the_same_is_not(query: str, expected: list[Any], make: Make) -> None:
    assert make(query) == [row if isinstance(row, tuple) else (row,) for row in expected]


def _intersected(t: Any) -> Any:
    return t.select("k").intersectAll(t.select("k"))


def _collected(t: Any) -> Any:
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    return t.select(f.collect_list("j").over(Window.partitionBy("d")).alias("x"))


def _counted(t: Any) -> Any:
    return t.crosstab("k", "j")


def _replaced(t: Any) -> Any:
    return t.replace(1.5, 2.5)


def _captured(t: Any) -> Any:
    from pyspark.sql import functions as f

    return t.select(f.transform("tags", lambda x: f.concat(x, f.col(x._expr._name_parts[0]))).alias("y"))


@pytest.mark.parametrize("body", [_intersected, _collected, _counted, _replaced, _captured])
def test_so_are_those_of_a_frame(body: Callable[[Any], Any], make: Make) -> None:
    with pytest.raises(UnsupportedCapability, match="means something else"):
        make(lambda inputs: body(inputs["bronze.t"]))
