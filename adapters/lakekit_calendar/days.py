"""What is true of a day: a row of a date dimension. Values in, values out."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Names do not come from `strftime`: those would be the machine's."""

SEPARATOR = "; "

Holidays = Callable[[date], tuple[str, ...] | None]
"""The names of the holidays on a day, none for a working day; None where nobody knows."""


class Day(NamedTuple):
    """One day. Weeks are those of ISO 8601, `day_of_week` counts from Monday, 1; the weekend is Saturday and Sunday.

    A fiscal year has the number of the year in which it ends; its quarters and months count from its beginning.
    """

    date_key: int
    date: date
    year: int
    quarter: int
    month: int
    day: int
    month_name: str
    day_of_year: int
    day_of_week: int
    weekday: str
    iso_year: int
    iso_week: int
    is_weekend: bool
    is_month_end: bool
    fiscal_year: int
    fiscal_quarter: int
    fiscal_month: int
    is_holiday: bool | None
    holiday: str | None


def days(first: date, last: date, fiscal_year_starts: int, holidays: Holidays) -> Iterator[Day]:
    """Every day from `first` to `last`, both included, in order. `fiscal_year_starts` is a month, 1 to 12."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        yield _day(day, fiscal_year_starts, holidays(day))


def _day(day: date, fiscal_year_starts: int, holidays: tuple[str, ...] | None) -> Day:
    iso = day.isocalendar()
    fiscal_month = (day.month - fiscal_year_starts) % 12
    return Day(
        date_key=day.year * 10_000 + day.month * 100 + day.day,
        date=day,
        year=day.year,
        quarter=_quarter(day.month - 1),
        month=day.month,
        day=day.day,
        month_name=MONTHS[day.month - 1],
        day_of_year=day.timetuple().tm_yday,
        day_of_week=iso.weekday,
        weekday=WEEKDAYS[iso.weekday - 1],
        iso_year=iso.year,
        iso_week=iso.week,
        is_weekend=iso.weekday > 5,
        is_month_end=day.day == monthrange(day.year, day.month)[1],
        fiscal_year=day.year + (1 < fiscal_year_starts <= day.month),
        fiscal_quarter=_quarter(fiscal_month),
        fiscal_month=fiscal_month + 1,
        is_holiday=None if holidays is None else bool(holidays),
        holiday=SEPARATOR.join(holidays or ()) or None,
    )


def _quarter(month: int) -> int:
    """Of a month that is counted from 0."""
    return month // 3 + 1
