"""Rows by partition: an engine writes each lane into files of its own, and a lane is named after the values."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.sql.landing import FILE
from lakekit.sql.tree import case, cast, column, concat, is_null, named, table, text

LANE = "_lane"
"""The column by which an engine tells lanes apart."""
_SHORT = frozenset({"boolean", "byte", "short", "int", "long", "date"})
"""Types whose texts are short, have no comma, and are no dash."""
_FEW = 8
"""So many short texts fit into the name of a folder."""


def split_query(source: str, columns: Sequence[TableColumn], partitions: Sequence[str]) -> exp.Query:
    """The rows of a table, with a lane for each combination of values in the columns `partitions`."""
    told = exp.Select(expressions=[*(column(c.name) for c in columns), named(values(columns, partitions), LANE)])
    return told.from_(table(source), copy=False)


def values(columns: Sequence[TableColumn], partitions: Sequence[str]) -> exp.Expression:
    """A text that rows have in common which have the same values in the columns `partitions`, and no others. Names of
    folders come of it: it is the values where these fit into one whatever they are, else their MD5, which costs more
    than half of what it costs to write the rows."""
    types = {c.name: c.type for c in columns}
    if len(partitions) <= _FEW and {types[name] for name in partitions} <= _SHORT:
        return _listed([_or_dash(name, _text(name)) for name in partitions])
    return exp.MD5(this=_listed([_or_dash(name, _measured(name)) for name in partitions]))


def parts_query(partitions: Sequence[str], source: str) -> exp.Query:
    """Each file of the table `source`, read with positions, with the values of the columns that have these numbers:
    one row for each combination that it holds."""
    told = [column(FILE), *(column(number) for number in partitions)]
    return exp.Select(expressions=told).from_(table(source), copy=False).distinct(copy=False)


def _or_dash(name: str, told: exp.Expression) -> exp.Expression:
    return case((is_null(column(name)), text("-")), otherwise=told)


def _measured(name: str) -> exp.Expression:
    """A text after its length, so that it may have anything in it."""
    return concat(cast(exp.Length(this=_text(name)), "string"), text(":"), _text(name))


def _text(name: str) -> exp.Expression:
    return cast(column(name), "string")


def _listed(parts: Sequence[exp.Expression]) -> exp.Expression:
    first, *rest = parts
    return concat(first, *(each for part in rest for each in (text(","), part))) if rest else first
