"""Local times of named zones as moments: which of them a zone's clocks showed, and how far these were from UTC.

It is told by Python's `zoneinfo` alone. Engines have databases of zones of their own, of other versions and with other
ideas of the years before 1900; so what they are given is a list of offsets.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from attrs import frozen

START, STEADY, END = datetime(1, 1, 1), datetime(2101, 1, 1), datetime(2129, 1, 1)  # noqa: DTZ001  # local times
"""From `STEADY` on each zone follows rules that the calendar of a year determines. The 28 years until `END` have every
calendar that a year can have."""

_FIRST = datetime(1800, 1, 1, tzinfo=UTC)
"""Before it no zone changed its clocks."""

_STEP = timedelta(days=2)
"""No two changes of a zone are so close (the closest: Freetown, four days in 1939)."""
_SECOND = timedelta(seconds=1)


@frozen
class Piece:
    """Local times from `start` on, until the next piece. `offset` is how many seconds they are ahead of UTC, None where
    no clock showed them. `start` is naive."""

    start: datetime
    offset: int | None


@cache
def zone_names() -> frozenset[str]:
    """The names that `zoneinfo` knows, without those that name what a machine is set to."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


@cache
def pieces(zone: str) -> tuple[Piece, ...]:
    """All local times from `START` until `END` in their order. Of two moments with the same local time the earlier
    counts."""
    spans = _spans(zone)
    found: list[Piece] = []
    for start in sorted({START, *(edge for first, last, _ in spans for edge in (first, last) if START < edge < END)}):
        offset = next((offset for first, last, offset in spans if first <= start < last), None)
        if not found or found[-1].offset != offset:
            found.append(Piece(start, offset))
    return tuple(found)


def steady_years() -> tuple[int, ...]:
    """A year between `STEADY` and `END` for each calendar: those of common years by the weekday on which they begin,
    from Monday, then those of leap years."""
    found = {(_is_leap(year), datetime(year, 1, 1).weekday()): year for year in range(STEADY.year, END.year)}  # noqa: DTZ001
    return tuple(year for _, year in sorted(found.items()))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _spans(zone: str) -> list[tuple[datetime, datetime, int]]:
    """Stretches of one offset in the order of their moments, each as the local times that clocks showed in it."""
    changes = list(_changes(ZoneInfo(zone)))
    offsets = [offset for _, offset in changes]
    starts = [START, *(at + offset for at, offset in changes[1:])]
    ends = [*(at + offset for (at, _), offset in zip(changes[1:], offsets, strict=False)), END]
    return [(s, e, round(o.total_seconds())) for s, e, o in zip(starts, ends, offsets, strict=True)]


def _changes(zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta]]:
    """Each offset with the moment, naive and in UTC, from which on it held; the first one held always."""
    at, before = _FIRST, _offset(zone, _FIRST)
    yield _naive(at), before
    while at < END.replace(tzinfo=UTC) + _STEP:
        next_ = at + _STEP
        after = _offset(zone, next_)
        if after != before:
            next_ = _change_between(zone, at, next_)
            after = _offset(zone, next_)
            yield _naive(next_), after
        at, before = next_, after


def _change_between(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The moment of a change of the offset after `low`, at most at `high`."""
    before = _offset(zone, low)
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101  # a zone of zoneinfo always tells it
    return offset


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)
