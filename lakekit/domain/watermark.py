"""How far a dataset has been read along one ordered column."""

from __future__ import annotations

import enum
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from attrs import frozen

from lakekit.domain.types import ColumnType, Kind, parse_type
from lakekit.domain.values import Value, format_value, parse_value

CURSOR_KINDS = frozenset({Kind.INT, Kind.LONG, Kind.DECIMAL, Kind.DATE, Kind.TIMESTAMP})
"""Kinds that a watermark column may have: totally ordered, and the same order on every engine."""


class NullWatermark(enum.Enum):
    """What becomes of a row without a value in the watermark column, which lies in no window and is read with each
    batch: it is rejected, or published once and a duplicate from then on, or the batch stops before it has landed."""

    QUARANTINE = "quarantine"
    ONCE = "once"
    STOP = "stop"


_DURATION = re.compile(r"(\d+)\s*(s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


_EXAMPLES = {Kind.TIMESTAMP: "2026-01-31T00:00:00Z", Kind.DATE: "2026-01-31", Kind.DECIMAL: "100.50"}


def example(type_: ColumnType) -> str:
    """A value of such a watermark column, as a person writes it."""
    return _EXAMPLES.get(type_.kind, "100")


@frozen
class Watermark:
    """A value of the watermark column, as canonical text with its type, so that JSON keeps it exactly. `column` is the
    column's name in a stored progress, "" in a bound."""

    type: str
    value: str
    column: str = ""

    def parsed(self) -> Value:
        """The value itself. Raises ValueError when text and type do not fit, as after a change of type."""
        value = parse_value(self.value, parse_type(self.type))
        if value is None:
            raise ValueError(f"the watermark is no {self.type}")
        return value


def watermark(value: Value, type_: ColumnType) -> Watermark:
    """The watermark at `value`."""
    return Watermark(str(type_), format_value(value))


def later(a: Watermark | None, b: Watermark | None) -> Watermark | None:
    """The further of two watermarks of one type: a stored watermark never moves backwards."""
    if a is None or b is None:
        return a or b
    return b if b.parsed() > a.parsed() else a  # type: ignore[operator]  # one type, so one order


def lower_bound(mark: Watermark, lookback: str | None) -> Watermark:
    """Where reading begins: `mark` less `lookback`, which is a duration such as `3d` for dates and timestamps and a
    number otherwise. Raises ValueError when it is neither, and stays at the first representable value."""
    if not lookback:
        return mark
    value, type_ = mark.parsed(), parse_type(mark.type)
    if isinstance(value, date):
        return watermark(_earlier(value, duration(lookback)), type_)
    back = parse_value(lookback, type_)
    if not isinstance(back, (int, Decimal)) or not isinstance(value, (int, Decimal)) or back < 0:
        raise ValueError(f"lookback {lookback!r} is not a number to take from a {mark.type}")
    return watermark(Decimal(value) - Decimal(back) if isinstance(value, Decimal) else int(value) - int(back), type_)


def moment(now: datetime, type_: ColumnType) -> Watermark | None:
    """Now on the axis of a column: for timestamps and dates, in UTC; None for others, which know no time."""
    if type_.kind is Kind.TIMESTAMP:
        return watermark(now, type_)
    return watermark(now.astimezone(UTC).date(), type_) if type_.kind is Kind.DATE else None


def duration(text: str) -> timedelta:
    """`90s`, `15m`, `36h`, `3d` or `2w` as a timedelta; ValueError for anything else."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration such as 90s, 15m, 36h, 3d or 2w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _earlier(value: date, back: timedelta) -> date:
    try:
        return value - back
    except OverflowError:
        return type(value).min.replace(tzinfo=value.tzinfo) if isinstance(value, datetime) else date.min
