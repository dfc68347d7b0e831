"""What Sail and Spark answer to the same query where they differ; docs/engines.md tells each. Either changing its mind
fails a test."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lakekit.domain.errors import EngineError
from lakekit.ports.runtime import SparkRuntime
from tests.conformance.runtime.parquet import read_parquet

LARGEST = "CAST(99999999999999999999999999999999999999 AS decimal(38,0))"

ANSWERS: tuple[tuple[str, object, object], ...] = (
    ("try_add(9223372036854775807, 1)", "runtime.refused", None),
    ("CAST(1 AS decimal(10,2)) / CAST(3 AS decimal(10,2))", Decimal("0.333333"), Decimal("0.3333333333333")),
    ("typeof(CAST(1 AS decimal(10,2)) * 2)", "decimal(21,2)", "decimal(12,2)"),
    ("typeof(datediff(DATE '2024-03-01', DATE '2024-02-28'))", "bigint", "int"),
    ("typeof(p) FROM (SELECT percentile_approx(x, 0.5) AS p FROM VALUES (1) AS v(x)) AS t", "double", "int"),
    ("CAST(1.0E20D AS string)", "1e20", "1.0E20"),
    ("array_contains(array(1, NULL), 2)", False, None),
)
"""What stands after SELECT; an error is told by its `why`, or by its code."""


def answer(runtime: SparkRuntime, query: str, folder: Path) -> object:
    try:
        written = runtime.write(f"SELECT {query} AS a" if " FROM " not in query else _named(query), {}, folder)
    except EngineError as error:
        return error.why if error.code == "runtime.failed" else error.code
    ((value,),) = read_parquet([w.path for w in written])
    return value


def _named(query: str) -> str:
    value, _, source = query.partition(" FROM ")
    return f"SELECT {value} AS a FROM {source}"


each = pytest.mark.parametrize(("query", "sail", "spark"), ANSWERS, ids=[query for query, _, _ in ANSWERS])
