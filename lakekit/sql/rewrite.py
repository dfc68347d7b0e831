"""The rows of a table, as they are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.sql.tree import column, table

ROWS = "rows"
"""The name of the table that is read."""


def rewrite_query(columns: Sequence[TableColumn]) -> exp.Query:
    """Every row of the table `rows`, with these columns in this order."""
    return exp.Select(expressions=[column(c.name) for c in columns]).from_(table(ROWS), copy=False)
