"""The books of lanes that are not written: every row counted once, in one query."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from lakekit.domain.batch import Counts, ReasonCount
from lakekit.domain.contract import Rule
from lakekit.sql.evidence import failed
from lakekit.sql.lanes import LANE, REJECTED
from lakekit.sql.tree import case, column, count, named, subquery, table, text

LANES = "lanes"
"""The name of the table that holds what `lakekit.sql.lanes.lanes_query` made."""


def books_query() -> exp.Query:
    """(failed, rows): the numbers of the rules that rows failed, joined by commas, NULL for those that failed none."""
    joined = exp.ArrayToString(this=failed(column("_extra")), expression=text(","))
    told = case((exp.EQ(this=column(LANE), expression=text(REJECTED)), joined))
    rows = exp.Select(expressions=[named(told, "failed")]).from_(table(LANES), copy=False)
    counted = exp.Select(expressions=[column("failed"), named(count(), "rows")])
    return counted.from_(subquery(rows, "r"), copy=False).group_by(column("failed"), copy=False)


def books(found: Iterable[tuple[object, ...]], rules: tuple[Rule, ...]) -> tuple[Counts, tuple[ReasonCount, ...]]:
    """What the rows of `books_query` say; reasons most frequent first, then by code and column."""
    published = quarantined = 0
    reasons: dict[Rule, int] = {}
    for told, number in found:
        rows = int(str(number))
        if told is None:
            published += rows
            continue
        quarantined += rows
        for rule in (rules[int(i)] for i in str(told).split(",")):
            reasons[rule] = reasons.get(rule, 0) + rows
    counted = (ReasonCount(rule.code, rule.column, rows) for rule, rows in reasons.items())
    ordered = sorted(counted, key=lambda r: (-r.rows, r.code, r.column))
    return Counts(published + quarantined, published, quarantined), tuple(ordered)
