"""A few rows: made of texts, and told as texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.domain.types import parse_type
from lakekit.sql.canonical import as_text
from lakekit.sql.tree import all_of, cast, column, literal, name, named, null, one_of, table, text

ROWS = "rows"
"""The table that the queries read."""


def made_query(columns: Sequence[TableColumn], rows: Sequence[Sequence[str | None]]) -> exp.Query:
    """The query whose rows these are, one or more, each a canonical text per column. Raises ValueError for a text that
    is no value of its column's type, and for a value of a nested type."""
    told = [exp.Tuple(expressions=[_cell(c, cell) for c, cell in zip(columns, row, strict=True)]) for row in rows]
    names = [f"c{i}" for i in range(len(columns))]
    values = exp.Values(expressions=told, alias=exp.TableAlias(this=name("given"), columns=list(map(name, names))))
    # Cast as columns: a type that is not told of a whole column of texts would be the engine's guess.
    read = (named(cast(column(n), c.type), c.name) for n, c in zip(names, columns, strict=True))
    return exp.select(*read).from_(values)


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
        return null(column_.type)
    return literal(told, parse_type(column_.type))
