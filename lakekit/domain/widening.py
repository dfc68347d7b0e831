"""Widening: a column's type made wider, so that each value that it has stays the very same value."""

from __future__ import annotations

from attrs import evolve, frozen

from lakekit.domain.types import MAX_PRECISION, ColumnType, Kind, flat_type, parse_type
from lakekit.domain.values import format_value, parse_value
from lakekit.domain.watermark import Watermark

_WHOLE = {Kind.INT: 10, Kind.LONG: 19}
"""Digits of the longest value."""


@frozen
class Widening:
    """A column of a table that was `before` and is `after`; both are types as in Spark DDL."""

    column: str
    before: str
    after: str

    def line(self) -> str:
        """As a person reads it."""
        return f"{self.column} {self.before}, now {self.after}"


def least(a: ColumnType, b: ColumnType) -> ColumnType | None:
    """The least type that holds every value of both as the same value, None where there is none.

    Integers and decimals have one order, `float` and `double` another. A date is no timestamp until somebody says where
    its midnight is, and an integer no `double`: readers would see `5.0`, and long ones rounded.
    """
    kinds = {a.kind, b.kind}
    if a == b:
        return a
    if kinds == {Kind.FLOAT, Kind.DOUBLE}:
        return ColumnType(Kind.DOUBLE)
    if kinds == {Kind.INT, Kind.LONG}:
        return ColumnType(Kind.LONG)
    if not kinds <= {Kind.INT, Kind.LONG, Kind.DECIMAL}:
        return None
    scale = max(a.scale, b.scale)
    precision = max(_whole(a), _whole(b)) + scale
    return ColumnType(Kind.DECIMAL, precision, scale) if precision <= MAX_PRECISION else None


def widens(narrow: ColumnType, wide: ColumnType) -> bool:
    """Whether `wide` is another type that holds every value of `narrow`."""
    return narrow != wide and least(narrow, wide) == wide


def wider(narrow: str, wide: str) -> bool:
    """As `widens`, of types in Spark DDL; none that is nested is wider than another."""
    before, after = flat_type(narrow), flat_type(wide)
    return bool(before and after and widens(before, after))


def widened(mark: Watermark, type_: ColumnType) -> Watermark:
    """The same place on the axis of a column that has been widened to `type_`; the mark itself where it was not."""
    if not widens(parse_type(mark.type), type_):
        return mark
    value = parse_value(mark.value, type_)
    return mark if value is None else evolve(mark, type=str(type_), value=format_value(value))


def _whole(type_: ColumnType) -> int:
    return _WHOLE.get(type_.kind, type_.precision - type_.scale)
