"""The rows in which two versions of a table differ, counted and never shown."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.domain.types import flat_type
from lakekit.domain.widening import least
from lakekit.sql.comparable import comparable
from lakekit.sql.tree import case, cast, column, named, null, subquery, table, union_all

BEFORE, AFTER = "before", "after"
"""Names of tables: the files that only the older version has, and those that only the newer has."""

BATCH = "_batch_id"


def difference_query(before: Sequence[TableColumn] | None, after: Sequence[TableColumn] | None) -> exp.Query:
    """(batch, rows added, rows removed) for each batch with a difference, in order; NULL for rows that name none.

    `before` and `after` are the columns of the two tables, None where that table has no files; one has. Rows are equal
    when all columns are, NULL equal to NULL and to a column that is not there; of two equal rows each takes away one. A
    column that has two types is compared by the wider, or else as text.
    """
    sides = [_side(BEFORE, before, after, -1)] if before else []
    sides += [_side(AFTER, after, before, 1)] if after else []
    if len(sides) == 1:
        return _by_batch(sides[0])
    columns = [name for name in sides[0].named_selects if name != "d"]
    groups = exp.Select(expressions=[*map(column, columns), named(exp.Sum(this=column("d")), "d")])
    groups.from_(subquery(union_all(sides), "u"), copy=False)
    return _by_batch(groups.group_by(*map(column, columns), copy=False))


def _side(
    table_name: str, columns: Sequence[TableColumn], others: Sequence[TableColumn] | None, weight: int
) -> exp.Select:
    """The rows of one version: `batch`, what is compared as e0, e1…, and the weight `d` of each."""
    own, other = ({c.name: c.type for c in told} for told in (columns, others or ()))
    values = [_value(name, own.get(name), other.get(name)) for name in sorted({*own, *other} if others else ())]
    batch = cast(column(BATCH), "long") if BATCH in own else null("long")
    told = [named(batch, "batch"), *(named(v, f"e{i}") for i, v in enumerate(values))]
    weighed = named(exp.Literal.number(weight), "d")
    return exp.Select(expressions=[*told, weighed]).from_(table(table_name), copy=False)


def _value(name: str, own: str | None, other: str | None) -> exp.Expression:
    """A column as it is compared: one of two types by a type that holds both, nested ones by their JSON."""
    if own is None or other is None or own == other:
        type_ = own or other or "string"
        return comparable(column(name) if own else null(type_), type_)
    return exp.JSONFormat(this=column(name)) if "<" in own else cast(column(name), _common(own, other))


def _common(one: str, other: str) -> str:
    """The type of which the values of a column are compared that is of two types."""
    types = [flat_type(one), flat_type(other)]
    wide = least(types[0], types[1]) if types[0] and types[1] else None
    return str(wide) if wide else "string"


def _by_batch(groups: exp.Select) -> exp.Select:
    more = exp.GT(this=column("d"), expression=exp.Literal.number(0))
    less = exp.LT(this=column("d"), expression=exp.Literal.number(0))
    added = exp.Sum(this=case((more, column("d")), otherwise=exp.Literal.number(0)))
    removed = exp.Sum(this=case((less, exp.Neg(this=column("d"))), otherwise=exp.Literal.number(0)))
    told = exp.Select(expressions=[column("batch"), named(added, "added"), named(removed, "removed")])
    told.from_(subquery(groups, "g"), copy=False)
    told.where(exp.NEQ(this=column("d"), expression=exp.Literal.number(0)), copy=False)
    told.group_by(column("batch"), copy=False)
    return told.order_by(exp.Ordered(this=column("batch"), nulls_first=True), copy=False)
