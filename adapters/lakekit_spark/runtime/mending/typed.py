"""A query's tree, and the same with the types of its values, as far as its text tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

Types: TypeAlias = Mapping[str, Mapping[str, str]]
"""The columns of each table, types in Spark DDL."""

_NUMBER = "node"


class Tree:
    """That of a text that is known to be a query. `types` are asked for when the first type is wanted: a query that
    only picks columns has no use for them."""

    def __init__(self, text: str, types: Callable[[], Types]) -> None:
        self.text = text
        self.plain: exp.Expr = parse_one(text, read="spark")
        self._types = types
        for number, node in enumerate(self.plain.walk()):
            node.meta[_NUMBER] = number

    @cached_property
    def typed(self) -> exp.Expr:
        """A copy with types, in which what stood in the text keeps its `meta`; the tree itself where nothing can be
        told."""
        from sqlglot.optimizer.annotate_types import annotate_types
        from sqlglot.optimizer.qualify import qualify

        schema: dict[str, object] = {table: dict(columns) for table, columns in self._types().items()}
        options: dict[str, Any] = {"validate_qualify_columns": False, "quote_identifiers": False, "identify": False}
        try:
            told = qualify(self.plain.copy(), dialect="spark", schema=schema, **options)
            return annotate_types(told, schema=schema, dialect="spark")
        except SqlglotError:
            return self.plain


def number_of(node: exp.Expr) -> int | None:
    """Which node of the plain tree one is, or stands for in the typed one, which may have it several times; None for
    one that did not stand in the text."""
    told: int | None = node.meta.get(_NUMBER)
    return told
