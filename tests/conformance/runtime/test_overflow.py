"""On Sail whole numbers stop where they would wrap around, and nowhere else; what they come to is told by Python."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakekit.domain.errors import EngineError
from lakekit.ports.runtime import Body, SparkRuntime
from tests.conformance.runtime.arithmetic import COLUMNS, EXPRESSIONS, ROWS, Expression, Overflow, Row
from tests.conformance.runtime.parquet import one_table, read_parquet
from tests.sail import SAIL

pytestmark = SAIL


def made(runtime: SparkRuntime, body: Body, rows: Sequence[Row], folder: Path) -> object:
    """What the body makes of a table of these rows, in order; or the place where it stops."""
    inputs = one_table(folder, COLUMNS, [tuple(row[c.name] for c in COLUMNS) for row in rows])
    try:
        written = runtime.write(body, inputs, folder / "out")
    except EngineError as error:
        if (error.code, error.why) != ("runtime.failed", "ARITHMETIC_OVERFLOW"):
            raise
        return f"overflow at {error.where}"
    return ordered(row if len(row) > 1 else row[0] for row in read_parquet([w.path for w in written]))


def ordered(values: Iterable[object]) -> list[object]:
    return sorted(values, key=str)


@settings(max_examples=60, deadline=None)
@given(expression=EXPRESSIONS, rows=ROWS, sql=st.booleans())
def test_numbers_stop_where_they_have_no_room(
    expression: Expression,
    rows: list[Row],
    sql: bool,
    shared_sail: SparkRuntime,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    body: Body = f"SELECT {expression.text} AS x FROM bronze.t"
    if not sql:
        body = lambda inputs: inputs["bronze.t"].select(expression.column().alias("x"))  # noqa: E731
    found = made(shared_sail, body, rows, tmp_path_factory.mktemp("made"))
    try:
        expected = ordered(expression.meaning(row)[0] for row in rows)
    except Overflow:
        assert str(found).startswith("overflow at ")
    else:
        assert found == expected


LARGEST = 2**63 - 1
TWO = [{"t": 1, "s": 1, "i": 1, "b": LARGEST}, {"t": 1, "s": 2, "i": None, "b": 1}]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT sum(b) AS x FROM bronze.t", "overflow at "),
        ("SELECT s, sum(b) AS x FROM bronze.t GROUP BY s", [(1, LARGEST), (2, 1)]),
        ("SELECT sum(DISTINCT b) AS x FROM bronze.t", "overflow at "),
        ("SELECT sum(b) FILTER (WHERE s = 2) AS x FROM bronze.t", [1]),
        ("SELECT sum(b) OVER (PARTITION BY t) AS x FROM bronze.t", "overflow at "),
        ("SELECT sum(b) OVER (PARTITION BY t ORDER BY s ROWS 1 PRECEDING) AS x FROM bronze.t", "overflow at "),
        ("SELECT sum(b) OVER (PARTITION BY s) - 1 AS x FROM bronze.t", [0, LARGEST - 1]),
        ("SELECT sum(b) OVER (PARTITION BY s) + lag(s, 1, 0) OVER (ORDER BY s) AS x FROM bronze.t", [2, LARGEST]),
        ("SELECT sum(b) OVER (PARTITION BY s) + s AS x FROM bronze.t", "overflow at 1:8"),
        ("SELECT sum(s) OVER () - s AS x FROM bronze.t", [1, 2]),
        ("SELECT sum(b) over() AS x FROM bronze.t WHERE s = 2", [1]),
        ("SELECT count(*) OVER () - 1 AS x FROM bronze.t", [1, 1]),
        (f"SELECT {' + '.join(['s'] * 40)} AS x FROM bronze.t", [40, 80]),
        (f"SELECT {' + '.join(['s'] * 40)} - b AS x FROM bronze.t", [40 - LARGEST, 79]),
        (f"SELECT ({' + '.join(['b'] * 40)}) * 2 AS x FROM bronze.t", "overflow at 1:9"),
        (f"SELECT {' + '.join(['CASE WHEN s > 1 THEN 2 ELSE 1 END'] * 20)} AS x FROM bronze.t", [20, 40]),
        ("SELECT ((b - 1) + 1) + s AS x FROM bronze.t", "overflow at 1:8"),
        ("SELECT s + 1 AS x, count(*) AS n FROM bronze.t GROUP BY s + 1", [(2, 1), (3, 1)]),
        ("SELECT (s + 1) * 2 AS x, count(*) AS n FROM bronze.t GROUP BY s + 1 ORDER BY s + 1", [(4, 1), (6, 1)]),
        ("SELECT t AS x, sum(s) + count(*) AS n FROM bronze.t GROUP BY t HAVING sum(s) > 2", [(1, 5)]),
        ("SELECT i + 1 AS x, sum(b) AS n FROM bronze.t WHERE s < 2 GROUP BY 1 ORDER BY sum(b)", [(2, LARGEST)]),
        ("SELECT s FROM bronze.t\nWHERE s > 0 AND\n  b + 1 > 0", "overflow at 3:3"),
        ("SELECT x.s FROM bronze.t AS x JOIN bronze.t AS y ON x.s + 1 = y.s", [1]),
        ("WITH c AS (SELECT b + s AS z FROM bronze.t WHERE s > 1) SELECT z * 2 AS x FROM c", [6]),
        ("WITH c AS (SELECT b - s AS z FROM bronze.t) SELECT z * 2 AS x FROM c", "overflow at 1:52"),
        ("SELECT bronze.t.s + 1 AS x FROM bronze.t UNION ALL SELECT i + 1 FROM bronze.t", [2, 2, 3, None]),
        ("SELECT s /* a + b */ + -- c\n 1 AS x FROM bronze.t", [2, 3]),
        ("SELECT date_add(DATE '2024-01-01', s) AS x FROM bronze.t", [date(2024, 1, 2), date(2024, 1, 3)]),
        ("SELECT CAST(s + 0.5 AS string) AS x FROM bronze.t", ["1.5", "2.5"]),
        ("SELECT size(transform(array(s), x -> x + 1)) AS x FROM bronze.t LIMIT 1 + 1", [1, 1]),
        ("SELECT 86400 * 365 * 100 AS x FROM bronze.t", "overflow at 1:8"),
        ("SELECT s + (86400L * 365 * 100) AS x FROM bronze.t WHERE s = 1", [3_153_600_001]),
        ("SELECT x.s + y.s AS x FROM bronze.t AS x JOIN bronze.t AS y ON x.s < y.s", [3]),
        ("SELECT x.s * y.s AS x FROM bronze.t AS x CROSS JOIN bronze.t AS y WHERE x.s > y.s + 5", []),
        ("WITH c AS (SELECT 7 AS d) SELECT s + (d + 1) AS x FROM bronze.t CROSS JOIN c WHERE d + 1 > 7", [10, 9]),
        ("SELECT id + 1 AS x FROM range(1, 2 + 2)", [2, 3, 4]),
        ("SELECT typeof(s + 1) AS x FROM bronze.t", ["int", "int"]),
        ("SELECT (t + 1) / 2 + year(current_date()) * 0 AS x FROM bronze.t", [1.0, 1.0]),
        ("SELECT CAST(b AS decimal(38,0)) * b * 99 AS x FROM bronze.t", "overflow at "),
    ],
)
def test_a_query_means_what_it_says(query: str, expected: object, shared_sail: SparkRuntime, tmp_path: Path) -> None:
    """Wherever numbers are added up, and where nothing else may be written."""
    assert made(shared_sail, query, TWO, tmp_path) == expected


def frames() -> Iterator[tuple[str, Callable[[Any, Any], Any], object]]:
    """A name, what a function makes of the table with PySpark's functions, and what that comes to."""
    yield "a sum", lambda t, f: t.agg(f.sum("b").alias("x")), "overflow at "
    yield "sums of groups", lambda t, f: t.groupBy("s").agg(f.sum("b")), [(1, LARGEST), (2, 1)]
    yield "its name", lambda t, _: t.groupBy().sum("s").withColumnRenamed("sum(s)", "x"), [3]
    yield "its long name", lambda t, f: t.groupBy().agg(f.sum("b") - 1).toDF("x"), "overflow at "
    yield "a renamed sum", lambda t, f: t.where("s = 2").groupBy().sum("b").select(f.col("sum(b)").alias("x")), [1]
    yield "over a window", lambda t, f: t.select(f.sum("b").over(every(t)).alias("x")), "overflow at "
    yield "of windows", lambda t, f: t.select((f.sum("s").over(every(t)) * f.col("t")).alias("x")), [3, 3]
    yield "a column that is added", lambda t, _: t.withColumn("x", t["b"] + 1).select("x"), f"overflow at {__file__}:"
    yield "a condition", lambda t, f: t.where(f.col("b") + f.col("s") > 0).select("s"), f"overflow at {__file__}:"
    yield (
        "of what was added",
        lambda t, f: t.withColumn("z", f.col("s") + 1).select((f.col("z") * 2).alias("x")),
        [4, 6],
    )
    yield (
        "a group",
        lambda t, f: t.groupBy((f.col("s") + 1).alias("k")).agg((f.count("*") + 1).alias("n")),
        [(2, 2), (3, 2)],
    )
    yield "without a name", lambda t, f: t.select(f.col("s") + 1).toDF("x"), [2, 3]
    yield "by that name", lambda t, f: t.select(f.col("s") + 1).select(f.col("(s + 1)").alias("x")), [2, 3]
    yield "joined with itself", lambda t, _: t.join(t.select((t["s"] + 1).alias("s")), "s").select("s"), [2]
    yield "other types", lambda t, f: t.select((f.col("s") + 0.5).cast("string").alias("x")), ["1.5", "2.5"]
    yield (
        "a join",
        lambda t, f: t.alias("a").join(t.alias("b"), f.expr("a.s < b.s")).select(f.col("a.s") + f.col("b.s")),
        [3],
    )
    yield "a text", lambda t, _: t.selectExpr("b + 1 AS x"), "overflow at "
    yield "a text with a place", lambda t, f: t.select(f.expr("b * 2").alias("x")), f"overflow at {__file__}:"
    yield "a text that has room", lambda t, _: t.selectExpr("s * i AS x", "b").where("x + 0 > 0").select("x"), [1]
    yield "a text without a name", lambda t, _: t.selectExpr("s + i").toDF("x"), [2, None]
    yield "by the name of a text", lambda t, f: t.selectExpr("s + 1").select(f.col("(s + 1)").alias("x")), [2, 3]
    yield "a condition as a text", lambda t, _: t.where("b + s > 0").select("s"), "overflow at "
    yield "a sum as a text", lambda t, f: t.groupBy("t").agg(f.expr("sum(b)")).toDF("t", "x"), "overflow at "
    yield "a group's text", lambda t, f: t.groupBy("t").agg(f.expr("sum(s) + 1")).toDF("t", "x"), [(1, 4)]
    yield "a column as a text", lambda t, f: t.withColumn("x", f.expr("b + s")).select("x"), "overflow at "
    yield "several columns", lambda t, _: t.selectExpr("stack(2, s + 1, s + 2) AS x"), [2, 3, 3, 4]
    yield "a query", lambda t, _: t.sparkSession.sql("SELECT b + 1 AS x FROM {t} WHERE s = 1", t=t), "overflow at "
    yield "a query with room", lambda t, _: t.sparkSession.sql("SELECT s + 1 AS x FROM {t}", t=t), [2, 3]
    yield (
        "an unnamed column of a query",
        lambda t, f: t.sparkSession.sql("SELECT s + 1, b FROM {t}", t=t).select(f.col("(s + 1)").alias("x")),
        [2, 3],
    )
    yield (
        "a text that a group is named by",
        lambda t, f: t.groupBy(f.expr("s + 1")).agg(f.expr("(s + 1) * 2 AS y")).select("y"),
        [4, 6],
    )
    yield (
        "what a group is named by",
        lambda t, f: t.groupBy(f.col("s") + 1).agg(((f.col("s") + 1) * 2).alias("y")).select("y"),
        [4, 6],
    )
    yield (
        "a struct of any name",
        lambda t, _: t.selectExpr("struct(i AS b) AS lakekit_rows", "b").selectExpr("sum(lakekit_rows.b) AS x"),
        [1],
    )
    yield (
        "a text within an expression, by its name",
        lambda t, f: t.select(f.expr("s + 1") % 5).toDF("x"),
        [2, 3],
    )
    yield "an alias", lambda t, _: t.alias("a").selectExpr("a.b + 1 AS x"), "overflow at "
    yield "a comment", lambda t, _: t.selectExpr("b + 1 AS x -- c"), "overflow at "
    yield "a view", lambda t, _: _viewed(t).sql("SELECT b + 1 AS x FROM lakekit_viewed"), "overflow at "
    yield "a long sum", lambda t, f: t.select(reduce(operator.add, [f.col("s")] * 40).alias("x")), [40, 80]
    yield "a long sum of large numbers", lambda t, f: t.select(reduce(operator.add, [f.col("b")] * 40)), "overflow at "
    yield "constants", lambda t, f: t.select((f.lit(1) + f.lit(2)).alias("x")), [3, 3]
    yield "a function of Python", lambda t, f: t.select((f.udf(int, "long")("s") + 1).alias("x")), [2, 3]


