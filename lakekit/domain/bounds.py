"""What the bounds of a file's columns tell without reading it."""

from __future__ import annotations

from collections.abc import Sequence

from lakekit.domain.batch import ColumnStats

Values = tuple[str | None, ...]
"""A value of each of some columns, as canonical texts."""


def is_constant(stats: ColumnStats, rows: int) -> bool | None:
    """Whether a column has one value in a file of so many rows, which is then its minimum; None where that is unknown.

    Bounds are of values that have an order: of floats, with NaN and zeros of two signs, they do not tell.
    """
    if stats.nulls == rows:
        return True
    if stats.minimum is None or stats.maximum is None:
        return None
    if stats.minimum != stats.maximum:
        return False
    return None if stats.nulls is None else stats.nulls == 0


def combination(columns: Sequence[ColumnStats], rows: int) -> Values | bool | None:
    """The one combination of values that all rows of a file have in some columns, False where they have several, None
    where the bounds do not tell."""
    constant = [is_constant(stats, rows) for stats in columns]
    if False in constant:
        return False
    return None if None in constant else tuple(stats.minimum for stats in columns)
