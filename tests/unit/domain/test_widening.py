"""The order of types by which a column may get wider."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.types import INT_RANGE, LONG_RANGE, ColumnType, Kind, parse_type
from lakekit.domain.values import Value, format_value, parse_value
from lakekit.domain.watermark import Watermark
from lakekit.domain.widening import least, widened, widens

DECIMALS = st.integers(1, 38).flatmap(
    lambda p: st.integers(0, p).map(lambda s: ColumnType(Kind.DECIMAL, p, s)),
)
TYPES = st.one_of(DECIMALS, st.sampled_from([ColumnType(kind) for kind in Kind if kind is not Kind.DECIMAL]))
EXACT = st.one_of(DECIMALS, st.sampled_from([ColumnType(Kind.INT), ColumnType(Kind.LONG)]))


def values(type_: ColumnType) -> st.SearchStrategy[Value]:
    """Of an exact type, its ends among them."""
    if type_.kind is not Kind.DECIMAL:
        return st.integers(*(INT_RANGE if type_.kind is Kind.INT else LONG_RANGE))
    end = 10**type_.precision - 1
    return st.integers(-end, end).map(lambda n: Decimal(f"{n}E-{type_.scale}"))


@given(TYPES, TYPES, TYPES)
def test_types_that_meet_do_so_in_any_order_and_at_one_place(a: ColumnType, b: ColumnType, c: ColumnType) -> None:
    met = least(a, b)
    assert met == least(b, a)
    assert least(a, a) == a
    assert met is None or (least(a, met), least(met, b)) == (met, met)
    first, last = least(a, b), least(b, c)
    if first and last:
        assert least(first, c) == least(a, last)


@given(EXACT, EXACT, st.data())
def test_every_text_of_the_narrow_type_is_the_same_value_of_the_wide(
    a: ColumnType, b: ColumnType, data: st.DataObject
) -> None:
    wide = least(a, b)
    if wide is None:
        return
    told = format_value(data.draw(values(a)))
    assert parse_value(told, a) is not None
    assert parse_value(told, wide) == parse_value(told, a)
    assert widened(Watermark(str(a), told, "n"), wide).parsed() == parse_value(told, a)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("int", "long", "long"),
        ("float", "double", "double"),
        ("int", "decimal(3,1)", "decimal(11,1)"),
        ("decimal(20,0)", "long", "decimal(20,0)"),
        ("decimal(10,2)", "decimal(8,4)", "decimal(12,4)"),
        ("long", "decimal(38,19)", "decimal(38,19)"),
        ("long", "decimal(38,20)", None),
        ("int", "double", None),
        ("decimal(3,1)", "double", None),
        ("date", "timestamp", None),
        ("int", "string", None),
    ],
)
def test_the_least_type_of_two(a: str, b: str, expected: str | None) -> None:
    met = least(parse_type(a), parse_type(b))
    assert (met and str(met)) == expected


def test_no_type_widens_itself_and_none_its_narrower() -> None:
    long, short = parse_type("long"), parse_type("int")
    assert (widens(short, long), widens(long, long), widens(long, short)) == (True, False, False)


def test_a_watermark_of_another_order_stays_what_it_is() -> None:
    mark = Watermark("date", "2026-01-31", "day")
    assert widened(mark, parse_type("timestamp")) is mark
    assert widened(Watermark("int", "7", "n"), parse_type("decimal(12,2)")) == Watermark("decimal(12,2)", "7.00", "n")
