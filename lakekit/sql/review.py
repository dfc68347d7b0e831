"""Queries by which people look into a quarantine. Nested values come as JSON texts, which every engine writes alike."""

from __future__ import annotations

from sqlglot import exp

from lakekit.sql.tree import own

TABLE = "quarantine"
"""The name under which the quarantine's files are handed to the engine."""


def count_query() -> exp.Query:
    """One row: the number of rows."""
    return exp.select(exp.Count(this=exp.Star())).from_(_table())


def reasons_query() -> exp.Query:
    """(code, column, rows), most frequent first, then by code and column."""
    reason = exp.column("reason", table="r")
    unnested = exp.select(exp.alias_(exp.Explode(this=_column("reasons")), "reason")).from_(_table()).subquery("r")
    code, column = (exp.Dot(this=own(reason), expression=exp.to_identifier(n, quoted=True)) for n in ("code", "column"))
    told = exp.select(exp.alias_(code, "code", quoted=True), exp.alias_(column, "column", quoted=True)).from_(unnested)
    rows = exp.alias_(exp.Count(this=exp.Star()), "rows", quoted=True)
    names = [exp.column("code", quoted=True), exp.column("column", quoted=True)]
    return (
        exp.select(*names, rows)
        .from_(told.subquery("t"))
        .group_by(*[own(n) for n in names])
        .order_by(exp.column("rows", quoted=True).desc(), *[own(n) for n in names])
    )


def rows_query(reason: str | None, limit: int) -> exp.Query:
    """(batch, source, row, reasons, values), newest batch first; `reason` is a code that each of them has."""
    query = exp.select(
        _column("_batch_id"),
        _column("_source"),
        _column("_row"),
        exp.JSONFormat(this=_column("reasons")),
        exp.JSONFormat(this=_column("values")),
    ).from_(_table())
    if reason is not None:
        name = exp.to_identifier("x")
        code = exp.Dot(this=exp.column("x"), expression=exp.to_identifier("code", quoted=True))
        codes = exp.Transform(this=_column("reasons"), expression=exp.Lambda(this=code, expressions=[name]))
        query = query.where(exp.ArrayContains(this=codes, expression=exp.Literal.string(reason)))
    order = [_column("_batch_id").desc(), _column("_source").asc(), _column("_row").asc()]
    return query.order_by(*order).limit(limit)


def _table() -> exp.Table:
    return exp.to_table(TABLE)


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)
