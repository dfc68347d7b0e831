"""The numbers that a suite judges."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.suite import Check, CheckKind
from lakekit.sql.tree import all_of, cast, coalesce, column, count, is_known, named, own, subquery, table

ACCEPTED_ROWS = "accepted"
"""The name of the table of accepted rows."""


def observed_query(checks: Sequence[Check]) -> exp.Query:
    """One row over the table `accepted`, with what each check observes as a double, in the order of the checks.

    `ROWS` observes their number, `NULL_SHARE` the share from 0 to 1 of those without a value, 0 when there are no rows,
    and `UNIQUE` how many rows are in excess: those that agree with another on all columns, but for one of each kind.
    `REJECTED_SHARE` is not a matter of the accepted rows: it raises KeyError. There must be a check.
    """
    told = [named(cast(_OBSERVED[check.kind](check), "double"), f"o{i}") for i, check in enumerate(checks)]
    return exp.Select(expressions=told)


def _rows(_: Check) -> exp.Expression:
    return _scalar(count())


def _null_share(check: Check) -> exp.Expression:
    (name,) = check.columns
    nulls = exp.Sub(this=count(), expression=exp.Count(this=column(name)))
    share = exp.Div(
        this=exp.Paren(this=cast(nulls, "double")),
        expression=exp.Nullif(this=count(), expression=exp.Literal.number(0)),
    )
    return _scalar(coalesce(share, exp.Literal.number(0)))


def _excess(check: Check) -> exp.Expression:
    columns = [column(c) for c in check.columns]
    kinds = exp.Select(expressions=[named(count(), "rows")]).from_(table(ACCEPTED_ROWS), copy=False)
    kinds.where(all_of([is_known(c) for c in columns]), copy=False).group_by(*map(own, columns), copy=False)
    excess = exp.Sum(this=exp.Sub(this=column("rows"), expression=exp.Literal.number(1)))
    total = coalesce(excess, exp.Literal.number(0))
    return exp.Subquery(this=exp.Select(expressions=[total]).from_(subquery(kinds, "k"), copy=False))


def _scalar(value: exp.Expression) -> exp.Expression:
    return exp.Subquery(this=exp.Select(expressions=[value]).from_(table(ACCEPTED_ROWS), copy=False))


_OBSERVED = {CheckKind.ROWS: _rows, CheckKind.NULL_SHARE: _null_share, CheckKind.UNIQUE: _excess}
