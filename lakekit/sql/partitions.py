"""Rows by partition: an engine writes each lane into files of its own, and a lane is named after the values."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.sql.landing import FILE
from lakekit.sql.tree import case, cast, column, concat, is_null, named, own, table, text

LANE = "_lane"
"""The column by which an engine tells lanes apart."""


def split_query(source: str, columns: Sequence[str], partitions: Sequence[str]) -> exp.Query:
    """The rows of a table, with a lane for each combination of values in the columns `partitions`."""
    told = exp.Select(expressions=[*map(column, columns), named(digest(partitions), LANE)])
    return told.from_(table(source), copy=False)


def digest(partitions: Sequence[str]) -> exp.Expression:
    """MD5 of a row's values: names of folders come of a lane, and it fits into one whatever they are."""
    parts = [_part(column(name)) for name in partitions]
    return exp.MD5(this=concat(*parts) if len(parts) > 1 else parts[0])


def parts_query(partitions: Sequence[str], source: str) -> exp.Query:
    """Each file of the table `source`, read with positions, with the values of the columns that have these numbers:
    one row for each combination that it holds."""
    told = [column(FILE), *(column(number) for number in partitions)]
    return exp.Select(expressions=told).from_(table(source), copy=False).distinct(copy=False)


def _part(value: exp.Expression) -> exp.Expression:
    """A text that no other value, and no other sequence of values, has."""
    told = cast(value, "string")
    length = cast(exp.Length(this=own(told)), "string")
    return case((is_null(value), text("-")), otherwise=concat(length, text(":"), told))
