"""Local times of a zone as moments, by the offsets that `lakekit.domain.zones` tells: no engine's own database of zones
is asked. Offsets are found by halves, so that a row is compared with few of a zone's hundreds of changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlglot import exp

from lakekit.domain.types import ColumnType, Kind
from lakekit.domain.values import format_value
from lakekit.domain.zones import START, STEADY, Piece, pieces, steady_years
from lakekit.sql.tree import all_of, any_of, case, cast, literal, literal_number, negated, null, own, text

_STAMP = ColumnType(Kind.TIMESTAMP)
_LAST = "9999-12-31T23:59:59.999999Z"


def changes_later(zone: str) -> bool:
    """Whether the zone's clocks change in years from STEADY on, so that `moment` needs to know `alike`."""
    return len([piece for piece in pieces(zone) if piece.start > STEADY]) > 0


def alike(local: exp.Expression) -> exp.Expression:
    """The local time, until STEADY; later the same time in the last year before END with the same calendar."""
    year = exp.Extract(this=exp.var("YEAR"), expression=own(local))
    back = exp.Mul(this=_interval(1, "DAY"), expression=exp.Paren(this=_days_back(year)))
    later = all_of([exp.GTE(this=own(local), expression=_stamp(STEADY)), _told(local)])
    return case((later, exp.Sub(this=own(local), expression=back)), otherwise=local)


def moment(local: exp.Expression, alike: exp.Expression, zone: str) -> exp.Expression:
    """The moment of a local time, which is a timestamp as if it were UTC; NULL where no clock showed it, and outside
    the years 1 to 9999. `alike` stands there many times: it should be a name."""
    ahead = exp.Paren(this=_offset(alike, pieces(zone)))
    return case((_told(local), exp.Sub(this=own(local), expression=ahead)), otherwise=null(str(_STAMP)))


def _told(local: exp.Expression) -> exp.Expression:
    return exp.Between(this=own(local), low=_stamp(START), high=literal(_LAST, _STAMP))


def _offset(alike: exp.Expression, among: Sequence[Piece]) -> exp.Expression:
    """How far the local time is ahead of UTC, an interval; NULL where no clock showed it."""
    if len(among) == 1:
        (piece,) = among
        return exp.Null() if piece.offset is None else _interval(piece.offset, "SECOND")
    half = len(among) // 2
    early, late = _offset(alike, among[:half]), _offset(alike, among[half:])
    return case((exp.LT(this=own(alike), expression=_stamp(among[half].start)), early), otherwise=late)


def _days_back(year: exp.Expression) -> exp.Expression:
    """From the first day of a year to that of the one in `steady_years` with the same calendar."""
    before = exp.Paren(this=exp.Sub(this=own(year), expression=literal_number(1)))
    days = exp.Paren(
        this=_sum(
            exp.Mul(this=before, expression=literal_number(365)),
            _every(4, before),
            exp.Neg(this=_every(100, before)),
            _every(400, before),
        )
    )
    weekday = exp.Mod(this=days, expression=literal_number(7))
    common, leap = steady_years()[:7], steady_years()[7:]
    first = case((_is_leap(year), _first_day(weekday, leap)), otherwise=_first_day(weekday, common))
    return exp.Sub(this=own(days), expression=exp.Paren(this=first))


def _first_day(weekday: exp.Expression, years: Sequence[int]) -> exp.Expression:
    """Of the year that begins on that weekday, counted from the first day of year 1."""
    days = [literal_number(date(year, 1, 1).toordinal() - 1) for year in years]
    return case(*((exp.EQ(this=own(weekday), expression=literal_number(i)), day) for i, day in enumerate(days)))


def _is_leap(year: exp.Expression) -> exp.Expression:
    def divides(years: int) -> exp.Expression:
        left = exp.Mod(this=own(year), expression=literal_number(years))
        return exp.EQ(this=left, expression=literal_number(0))

    return all_of([divides(4), any_of([negated(divides(100)), divides(400)])])


def _every(years: int, until: exp.Expression) -> exp.Expression:
    return exp.Paren(this=exp.IntDiv(this=own(until), expression=literal_number(years)))


def _sum(*told: exp.Expression) -> exp.Expression:
    added = own(told[0])
    for other in told[1:]:
        added = exp.Add(this=added, expression=own(other))
    return added


def _stamp(at: datetime) -> exp.Expression:
    return cast(text(format_value(at.replace(tzinfo=UTC))), str(_STAMP))


def _interval(number: int, unit: str) -> exp.Expression:
    return exp.Interval(this=text(str(number)), unit=exp.var(unit))
