"""The rows of a calendar, against Python's own calendar and facts from paper ones."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit_calendar.days import Day, days

MONTHS = st.integers(1, 12)


def no_holidays(_: date) -> tuple[str, ...]:
    return ()


def day(text: str, starts: int = 1) -> Day:
    told = date.fromisoformat(text)
    (found,) = days(told, told, starts, no_holidays)
    return found


@given(st.dates(), MONTHS)
def test_a_day_is_what_python_says_of_it(told: date, starts: int) -> None:
    (found,) = days(told, told, starts, no_holidays)
    assert (found.iso_year, found.iso_week, found.day_of_week) == tuple(told.isocalendar())
    assert (found.date, found.year, found.month, found.day) == (told, told.year, told.month, told.day)
    assert found.day_of_year == (told - date(told.year, 1, 1)).days + 1
    assert found.date_key == int(told.isoformat().replace("-", ""))
    assert found.quarter == {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3}.get(told.month, 4)
    assert found.is_month_end == (told == date.max or (told + timedelta(days=1)).day == 1)
    assert found.is_weekend == (told.weekday() in {calendar.SATURDAY, calendar.SUNDAY})


@given(st.dates(max_value=date(9998, 12, 31)), MONTHS)
def test_a_fiscal_year_begins_in_its_month_and_is_named_by_its_end(told: date, starts: int) -> None:
    (found,) = days(told, told, starts, no_holidays)
    begins = date(told.year - (told.month < starts), starts, 1) if told.year > 1 or told.month >= starts else date.min
    ends_in = begins.year if starts == 1 else begins.year + 1
    if begins != date.min:
        months = (told.year - begins.year) * 12 + told.month - begins.month
        assert (found.fiscal_year, found.fiscal_month) == (ends_in, months + 1)
        assert found.fiscal_quarter == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4][months]


@given(st.dates(), st.integers(0, 800))
def test_every_day_is_there_once_and_in_order(first: date, more: int) -> None:
    last = date.fromordinal(min(first.toordinal() + more, date.max.toordinal()))
    found = [row.date for row in days(first, last, 1, no_holidays)]
    assert (found[0], found[-1], len(found)) == (first, last, (last - first).days + 1)
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(found))


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("2021-01-03", (2020, 53, 7)),
        ("2021-01-04", (2021, 1, 1)),
        ("2018-12-31", (2019, 1, 1)),
        ("2016-01-01", (2015, 53, 5)),
        ("2024-12-30", (2025, 1, 1)),
        ("9999-12-31", (9999, 52, 5)),
    ],
)
def test_weeks_are_those_of_iso(text: str, week: tuple[int, int, int]) -> None:
    found = day(text)
    assert (found.iso_year, found.iso_week, found.day_of_week) == week


@pytest.mark.parametrize(
    ("text", "of_year", "ends"),
    [
        ("2024-02-29", 60, True),
        ("2024-02-28", 59, False),
        ("2023-02-28", 59, True),
        ("1900-02-28", 59, True),
        ("2000-02-28", 59, False),
        ("2024-12-31", 366, True),
        ("2023-12-31", 365, True),
    ],
)
def test_leap_days_are_days(text: str, of_year: int, ends: bool) -> None:
    found = day(text)
    assert (found.day_of_year, found.is_month_end) == (of_year, ends)


@pytest.mark.parametrize(
    ("text", "starts", "fiscal"),
    [
        ("2020-09-30", 10, (2020, 4, 12)),
        ("2020-10-01", 10, (2021, 1, 1)),
        ("2021-01-01", 10, (2021, 2, 4)),
        ("2024-02-29", 4, (2024, 4, 11)),
        ("2024-04-01", 4, (2025, 1, 1)),
        ("2024-07-01", 1, (2024, 3, 7)),
        ("2024-11-30", 12, (2024, 4, 12)),
        ("2024-12-01", 12, (2025, 1, 1)),
        ("9999-12-31", 10, (10000, 1, 3)),
    ],
)
def test_fiscal_years_by_hand(text: str, starts: int, fiscal: tuple[int, int, int]) -> None:
    found = day(text, starts)
    assert (found.fiscal_year, found.fiscal_quarter, found.fiscal_month) == fiscal


@pytest.mark.parametrize(
    ("text", "weekday", "month", "weekend"),
    [
        ("1969-07-20", "Sunday", "July", True),
        ("1989-11-09", "Thursday", "November", False),
        ("2000-01-01", "Saturday", "January", True),
        ("2024-02-29", "Thursday", "February", False),
    ],
)
def test_days_that_everybody_knows(text: str, weekday: str, month: str, weekend: bool) -> None:
    found = day(text)
    assert (found.weekday, found.month_name, found.is_weekend) == (weekday, month, weekend)


def test_every_name_stands_at_its_place() -> None:
    year = list(days(date(2024, 1, 1), date(2024, 12, 31), 1, no_holidays))
    # Python's own names are English here: the tests set no locale.
    assert {row.month: row.month_name for row in year} == dict(enumerate(calendar.month_name[1:], 1))
    assert {row.day_of_week: row.weekday for row in year} == dict(enumerate(calendar.day_name, 1))


@pytest.mark.parametrize(
    ("told", "is_holiday", "holiday"),
    [(None, None, None), ((), False, None), (("a",), True, "a"), (("a", "b, c"), True, "a; b, c")],
)
def test_a_holiday_that_nobody_knows_of_is_no_working_day(
    told: tuple[str, ...] | None, is_holiday: bool | None, holiday: str | None
) -> None:
    (found,) = days(date(2024, 1, 1), date(2024, 1, 1), 1, lambda _: told)
    assert (found.is_holiday, found.holiday) == (is_holiday, holiday)
