"""The watermark column of an incremental load."""

from __future__ import annotations

from sqlglot import exp

from lakekit.domain.types import ColumnType
from lakekit.domain.watermark import Watermark
from lakekit.sql.canonical import as_text
from lakekit.sql.tree import all_of, coalesce, literal, own


def within(value: exp.Expression, type_: ColumnType, low: Watermark | None, high: Watermark | None) -> exp.Expression:
    """Whether a row belongs to a batch with these closed bounds, None for open: its `value`, as `column_value` of
    lakekit.sql.rules reads it, lies within, or is no value of the type. Never NULL."""
    sides: list[exp.Expression] = []
    if low is not None:
        sides.append(exp.GTE(this=own(value), expression=literal(low.value, type_)))
    if high is not None:
        sides.append(exp.LTE(this=own(value), expression=literal(high.value, type_)))
    return coalesce(all_of(sides), exp.true())


def highest(value: exp.Expression, type_: ColumnType) -> exp.Expression:
    """The greatest value, aggregated, as the canonical text of a watermark; NULL when there is none."""
    return as_text(exp.Max(this=own(value)), str(type_))
