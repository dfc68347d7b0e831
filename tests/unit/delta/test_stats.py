"""Statistics in Delta's JSON: never narrower than the rows, whatever they are."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.batch import ColumnStats, StagedFile
from lakekit.domain.schema import TableColumn
from lakekit.domain.values import Value, format_value
from lakekit_delta.stats import file_stats, may_reach

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
TIMES = st.datetimes(timezones=st.just(UTC))


def told(type_: str, low: Value | str | None, high: Value | str | None, nulls: int | None = 0) -> dict[str, Any]:
    texts = [v if v is None or isinstance(v, str) else format_value(v) for v in (low, high)]
    file = StagedFile("a/part.parquet", 1, 3, {"c": ColumnStats(nulls, *texts)})
    stats: dict[str, Any] = json.loads(file_stats(file, [TableColumn("c", type_)]))
    return stats


def bounds(type_: str, low: Value | str | None, high: Value | str | None) -> tuple[Any, Any]:
    stats = told(type_, low, high)
    return stats["minValues"].get("c"), stats["maxValues"].get("c")


@given(TEXTS)
def test_text_bounds_enclose_the_value_in_byte_order(text: str) -> None:
    low, high = bounds("string", text, text)
    assert low.encode() <= text.encode()
    assert high is None or high.encode() >= text.encode()
    assert len(low) <= 32
    assert high is None or len(high) <= 32


@given(TIMES)
def test_timestamp_bounds_enclose_the_value_on_whole_milliseconds(time: datetime) -> None:
    low, high = bounds("timestamp", time, time)
    assert datetime.fromisoformat(low) <= time
    assert high is None or time <= datetime.fromisoformat(high)
    assert all(bound is None or bound.endswith("000Z") for bound in (low, high))


def test_a_timestamp_at_the_end_of_time_has_no_upper_bound() -> None:
    assert bounds("timestamp", None, datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)) == (None, None)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20))
def test_decimal_bounds_are_exact_or_missing(value: Decimal) -> None:
    stats = file_stats(
        StagedFile("a", 1, 1, {"c": ColumnStats(0, format_value(value), format_value(value))}),
        [TableColumn("c", "decimal(38,4)")],
    )
    for kind in ("minValues", "maxValues"):
        bound = json.loads(stats, parse_float=Decimal, parse_int=Decimal)[kind].get("c")
        assert bound is None or (bound == value and Decimal(float(bound)).quantize(Decimal("0.0001")) == value)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("double", "NaN"),
        ("double", "inf"),
        ("boolean", "true"),
        ("long", "12abc"),
        ("decimal(38,10)", "0.0000000001"),
        ("decimal(38,0)", "1234567890123456"),
        ("map<string,string>", "{}"),
        ("timestamp_ntz", "2024-01-01"),
    ],
)
def test_what_cannot_be_said_for_certain_is_left_out(type_: str, text: str) -> None:
    stats = told(type_, text, text)
    assert (stats["minValues"], stats["maxValues"], stats["nullCount"]) == ({}, {}, {"c": 0})


def test_unknown_counts_and_columns_are_left_out() -> None:
    assert told("long", None, None, nulls=None) == {"numRecords": 3, "minValues": {}, "maxValues": {}, "nullCount": {}}
    file = StagedFile("a", 1, 3, {"gone": ColumnStats(0, "1", "1"), "s": ColumnStats(1)})
    stats = json.loads(file_stats(file, [TableColumn("s", "struct<a:long>")]))
    assert stats["nullCount"] == {}


def test_a_float_is_bounded_by_the_value_that_its_file_holds() -> None:
    assert bounds("float", "0.1", "0.1") == (0.10000000149011612, 0.10000000149011612)


@pytest.mark.parametrize(("micros", "kept"), [(-1_000, True), (-1_001, False), (0, True), (1, True)])
def test_a_maximum_in_time_is_taken_as_cut_at_the_millisecond(micros: int, kept: bool) -> None:
    low = datetime(2024, 5, 1, tzinfo=UTC)
    assert may_reach(low + timedelta(microseconds=micros), low) is kept


def test_a_file_without_a_maximum_may_hold_anything() -> None:
    assert may_reach(None, 5)
