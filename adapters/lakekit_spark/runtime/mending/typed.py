"""A query's tree with the types of its values, as far as its text tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlglot import exp
from sqlglot.errors import SqlglotError

Types: TypeAlias = Mapping[str, Mapping[str, str]]
"""The columns of each table, types in Spark DDL."""


def typed(tree: exp.Expr, types: Types) -> exp.Expr:
    """A copy, in which what stood in the text keeps its `meta`; the tree itself where nothing can be told."""
    # A query that only picks columns has no use for them.
    from sqlglot.optimizer.annotate_types import annotate_types
    from sqlglot.optimizer.qualify import qualify

    try:
        schema: dict[str, object] = {table: dict(columns) for table, columns in types.items()}
        options: dict[str, Any] = {"validate_qualify_columns": False, "quote_identifiers": False, "identify": False}
        told = qualify(tree.copy(), dialect="spark", schema=schema, **options)
        return annotate_types(told, schema=schema, dialect="spark")
    except SqlglotError:
        return tree