def _below(table: Any, f: Any) -> Any:
    return table.alias("a").join(table.alias("b"), f.expr("a.s < b.s"))


def _viewed(table: Any) -> Any:
    table.createOrReplaceTempView("lakekit_viewed")
    return table.sparkSession


def every(table: Any) -> Any:
    from pyspark.sql import Window

    return Window.partitionBy(table["t"])


@pytest.mark.parametrize(("make", "expected"), [pytest.param(*case[1:], id=case[0]) for case in frames()])
def test_a_frame_means_what_it_says(
    make: Callable[[Any, Any], Any], expected: object, shared_sail: SparkRuntime, tmp_path: Path
) -> None:
    def body(inputs: Mapping[str, Any]) -> Any:
        from pyspark.sql import functions as f

        return make(inputs["bronze.t"], f)

    found = made(shared_sail, body, TWO, tmp_path)
    assert str(found).startswith(str(expected)) if isinstance(expected, str) else found == expected, found


def test_what_is_nested_too_deeply_to_be_sent_is_told(shared_sail: SparkRuntime, tmp_path: Path) -> None:
    def body(inputs: Mapping[str, Any]) -> Any:
        from pyspark.sql import functions as f

        return inputs["bronze.t"].select(reduce(operator.add, [f.col("s")] * 200).alias("x"))

    with pytest.raises(EngineError, match="nested too deeply") as caught:
        made(shared_sail, body, TWO, tmp_path)
    assert caught.value.code == "runtime.refused"
