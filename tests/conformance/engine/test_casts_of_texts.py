"""A text means the same to every engine and to plain Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.engine import oracle
from tests.conformance.engine.conftest import Texts

from lakekit.domain.types import Kind, parse_type
from lakekit.domain.values import parse_value
from lakekit.ports.engine import Engine, Input
from lakekit.sql.cast import typed
from lakekit.sql.tree import cast, column, table
from sqlglot import exp

TYPES = (
    "string boolean int long float double date timestamp decimal(1,0) decimal(4,2) decimal(2,2) decimal(15,2) "
    "decimal(18,18) decimal(38,0) decimal(38,38) decimal(38,10)"
).split()

NASTY = (
    "|12abc|1e999|-1e999|2024-02-30|12.9|12.5| 12|12 | 12 |1_000|0x10|0b1|१२|१२.५|²|\n|12\n|\n12|1\n2|NaN|nan|inf|-Infinity|+5|-5|--5|+-5"
    "|-0|+0|0|00|007|-007|1e5|1E5|1e+5|1e-5|1.5e3|e5|1e|1e5.5|.|+|-|+.|.5|5.|-.5|+5.|0.|.0|00.00|1.|1.0|1.00|1.000|01.10"
    "|0.99|.99|.995|0.990|99.99|99.999|99.990000|100.00|-99.99|9.9|10|9|12,5|1,000|1 000|$5|5%|½|٣|１２|1e0|1e00000|1e0000000"
    "|2147483647|2147483648|-2147483648|-2147483649|9223372036854775807|9223372036854775808|-9223372036854775808"
    "|-9223372036854775809|+9223372036854775807|99999999999999999999999999999999999999|999999999999999999999999999999999999999"
    "|1.7976931348623157e308|1.7976931348623159e308|1.8e308|3.4028235e38|3.4028236e38|3.5e38|1e-45|1e-46|5e-324|2e-324|3e-324"
    "|1e-400|0e999|0e-999|0.0e5|-0.0|-0e0|0.000001e-400|1e999999|1e-999999|1e1000000|0.1|0.30000000000000004|123456789.123456789"
    "|16777217|9007199254740993|4.9406564584124654e-324|2.2250738585072011e-308|7.0064923216240854e-46|7.006492321624086e-46"
    "|true|TRUE|True|t|T|f|no|NO|yes|Y|N|tRuE|on|off|2|truе|TRUE |ＴＲＵＥ|truſe|İ|K|null|NULL|None|NA"
    "|2024-01-01|2024-1-1|2024-01-01 |2024/01/01|20240101|0000-01-01|0000-12-31|0001-01-01|9999-12-31|10000-01-01|-001-01-01"
    "|2023-02-29|2024-02-29|1900-02-29|2000-02-29|2024-13-01|2024-00-10|2024-01-00|2024-04-31|2024-01-32|2024-01-01 (BC)"
    "|infinity|-infinity|epoch|today|now|2024-W01-1|2024-001|２０２４-01-01|2024-01-01T|2024-01-01 BC"
    "|2024-01-01T10:30|2024-01-01 10:30|2024-01-01 10:30Z|2024-01-01T10:30+05:30|2024-01-01T10:30:59|2024-01-01T10:30:60"
    "|2024-01-01T24:00|2024-01-01T24:00:00|2024-01-01T23:59:59.999999|2024-01-01T23:59:59.9999999|2024-01-01T23:59:59.1"
    "|2024-01-01T23:59:59.|2024-01-01T10|2024-01-01T1:30|2024-01-01T10:3|2024-01-01t10:30:00|2024-01-01T10:30:00z"
    "|2024-01-01T10:30:00 Z|2024-01-01T10:30:00+0530|2024-01-01T10:30:00-0530|2024-01-01T10:30:00+05|2024-01-01T10:30:00+15:00"
    "|2024-01-01T10:30:00+14:59|2024-01-01T10:30:00-14:59|2024-01-01T10:30:00+05:60|2024-01-01T10:30:00 +05:00"
    "|2024-01-01T10:30:00 UTC|2024-01-01T10:30:00Europe/Berlin|2024-01-01 10:30:00 America/New_York|2024-01-01  10:30:00"
    "|0001-01-01T00:00:00+00:01|0001-01-01T00:00:00-00:01|0000-12-31T23:59:59-02:00|9999-12-31T23:59:59.999999-00:01"
    "|9999-12-31T23:59:59.999999Z|9999-12-31T23:59:59+00:01|2024-02-30T10:30Z|2024-01-01T10:30:00.5Z|2024-01-01T10:30:00.50+0100"
    "|2024-01-01T00:00:00-0000|2024-01-01+01:00|2024-01-01Z|1969-12-31T23:59:59.999999Z|1582-10-10|1582-10-10T00:00:00"
    "|0044-03-15|0099-12-31T12:00:00|2024-06-30T23:59:60Z|2024-03-31T02:30:00|1|01|+1|-1|1.5"
).split("|") + ["|", "\t12", "12\r\n", "1\x002", "\x00", "\ufeff12", "\u200b1", "\u00a012", "a\u0301", "💶", "'", '"', "\\", "';--", "%"]
LONG = (
    ["0" * 39 + "5", "0" * 40 + "5", "+" + "0" * 39 + "5", "1" * 41, "0" * 200 + "1.5", "1." + "0" * 200, "1." + "0" * 200 + "1"]
    + ["." + "9" * 38, "0." + "9" * 38 + "000", "0." + "9" * 39, "9" * 28 + "." + "9" * 10, "9" * 29 + ".0", "1" + "0" * 400]
    + ["1" + "0" * 400 + "e-399", "0." + "0" * 400 + "1", "0." + "0" * 400 + "1e401", "x" * 5000, "9" * 309, "0" * 20 + "." + "0" * 90]
)


def same(a: object, b: object) -> bool:
    """Equal, of one kind, and with one sign where they are zero."""
    signs = not isinstance(a, float) or not isinstance(b, float) or math.copysign(1, a) == math.copysign(1, b)
    return a == b and isinstance(a, bool) is isinstance(b, bool) and signs


def read_all(engine: Engine, file: str, type_: str) -> list[tuple[object, ...]]:
    value = typed(column("c0"), "string", parse_type(type_))
    if type_ == "timestamp":
        value = cast(value, "timestamp_ntz")  # without a zone, as the oracle has them
    query = exp.Select(expressions=[column("_place"), column("c0"), value]).from_(table("landed"))
    return sorted(engine.rows(query, {"landed": Input((file,), positions=True)}))


def check(engine: Engine, land: Texts, texts: Sequence[str], types: Sequence[str]) -> None:
    file = land(["text"], [[t] for t in texts])
    for type_ in types:
        for _, text, value in read_all(engine, file, type_):
            expected = oracle.read(str(text), parse_type(type_))
            assert same(value, expected), f"{text!r} as {type_}: {value!r}, not {expected!r}"


@pytest.mark.parametrize("type_", TYPES)
def test_nasty_texts_are_read_as_in_plain_python(engine: Engine, land: Texts, type_: str) -> None:
    check(engine, land, [*NASTY, *LONG], [type_])


def test_no_value_stays_no_value(engine: Engine, land: Texts) -> None:
    file = land(["text"], [[None], ["1"]])
    for type_ in TYPES:
        assert read_all(engine, file, type_)[0] == (0, None, None)


@pytest.mark.parametrize("type_", TYPES)
def test_the_reference_and_the_oracle_agree(type_: str) -> None:
    parsed = parse_type(type_)
    for text in [*NASTY, *LONG]:
        value = parse_value(text, parsed)
        naive = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        assert same(naive, oracle.read(text, parsed)), (text, type_)


PIECES = st.sampled_from(
    [*"0123456789", *"+-.eE: TZ_,'x ", "00", "99", "12", "31", "30", "29", "59", "24", "2024", "0001", "9999", "0000", "e3", "E-5"]
    + ["e308", "e-324", ".5", "9" * 19, "0" * 38, "-01-01", "T00:00", ":00", "+05:30", "2024-02-", "\n", "१", "true", "f", "\x1e"]
)
NUMBERS = st.one_of(
    st.integers(-(2**65), 2**65).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str),
    st.floats(allow_nan=False).map(repr),
    st.floats(width=32).map(repr),
    st.from_regex(r"[+-]?0{0,3}[0-9]{0,20}\.?[0-9]{0,20}0{0,3}", fullmatch=True),
)
TIMES = st.one_of(
    st.dates().map(str),
    st.datetimes().map(str),
    st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?(Z|[+-][01][0-9]:?[0-5][0-9])?", fullmatch=True),
)
TEXTS = st.one_of(st.lists(PIECES, max_size=8).map("".join), NUMBERS, TIMES, st.text(max_size=6))


@settings(max_examples=15)
@given(st.lists(TEXTS, min_size=40, max_size=80))
def test_any_text_is_read_as_in_plain_python(engine: Engine, land: Texts, texts: list[str]) -> None:
    check(engine, land, texts, TYPES)
