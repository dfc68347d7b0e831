"""On Sail whole numbers stop where they would wrap around, and nowhere else; what they come to is told by Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakekit.domain.errors import EngineError
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit.ports.runtime import SparkRuntime
from tests.conformance.runtime.parquet import read_parquet, write_parquet
from tests.sail import SAIL

pytestmark = SAIL

BITS = {"t": 8, "s": 16, "i": 32, "b": 64}
"""The columns, and the bits of their numbers."""
COLUMNS = [TableColumn(name, type_) for name, type_ in zip(BITS, ("tinyint", "smallint", "int", "long"), strict=True)]
Row: TypeAlias = Mapping[str, int | None]
Value: TypeAlias = tuple[int | None, int]
"""A number, and the bits that it has room in."""
Meaning: TypeAlias = Callable[[Row], Value]


class Overflow(Exception):
    """A number has no room."""


def bounds(bits: int) -> tuple[int, int]:
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def fitting(value: int | None, bits: int) -> Value:
    low, high = bounds(bits)
    if value is not None and not low <= value <= high:
        raise Overflow
    return value, bits


def two_sided(sign: str, one: tuple[str, Meaning], other: tuple[str, Meaning]) -> tuple[str, Meaning]:
    work = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}[sign]

    def meaning(row: Row) -> Value:
        (a, room), (b, more) = one[1](row), other[1](row)
        return fitting(None if a is None or b is None else work(a, b), max(room, more))

    return f"({one[0]}) {sign} ({other[0]})", meaning


def negated(one: tuple[str, Meaning]) -> tuple[str, Meaning]:
    def meaning(row: Row) -> Value:
        value, bits = one[1](row)
        return fitting(None if value is None else -value, bits)

    return f"-({one[0]})", meaning


def chosen(one: tuple[str, Meaning], other: tuple[str, Meaning]) -> tuple[str, Meaning]:
    """What is not chosen does not stop."""

    def meaning(row: Row) -> Value:
        taken = one if row["i"] is not None and row["i"] > 0 else other
        return taken[1](row)[0], 64

    return f"CASE WHEN i > 0 THEN CAST({one[0]} AS bigint) ELSE {other[0]} END", meaning


def number(value: int) -> tuple[str, Meaning]:
    bits = 32 if value < 2**31 else 64
    return str(value), lambda _: (value, bits)


def column(name: str) -> tuple[str, Meaning]:
    return name, lambda row: (row[name], BITS[name])


EXPRESSIONS = st.recursive(
    st.sampled_from([*map(column, BITS), *map(number, (0, 1, 2, 3, 46341, 2**31 - 1, 2**31, 2**63 - 1))]),
    lambda inner: st.one_of(
        st.builds(two_sided, st.sampled_from("+-*"), inner, inner),
        st.builds(negated, inner),
        st.builds(chosen, inner, inner),
    ),
    max_leaves=6,
)


def near(bits: int) -> st.SearchStrategy[int | None]:
    low, high = bounds(bits)
    return st.sampled_from([None, 0, 1, -1, 2, 7, -7, low, low + 1, high, high - 1, high // 2 + 1])


ROWS = st.lists(st.fixed_dictionaries({name: near(bits) for name, bits in BITS.items()}), min_size=1, max_size=4)


def made(shared_sail: SparkRuntime, query: str, rows: Sequence[Row], folder: Path) -> object:
    """What the query makes of a table of these rows, in order; or the place where it stops."""
    write_parquet(folder / "t.parquet", COLUMNS, [tuple(row[c.name] for c in COLUMNS) for row in rows])
    inputs = {"bronze.t": Input((str(folder / "t.parquet"),), columns=tuple(COLUMNS))}
    try:
        written = shared_sail.write(query, inputs, folder / "out")
    except EngineError as error:
        if (error.code, error.why) != ("runtime.failed", "ARITHMETIC_OVERFLOW"):
            raise
        return f"overflow at {error.where}"
    return ordered(row if len(row) > 1 else row[0] for row in read_parquet([w.path for w in written]))


def ordered(values: Iterable[object]) -> list[object]:
    return sorted(values, key=str)


@settings(max_examples=60, deadline=None)
@given(expression=EXPRESSIONS, rows=ROWS)
def test_numbers_stop_where_they_have_no_room(
    expression: tuple[str, Meaning],
    rows: list[Row],
    shared_sail: SparkRuntime,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    text, meaning = expression
    found = made(shared_sail, f"SELECT {text} AS x FROM bronze.t", rows, tmp_path_factory.mktemp("made"))
    try:
        expected = ordered(meaning(row)[0] for row in rows)
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
        ("SELECT CAST(b AS decimal(38,0)) * b * 99 AS x FROM bronze.t", "overflow at "),
    ],
)
def test_a_query_means_what_it_says(query: str, expected: object, shared_sail: SparkRuntime, tmp_path: Path) -> None:
    """Wherever numbers are added up, and where nothing else may be written."""
    assert made(shared_sail, query, TWO, tmp_path) == expected
