"""What Sail would compute otherwise than Spark is refused, or written so that it is the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lakekit.domain.errors import UnsupportedCapability
from lakekit.domain.schema import TableColumn
from lakekit.ports.runtime import Body, SparkRuntime
from tests.conformance.runtime.parquet import one_table, read_parquet
from tests.sail import SAIL

pytestmark = SAIL

COLUMNS = tuple(TableColumn(*c) for c in (("k", "long"), ("s", "string"), ("d", "decimal(10,2)"), ("f", "double")))
ROW = (1709210096, "ab12", Decimal("-0.50"), 1.5)
Make = Callable[[Body], list[tuple[Any, ...]]]


@pytest.fixture
def make(shared_sail: SparkRuntime, tmp_path: Path) -> Make:
    inputs = one_table(tmp_path, COLUMNS, [ROW])
    return lambda body: read_parquet([w.path for w in shared_sail.write(body, inputs, tmp_path / "out")])


REFUSED = (
    ("to_timestamp(k)", lambda f: f.to_timestamp("k")),
    ("try_to_timestamp(t.k + 1)", lambda f: f.try_to_timestamp(f.col("k") + 1)),
    ("timestamp_seconds(d)", lambda f: f.timestamp_seconds("d")),
    ("to_json(struct(k, d))", lambda f: f.to_json(f.struct("k", "d"))),
    ("to_json(array(d))", lambda f: f.to_json(f.array("d"))),
    ("format_string('%s', d)", lambda f: f.format_string("%s", "d")),
    ("get_json_object(s, '$.a[*].b')", lambda f: f.get_json_object("s", "$.a[*].b")),
    ("regexp_replace(s, '([a-z]+)', '$1x')", lambda f: f.regexp_replace("s", "([a-z]+)", "$1x")),
    ("max_by(s, k, 2)", lambda f: f.max_by("s", "k", 2)),
    ("bround(f, 1)", lambda f: f.bround("f", 1)),
    ("initcap(s)", lambda f: f.initcap("s")),
    ("isnan(f)", lambda f: f.isnan("f")),
    ("nvl2(s, k, k)", lambda f: f.nvl2("s", "k", "k")),
    ("hash(k, d)", lambda f: f.hash("k", "d")),
    ("xxhash64(d)", lambda f: f.xxhash64("d")),
)
OF_TEXTS = (
    lambda t: t.selectExpr("isnan(f) AS x"),
    lambda t: t.where("NOT isnan(f)"),
    lambda t: t.withColumn("x", _expr("to_timestamp(k)")),
    lambda t: t.groupBy(_expr("initcap(s)")).count(),
    lambda t: t.orderBy(_expr("to_json(struct(k, d))")),
    lambda t: t.join(t.alias("b"), _expr("isnan(b.f)")).select("b.k"),
    lambda t: t.sparkSession.sql("SELECT bround(f, 1) AS x FROM {t}", t=t),
    lambda t: t.sparkSession.sql("SELECT format_string('%s', d) AS x FROM {t} AS a", t=t).select("x"),
)
SAME = (
    ("CAST(k AS timestamp) > DATE '2024-01-01'", True),
    ("to_timestamp('2024-01-01') > DATE '2023-01-01'", True),
    ("unix_timestamp(timestamp_seconds(k))", ROW[0]),
    ("to_json(struct(k))", '{"k":1709210096}'),
    ("format_string('%s', CAST(d AS string))", "-0.50"),
    ("regexp_replace(s, '([a-z]+)([0-9]+)', '$2 $1')", "12 ab"),
    ("get_json_object('{\"a\":[1,2]}', '$.a[1]')", "2"),
    ("max_by(s, k)", "ab12"),
    ("f <=> double('NaN')", False),
    ("nullif(f, f) <=> double('NaN')", False),
    ("double('NaN') <=> double('NaN')", True),
    ("nvl2(k, k, 1)", ROW[0]),
    ("max(array_max(array(k, k)))", ROW[0]),
    ("max(get(array(k), 0))", ROW[0]),
    ("hash(k)", -1538859925),
    ("'it''s'", "it's"),
    ("concat('''', 'a''''b', \"say \"\"hi\"\"\", 'c' 'd', r'\\n')", "'a''bsay \"hi\"cd\\n"),
    ("s = 'O''Neil' OR length('O''Neil') = 6", True),
)


@pytest.mark.parametrize("query", [case[0] for case in REFUSED])
def test_a_function_of_a_query_that_means_something_else_is_refused_at_its_place(query: str, make: Make) -> None:
    with pytest.raises(UnsupportedCapability, match="something else") as caught:
        make(f"SELECT 1 AS a,\n  {query} AS x\nFROM bronze.t AS t")
    assert caught.value.code == "runtime.unsupported"
    assert caught.value.where.startswith("2:"), caught.value.lines()


@pytest.mark.parametrize("column", [pytest.param(case[1], id=case[0]) for case in REFUSED])
def test_a_function_of_a_frame_that_means_something_else_is_refused(
    column: Callable[[Any, Any], Any], make: Make
) -> None:
    def body(inputs: Any) -> Any:
        from pyspark.sql import functions as f

        return inputs["bronze.t"].select(column(f).alias("x"))

    with pytest.raises(UnsupportedCapability, match="something else"):
        make(body)


def _expr(text: str) -> Any:
    from pyspark.sql import functions as f

    return f.expr(text)


@pytest.mark.parametrize("frame", OF_TEXTS)
def test_a_text_within_a_frame_that_means_something_else_is_refused(frame: Callable[[Any], Any], make: Make) -> None:
    with pytest.raises(UnsupportedCapability, match="something else"):
        make(lambda inputs: frame(inputs["bronze.t"]))


@pytest.mark.parametrize(("query", "expected"), SAME)
def test_a_text_within_a_frame_means_the_same_otherwise(query: str, expected: object, make: Make) -> None:
    assert make(lambda inputs: inputs["bronze.t"].selectExpr(f"{query} AS x")) == [(expected,)]


@pytest.mark.parametrize(("query", "expected"), SAME)
def test_what_means_the_same_is_not(query: str, expected: object, make: Make) -> None:
    assert make(f"SELECT {query} AS x FROM bronze.t") == [(expected,)]
