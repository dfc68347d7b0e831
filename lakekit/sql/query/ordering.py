"""A query whose rows keep their order on the way to a file."""

from __future__ import annotations

from lakekit.sql.query.parsed import read_query

MOST = 1_000_000
"""More rows than anybody expects by hand."""


def in_order(text: str) -> str:
    """The query with a limit, at which engines sort; one that only writes the rows away they may leave unsorted. Raises
    EngineError for what is no query."""
    tree = read_query(text).tree
    return (tree if tree.args.get("limit") else tree.limit(MOST, copy=False)).sql("spark")
