"""A query's columns: what they are called, and which columns of datasets they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen
from sqlglot import exp
from sqlglot.errors import SqlglotError

from lakekit.domain.lineage import ColumnSource, Sources
from lakekit.domain.schema import TableColumn
from lakekit.sql.query.flow import IDENTITY, merged
from lakekit.sql.query.mistakes import duplicate_column, unnamed_column
from lakekit.sql.query.parsed import Query, syntax_error
from lakekit.sql.query.relations import Relations
from lakekit.sql.query.scope import Field, Relation, Scope
from lakekit.sql.tree import flat_ddl, sql_type


@frozen
class OutputColumn:
    """`sources` in order of dataset and column; None where they cannot be told. `type`, in Spark DDL, is that of a
    column of an input that is handed on, or of a value that is cast, where it is not nested; "" of all else.

    A star that cannot be told is one column `*`.
    """

    name: str
    sources: Sources
    type: str = ""


def analyse(query: Query, inputs: Mapping[str, Sequence[TableColumn]]) -> tuple[OutputColumn, ...]:
    """The output columns in order, names in the case that they are written in.

    Raises ConfigError with line and column: `transform.unknown_input`, `transform.unknown_column`,
    `transform.ambiguous_column`, `transform.unnamed_column`, `transform.duplicate_column` and
    `transform.different_widths`.
    """
    try:
        rows = relation(query, inputs)
    except RecursionError:
        raise syntax_error("", "it is nested too deeply") from None
    _check(query, rows.fields)
    return tuple(_output(field, rows) for field in rows.fields)


def relation(query: Query, inputs: Mapping[str, Sequence[TableColumn]]) -> Relation:
    """The rows of a query."""
    known = {name.lower(): input_relation(name, columns) for name, columns in inputs.items()}
    return Relations(query, known, tuple(inputs)).relation(query.tree, Scope())


def input_relation(dataset: str, columns: Sequence[TableColumn]) -> Relation:
    """The rows of a dataset."""
    return Relation(tuple(_column(dataset, column) for column in columns))


def _column(dataset: str, column: TableColumn) -> Field:
    source = ColumnSource(dataset, column.name, direct=True, how=IDENTITY)
    return Field(column.name, frozenset({source}), type=_type(column.type))


def _type(ddl: str) -> exp.DataType | None:
    try:
        return sql_type(ddl)
    except (SqlglotError, ValueError):
        return None


def _check(query: Query, fields: Sequence[Field]) -> None:
    names: set[str] = set()
    for field in fields:
        if not field.named:
            raise unnamed_column(_place(query, field))
        if field.name.lower() in names:
            raise duplicate_column(_place(query, field), field.name)
        names.add(field.name.lower())


def _place(query: Query, field: Field) -> str:
    return query.place_of_item(field.node) if field.node is not None else ""


def _output(field: Field, rows: Relation) -> OutputColumn:
    flow = merged(field.flow, rows.shape)
    return OutputColumn(field.name, None if flow is None else tuple(sorted(flow)), flat_ddl(field.type))
