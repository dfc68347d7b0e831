"""A few rows: made of texts, and told as texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.domain.types import parse_type
from lakekit.sql.canonical import as_text
from lakekit.sql.tree import all_of, column, literal, name, named, null, one_of, table, text, union_all

ROWS = "rows"
"""The table that the queries read."""


def made_query(columns: Sequence[TableColumn], rows: Sequence[Sequence[str | None]]) -> exp.Query:
    """The query whose rows these are, one or more, each a canonical text per column. Raises ValueError for a text that
    is no value of its column's type, and for a value of a nested type."""
    return union_all([exp.select(*(_cell(c, told) for c, told in zip(columns, row, strict=True))) for row in rows])


def told_query(
    columns: Sequence[TableColumn], *, limit: int | None = None, among: Mapping[str, Sequence[str]] | None = None
) -> exp.Select:
    """The rows as canonical texts; with `among`, those whose columns have one of these texts each."""
    types = {c.name: c.type for c in columns}
    query = exp.select(*(named(as_text(column(c.name), c.type), c.name) for c in columns)).from_(table(ROWS))
    if among:
        conditions = [one_of(as_text(column(n), types[n]), map(text, told)) for n, told in among.items()]
        query = query.where(all_of(conditions), copy=False)
    return query.limit(limit, copy=False) if limit is not None else query


def in_order_query(columns: Sequence[TableColumn], files: Sequence[str]) -> exp.Select:
    """The rows of files in the order of the files, and of the rows in them; of an input with positions."""
    told = [named(as_text(column(f"c{i}"), c.type), c.name) for i, c in enumerate(columns)]
    ranks = [exp.If(this=column("_file").eq(file), true=exp.Literal.number(n)) for n, file in enumerate(files)]
    query = exp.select(*told).from_(table(ROWS))
    return query.order_by(exp.Case(ifs=ranks), exp.Column(this=name("_place")), copy=False)


def _cell(column_: TableColumn, told: str | None) -> exp.Expr:
    if told is None:
        return named(null(column_.type), column_.name)
    return named(literal(told, parse_type(column_.type)), column_.name)
