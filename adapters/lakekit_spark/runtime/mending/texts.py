"""Texts of SQL within a DataFrame's plan: expressions, such as those of `expr`, `selectExpr` and `filter`, and queries
of `spark.sql`. They are mended as a query of a user's is, by the types of what they are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from attrs import frozen
from sqlglot import exp

from lakekit.domain.errors import EngineError, UnsupportedCapability
from lakekit.sql.query.parsed import read_query
from lakekit_spark.runtime.mending.expressions import copied, place
from lakekit_spark.runtime.mending.messages import named, nearest
from lakekit_spark.runtime.mending.overflow import stopping
from lakekit_spark.runtime.mending.relations import Ask, has_computed_keys, own_expressions, put, rename
from lakekit_spark.runtime.mending.typed import Tree, Types
from lakekit_spark.runtime.query import Named

Judge = Callable[[Named, Callable[[], Types]], tuple[Named, Tree]]
"""The query with its tree, by the types of its tables' columns. Raises UnsupportedCapability for what is no good."""

_BEFORE, _ROWS = "SELECT ", "lakekit__rows"


@frozen
class _Text(Named):
    """A query that stands at `site`, `file:line`; empty where that is unknown."""

    site: str = ""

    def position(self, offset: int) -> str:  # noqa: ARG002  # of the text, which is part of a line
        return self.site


@frozen
class Texts:
    """`ask` tells the columns of relations."""

    judge: Judge
    ask: Ask

    def mend(self, relation: Any) -> None:
        """Put what they are mended to in their place, in a relation and in those that it is made of. What cannot be
        read stays as it is, for Sail to refuse."""
        kind = relation.WhichOneof("rel_type")
        body = getattr(relation, kind)
        if kind == "sql":
            self._query(relation, body, {})
        elif kind == "with_relations" and body.root.WhichOneof("rel_type") == "sql":
            for view in body.references:
                self.mend(view)
            self._query(relation, body.root.sql, _views(body))
        else:
            for inner in nearest(body, "Relation"):
                self.mend(inner)
            self._expressions(relation, body)

    def _query(self, relation: Any, sql: Any, views: Mapping[str, Any]) -> None:
        """Columns are called as they were."""

        def types() -> Types:
            tables = (name for _, name in read_query(sql.query).tables())
            return {name: dict(self.ask(views.get(name) or _table(relation, name))) for name in tables}

        made = self._mended(sql.query, "", types)
        if made != sql.query:
            names = [] if _are_named(sql.query) else [name for name, _ in self.ask(relation)]
            sql.query = made
            if names:
                rename(relation, names)

    def _expressions(self, relation: Any, body: Any) -> None:
        """Those that order, join or group rows stay as they are, and those of groups whose keys are computed."""

        @cache
        def types() -> Types:
            return {_ROWS: dict(self.ask(body.input))} if hasattr(body, "input") else {}

        after = _after(body)
        own = [] if has_computed_keys(relation) else own_expressions(relation)
        seen = {text.expression for each in own for text in named(each, "ExpressionString")}
        for text in named(body, "ExpressionString", outside="Relation"):
            if text.expression not in seen:
                self._judged(f"{_BEFORE}{text.expression}{after}", "", types)
        for expression in own:
            made = copied(expression)
            for text in named(made, "ExpressionString"):
                told = self._mended(f"{_BEFORE}{text.expression}{after}", place(expression), types)
                text.expression = told[len(_BEFORE) : -len(after)]
            if made == expression:
                continue
            whole = expression.WhichOneof("expr_type") == "expression_string"
            if whole and _are_named(f"{_BEFORE}{expression.expression_string.expression}{after}"):
                expression.CopyFrom(made)
            else:
                put(relation, expression, made, self.ask)

    def _mended(self, text: str, site: str, types: Callable[[], Types]) -> str:
        judged = self._judged(text, site, types)
        return stopping(*judged).text if judged else text

    def _judged(self, text: str, site: str, types: Callable[[], Types]) -> tuple[Named, Tree] | None:
        try:
            query = read_query(text)
        except EngineError:
            return None
        try:
            return self.judge(_Text(query.text, ((0, 0),), query, site=site), types)
        except UnsupportedCapability as error:
            error.where = site
            raise


def _are_named(query: str) -> bool:
    """Whether all columns of a query have names that do not come of how they are written."""
    try:
        items = read_query(query).tree.selects
    except EngineError:
        return False
    return all(isinstance(item, exp.Alias | exp.Aliases | exp.Column | exp.Star) for item in items)


def _views(body: Any) -> Mapping[str, Any]:
    """What a query reads, by the names that it has there."""
    found = [each for each in body.references if each.WhichOneof("rel_type") == "subquery_alias"]
    return {view.subquery_alias.alias: view for view in found}


def _after(body: Any) -> str:
    """Behind an expression: the rows that it is of, by the alias that it may call them by."""
    aliased = hasattr(body, "input") and body.input.WhichOneof("rel_type") == "subquery_alias"
    name = body.input.subquery_alias.alias.replace("`", "``") if aliased else _ROWS
    return f"\nFROM {_ROWS} AS `{name}`"


def _table(like: Any, name: str) -> Any:
    """The rows of a table or a view that the session knows."""
    made = type(like)()
    made.read.named_table.unparsed_identifier = name
    return made
