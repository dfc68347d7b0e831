"""Columns that have a type already become the contract's type without losing anything in silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlglot import exp

from lakekit.domain.types import parse_type
from lakekit.ports.engine import Engine, Input
from lakekit.sql.canonical import as_text
from lakekit.sql.cast import typed
from lakekit.sql.comparable import comparable
from lakekit.sql.tree import cast, column, table

Land = Callable[[str], str]

FAILS = None


def moment(*told: int) -> datetime:
    """Without a zone, as rows that hold none come back."""
    return datetime(*told)  # type: ignore[arg-type]  # noqa: DTZ001


CASES = [
    # the same type, and types that hold every value
    ("1::INTEGER", "int", 1),
    ("2147483647::INTEGER", "long", 2147483647),
    ("(-128)::TINYINT", "int", -128),
    ("255::UTINYINT", "int", 255),
    ("65535::USMALLINT", "int", 65535),
    ("4294967295::UINTEGER", "long", 4294967295),
    ("1.5::FLOAT", "double", 1.5),
    ("7::INTEGER", "double", 7.0),
    ("9223372036854775807::BIGINT", "decimal(19,0)", Decimal(9223372036854775807)),
    ("1.25::DECIMAL(5,2)", "decimal(8,3)", Decimal("1.250")),
    ("DATE '2024-02-29'", "timestamp", moment(2024, 2, 29)),
    ("TIMESTAMP '2024-02-29 01:02:03.000004'", "timestamp", moment(2024, 2, 29, 1, 2, 3, 4)),
    ("TIMESTAMPTZ '2024-02-29 01:02:03+01:00'", "timestamp", moment(2024, 2, 29, 0, 2, 3)),
    ("true", "boolean", True),
    # numbers that stay the same number
    ("12.0::DOUBLE", "int", 12),
    ("12.5::DOUBLE", "int", FAILS),
    ("(-0.0)::DOUBLE", "int", 0),
    ("1e10::DOUBLE", "int", FAILS),
    ("1e10::DOUBLE", "long", 10_000_000_000),
    ("9223372036854775808::DOUBLE", "long", FAILS),
    ("16777216::FLOAT", "int", 16777216),
    ("12.00::DECIMAL(4,2)", "int", 12),
    ("12.01::DECIMAL(4,2)", "int", FAILS),
    ("99.99::DECIMAL(4,2)", "int", FAILS),
    ("3000000000::BIGINT", "int", FAILS),
    ("18446744073709551615::UBIGINT", "long", FAILS),
    ("7::UBIGINT", "long", 7),
    ("100000::BIGINT", "decimal(5,0)", FAILS),
    ("99999::BIGINT", "decimal(5,0)", Decimal(99999)),
    ("1.250::DECIMAL(6,3)", "decimal(4,2)", Decimal("1.25")),
    ("1.255::DECIMAL(6,3)", "decimal(4,2)", FAILS),
    ("0.1::DOUBLE", "decimal(10,2)", Decimal("0.10")),
    ("0.1::FLOAT", "decimal(10,2)", Decimal("0.10")),
    ("0.125::DOUBLE", "decimal(10,2)", FAILS),
    ("(0.1::DOUBLE + 0.2::DOUBLE)", "decimal(10,2)", FAILS),
    ("1e20::DOUBLE", "decimal(38,0)", Decimal(100000000000000000000)),
    ("1e-7::DOUBLE", "decimal(38,10)", Decimal("0.0000001000")),
    ("1e38::DOUBLE", "decimal(38,0)", FAILS),
    # what is not finite is no value
    ("'NaN'::DOUBLE", "double", FAILS),
    ("'Infinity'::DOUBLE", "double", FAILS),
    ("'-Infinity'::FLOAT", "double", FAILS),
    ("'NaN'::DOUBLE", "int", FAILS),
    ("'Infinity'::DOUBLE", "decimal(10,2)", FAILS),
    ("'NaN'::DOUBLE", "float", FAILS),
    ("'infinity'::DATE", "date", FAILS),
    ("'infinity'::TIMESTAMP", "timestamp", FAILS),
    ("'infinity'::TIMESTAMP", "date", FAILS),
    ("DATE '0001-01-01' - 1", "date", FAILS),
    ("DATE '9999-12-31' + 1", "date", FAILS),
    # doubles take the nearest value, as they do of texts, and never vanish or overflow
    ("0.1::DOUBLE", "float", 0.10000000149011612),
    ("1e300::DOUBLE", "float", FAILS),
    ("1e-60::DOUBLE", "float", FAILS),
    ("0.10::DECIMAL(10,2)", "double", 0.1),
    ("9007199254740993::BIGINT", "double", 9007199254740992.0),
    # dates of timestamps, at midnight alone
    ("TIMESTAMP '2024-02-29 00:00:00'", "date", date(2024, 2, 29)),
    ("TIMESTAMP '2024-02-29 00:00:01'", "date", FAILS),
    ("TIMESTAMPTZ '2024-02-29 01:00:00+01:00'", "date", date(2024, 2, 29)),
    ("TIMESTAMPTZ '2024-02-29 00:00:00+01:00'", "date", FAILS),
    # nanoseconds: those that are there are not cut off
    ("TIMESTAMP_NS '2024-02-29 01:02:03.123456'", "timestamp", moment(2024, 2, 29, 1, 2, 3, 123456)),
    ("TIMESTAMP_NS '2024-02-29 01:02:03.123456789'", "timestamp", FAILS),
    # by the canonical text
    ("1::INTEGER", "boolean", True),
    ("2::INTEGER", "boolean", FAILS),
    ("true", "int", FAILS),
    ("12::INTEGER", "date", FAILS),
    ("DATE '2024-02-29'", "string", "2024-02-29"),
    ("TIMESTAMP '0044-02-29 01:02:03'", "string", "0044-02-29T01:02:03.000000Z"),
    ("TIMESTAMPTZ '2024-02-29 01:02:03.5+02:00'", "string", "2024-02-28T23:02:03.500000Z"),
    ("true", "string", "true"),
    ("(-5)::BIGINT", "string", "-5"),
    ("1.50::DECIMAL(5,2)", "string", "1.50"),
    ("0.50::DECIMAL(2,2)", "string", "0.50"),
    ("(-0.50)::DECIMAL(2,2)", "string", "-0.50"),
    ("0.1::DOUBLE", "string", "0.1"),
    (r"'\x0F\xA0'::BLOB", "string", "0FA0"),
    ("TIME '01:02:03'", "string", "01:02:03"),
    ("'8c8ff9a4-1d5f-4a52-9f4e-3f1b6b0a6d1c'::UUID", "string", "8c8ff9a4-1d5f-4a52-9f4e-3f1b6b0a6d1c"),
    ("""'{"a": 1}'::JSON""", "string", '{"a": 1}'),
    ("[1, 2]", "string", "[1,2]"),
    ("{'a': 1, 'B c': [{'x': 'y'}]}", "string", '{"a":1,"B c":[{"x":"y"}]}'),
    ("MAP(['k'], ['v'])", "string", '{"k":"v"}'),
    ("[1]", "int", FAILS),
]


@pytest.fixture(scope="module")
def results(engine: Engine, land_typed: Land) -> list[object]:
    """The value of each case, all read in one query."""
    file = land_typed("SELECT " + ", ".join(f"{sql} AS x{i}" for i, (sql, _, _) in enumerate(CASES)))
    columns = engine.columns(file)
    values = []
    for i, (_, wanted, _) in enumerate(CASES):
        value = typed(column(f"c{i}"), columns[i].type, parse_type(wanted))
        values.append(cast(value, "timestamp_ntz") if wanted == "timestamp" else value)
    query = exp.Select(expressions=values).from_(table("landed"))
    (row,) = engine.rows(query, {"landed": Input((file,), positions=True)})
    return list(row)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{sql} as {t}" for sql, t, _ in CASES])
def test_a_typed_value_is_taken_only_as_it_is(results: list[object], number: int) -> None:
    value, expected = results[number], CASES[number][2]
    assert (type(value), value) == (type(expected), expected)


SAMPLES = {
    "int": "unnest([0, -1, 2147483647, -2147483648])::INTEGER",
    "long": "unnest([0, 9223372036854775807, -9223372036854775808])::BIGINT",
    "double": "unnest([0.1, 1e300, -1e-300, 5e-324, 1.7976931348623157e308, 123456789012345680])::DOUBLE",
    "float": "unnest([0.1, 3.4028235e38, 1e-45])::FLOAT",
    "decimal(4,2)": "unnest([0.5, -99.99, 0])::DECIMAL(4,2)",
    "decimal(2,2)": "unnest([0.5, -0.99, 0])::DECIMAL(2,2)",
    "decimal(38,0)": f"unnest([{'9' * 38}::DECIMAL(38,0), -1])::DECIMAL(38,0)",
    "date": "unnest([DATE '0001-01-01', DATE '9999-12-31', DATE '1582-10-10'])",
    "timestamp": "unnest([TIMESTAMPTZ '0001-01-01 00:00:00+00', TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'])",
    "boolean": "unnest([true, false])",
    "binary": "unnest([''::BLOB, '\\x00\\xFF'::BLOB])",
    "array<string>": "unnest([['a\"\\,', NULL, '', chr(31) || chr(10) || chr(127), '\u00e9\U0001f600'], []])",
    "array<double>": "unnest([[0.1, 1e300, -0.0, NULL], [1e16, 1e-5]])::DOUBLE[]",
    "map<string,float>": "MAP {'a\"': 0.1, '': NULL}::MAP(VARCHAR, FLOAT)",
    "struct<a:decimal(30,2),b:array<timestamp>,c:binary>": (
        "{'a': 1234567890123456789012345.10::DECIMAL(30,2), 'b': [TIMESTAMPTZ '2024-01-02 03:04:05.5+00', NULL],"
        " 'c': '\\x0F'::BLOB}"
    ),
    "array<struct<a:struct<d:decimal(18,18),e:date>>>": (
        "[{'a': {'d': 0::DECIMAL(18,18), 'e': DATE '2024-01-01'}}, {'a': NULL}, NULL]"
    ),
    "map<string,map<string,long>>": "MAP {'a': MAP {'b': 1}, 'c': NULL}::MAP(VARCHAR, MAP(VARCHAR, BIGINT))",
}


@pytest.mark.everywhere
@pytest.mark.parametrize("type_", SAMPLES)
def test_the_text_of_a_value_reads_back_as_the_same_value(engine: Engine, land_typed: Land, type_: str) -> None:
    file = land_typed(f"SELECT {SAMPLES[type_]} AS x")
    back = typed(as_text(column("c0"), type_), "string", parse_type(type_))
    same = exp.EQ(this=comparable(back, type_), expression=comparable(column("c0"), type_))
    query = exp.Select(expressions=[same]).from_(table("landed"))
    found = engine.rows(query, {"landed": Input((file,), positions=True)})
    assert {value for (value,) in found} == {True}
