"""Nested values of typed columns are taken part by part, as flat ones are, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlglot import exp

from lakekit.domain.types import parse_type
from lakekit.ports.engine import Engine, Input
from lakekit.sql.cast import typed
from lakekit.sql.tree import cast, column, table
from tests.conformance.engine.test_casts_of_typed_columns import moment

Land = Callable[[str], str]
FAILS = None

CASES = [
    # as they are
    ("[1, NULL]::INTEGER[]", "array<int>", [1, None]),
    ("MAP {'a': [1]}::MAP(VARCHAR, INTEGER[])", "map<string,array<int>>", {"a": [1]}),
    (
        "{'a': 1, 'b': [{'c': 'x'}]}::STRUCT(a INTEGER, b STRUCT(c VARCHAR)[])",
        "struct<a:int,b:array<struct<c:string>>>",
        {"a": 1, "b": [{"c": "x"}]},
    ),
    ("'\\x00\\xFF'::BLOB", "binary", b"\x00\xff"),
    ("['\\x00\\xFF'::BLOB]", "array<binary>", [b"\x00\xff"]),
    ("[]::INTEGER[]", "array<int>", []),
    ("NULL::INTEGER[]", "array<long>", None),
    ("NULL::STRUCT(a INTEGER)", "struct<a:long>", None),
    ("[NULL]::STRUCT(a INTEGER)[]", "array<struct<a:long>>", [None]),
    # part by part
    ("[1, NULL]::INTEGER[]", "array<long>", [1, None]),
    ("[12.0, 12.5]::DOUBLE[]", "array<int>", FAILS),
    ("[12.0, -0.0]::DOUBLE[]", "array<int>", [12, 0]),
    ("['1', 'x']", "array<int>", FAILS),
    ("['1', NULL]", "array<int>", [1, None]),
    ("[[1, 2], NULL, []]::INTEGER[][]", "array<array<string>>", [["1", "2"], None, []]),
    ("[1, 4294967295]::UINTEGER[]", "array<long>", [1, 4294967295]),
    ("[[1, 2], [300, 4]]::UINTEGER[2][]", "array<array<long>>", [[1, 2], [300, 4]]),
    ("['8c8ff9a4-1d5f-4a52-9f4e-3f1b6b0a6d1c']", "array<string>", ["8c8ff9a4-1d5f-4a52-9f4e-3f1b6b0a6d1c"]),
    ("MAP {'a': 1}::MAP(VARCHAR, INTEGER)", "map<string,decimal(12,2)>", {"a": Decimal("1.00")}),
    ("MAP {'a': 1.5}::MAP(VARCHAR, DOUBLE)", "map<string,int>", FAILS),
    ("MAP {1: 1}::MAP(INTEGER, INTEGER)", "map<string,int>", FAILS),
    ("{'b': 1, 'a': 'x'}::STRUCT(b INTEGER, a VARCHAR)", "struct<a:string,b:long>", {"a": "x", "b": 1}),
    ("{'a': 1}::STRUCT(a INTEGER)", "struct<a:long,b:array<string>>", {"a": 1, "b": None}),
    (
        "[{'a': {'b': '7'}}, {'a': NULL}]::STRUCT(a STRUCT(b VARCHAR))[]",
        "array<struct<a:struct<b:int>>>",
        [{"a": {"b": 7}}, {"a": None}],
    ),
    # nothing is lost
    ("{'a': 1, 'z': NULL}::STRUCT(a INTEGER, z INTEGER)", "struct<a:long>", {"a": 1}),
    ("{'a': 1, 'z': 2}::STRUCT(a INTEGER, z INTEGER)", "struct<a:long>", FAILS),
    ("[{'a': 1, 'z x': 2}]::STRUCT(a INTEGER, \"z x\" INTEGER)[]", "array<struct<a:int>>", FAILS),
    # of no other shape
    ("[1]::INTEGER[]", "map<string,int>", FAILS),
    ("[1]::INTEGER[]", "struct<a:int>", FAILS),
    ("{'a': 1}::STRUCT(a INTEGER)", "array<int>", FAILS),
    ("{'a': 1}::STRUCT(a INTEGER)", "map<string,int>", FAILS),
    ("1::INTEGER", "array<int>", FAILS),
    ("12::INTEGER", "binary", FAILS),
    ("['[1]', '[2] x']", "array<array<int>>", FAILS),
    ("['[1]', NULL]", "array<array<int>>", [[1], None]),
    # values of no type
    ("['NaN'::DOUBLE]", "array<double>", FAILS),
    ("[0.1]::DOUBLE[]", "array<double>", [0.1]),
    ("[DATE '9999-12-31' + 1]", "array<date>", FAILS),
    ("[TIMESTAMP '2024-02-29 01:02:03.5']", "array<timestamp>", [moment(2024, 2, 29, 1, 2, 3, 500000)]),
    ("{'t': TIMESTAMPTZ '2024-02-29 01:00:00+01:00'}", "struct<t:timestamp>", {"t": moment(2024, 2, 29)}),
]


@pytest.fixture(scope="module")
def results(engine: Engine, land_typed: Land) -> list[object]:
    """The value of each case, all read in one query."""
    file = land_typed("SELECT " + ", ".join(f"{sql} AS x{i}" for i, (sql, _, _) in enumerate(CASES)))
    columns = engine.columns(file)
    values = []
    for i, (_, wanted, _) in enumerate(CASES):
        value = typed(column(f"c{i}"), columns[i].type, parse_type(wanted))
        values.append(cast(value, wanted.replace("timestamp", "timestamp_ntz")) if "timestamp" in wanted else value)
    query = exp.Select(expressions=values).from_(table("landed"))
    (row,) = engine.rows(query, {"landed": Input((file,), positions=True)})
    return list(row)


@pytest.mark.everywhere
@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{sql} as {t}" for sql, t, _ in CASES])
def test_a_nested_value_is_taken_only_where_each_part_is(results: list[object], number: int) -> None:
    value, expected = results[number], CASES[number][2]
    assert (type(value), value) == (type(expected), expected)
