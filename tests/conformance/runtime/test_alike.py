"""Window functions that Sail takes for one are refused; those that it tells apart are not, and mean what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lakekit.domain.errors import UnsupportedCapability
from lakekit.domain.schema import TableColumn
from lakekit.ports.runtime import Body, SparkRuntime
from tests.conformance.runtime.parquet import one_table, read_parquet
from tests.sail import SAIL

pytestmark = SAIL

COLUMNS = (TableColumn("x", "string"), TableColumn("y", "long"))
ROWS = (("10", 1), ("2", 1), ("02", 1))


@pytest.fixture
def make(shared_sail: SparkRuntime, tmp_path: Path) -> Callable[[Body], object]:
    inputs = one_table(tmp_path, COLUMNS, ROWS)

    def made(body: Body) -> object:
        return sorted(read_parquet([w.path for w in shared_sail.write(body, inputs, tmp_path / "out")]))

    return made


@pytest.mark.parametrize(
    ("columns", "place"),
    [
        ("min(x) OVER (PARTITION BY y) AS a, min(CAST(x AS int)) OVER (PARTITION BY y) AS b", "1:43"),
        ("min(x::int) OVER (ORDER BY y) AS a,\n min(t.X) OVER (ORDER BY Y) AS b", "2:2"),
        ("min(int(x)) OVER () AS a, min(x) OVER () AS b", "1:34"),
        ("min(length(x)) OVER () AS a, 1 + min(length(try_cast(x AS int))) OVER () AS b", "1:41"),
        ("count(*) OVER (PARTITION BY x) AS a, count(*) OVER (PARTITION BY CAST(x AS int)) AS b", "1:45"),
    ],
)
def test_functions_that_differ_in_a_cast_alone_are_refused(
    columns: str, place: str, make: Callable[[Body], object]
) -> None:
    with pytest.raises(UnsupportedCapability, match="two window functions") as caught:
        make(f"SELECT {columns} FROM bronze.t AS t")
    assert (caught.value.code, caught.value.where) == ("runtime.unsupported", place)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("rank() OVER (ORDER BY x) AS a, rank() OVER (ORDER BY CAST(x AS int)) AS b", [(1, 1), (2, 3), (3, 1)]),
        ("min(x) OVER (PARTITION BY y) AS a, min(x) OVER (PARTITION BY y) AS b", [("02", "02")] * 3),
        ("lag(x, 1, 'a') OVER (ORDER BY x) AS a, lag(x, 1, 'A') OVER (ORDER BY x) AS b", None),
        ("min(x) OVER () AS a, CAST(min(x) OVER () AS int) AS b", [("02", 2)] * 3),
        ("x AS a, min(CAST(x AS int)) OVER () AS b", [("02", 2), ("10", 2), ("2", 2)]),
        ("min(x) OVER () AS a, (SELECT min(CAST(x AS int)) FROM bronze.t) AS b", [("02", 2)] * 3),
    ],
)
def test_functions_that_differ_otherwise_are_not(
    columns: str, expected: object, make: Callable[[Body], object]
) -> None:
    found = make(f"SELECT {columns} FROM bronze.t AS t")
    assert found == (expected or [("02", "02"), ("10", "10"), ("a", "A")])


def test_a_query_within_tells_them_apart(make: Callable[[Body], object]) -> None:
    inner = "SELECT *, CAST(x AS int) AS i FROM bronze.t"
    assert make(f"SELECT min(x) OVER () AS a, min(i) OVER () AS b FROM ({inner}) AS t") == [("02", 2)] * 3


def at_once(inputs: Mapping[str, Any]) -> Any:
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    over = Window.partitionBy("y")
    return inputs["bronze.t"].select(
        f.min("x").over(over).alias("a"), f.min(f.col("x").cast("int")).over(over).alias("b")
    )


def one_by_one(inputs: Mapping[str, Any]) -> Any:
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    rows, over = inputs["bronze.t"], Window.partitionBy("y")
    rows = rows.withColumn("a", f.min("x").over(over))
    return rows.withColumn("b", f.min(rows["x"].cast("int")).over(over)).select("a", "b")


def test_functions_of_a_frame_are_refused_as_those_of_a_query(make: Callable[[Body], object]) -> None:
    with pytest.raises(UnsupportedCapability, match="two window functions"):
        make(at_once)
    assert make(one_by_one) == [("02", 2)] * 3
