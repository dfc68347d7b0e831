"""Spark's own trees as JSON, and the expressions in them as trees of SQL. TreeNode.toJSON has a list of nodes, each
before its children; columns have numbers in it, by which they are called here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from sqlglot import exp

from lakekit.sql.tree import name
from lakekit_spark.runtime.tracing.flows import called, unknown

_PLAN = "plan"


@frozen
class Node:
    """`kind` is the name of its class, without the package."""

    kind: str
    told: Mapping[str, Any]
    children: tuple[Node, ...]

    @property
    def number(self) -> str:
        """Of a column."""
        return f"#{self.told['exprId']['id']}"

    def expressions(self, key: str) -> list[Node]:
        """Those of one of its fields."""
        value = self.told.get(key) or []
        several = value if not value or isinstance(value[0], list) else [value]
        return [read(each) for each in several]


def read(nodes: Sequence[Mapping[str, Any]]) -> Node:
    """The tree that a list is."""
    return _next(iter(nodes))


def _next(nodes: Iterator[Mapping[str, Any]]) -> Node:
    told = next(nodes)
    children = tuple(_next(nodes) for _ in range(told["num-children"]))
    return Node(told["class"].rpartition(".")[2], told, children)


def tree(node: Node) -> exp.Expr:
    """Most calls count by what they are given alone. Other queries than those that are known are `unknown`."""
    made = _TREES.get(node.kind)
    if made is not None:
        return made(node)
    return unknown() if _PLAN in node.told else called(node.kind.lower(), trees(node))


def trees(node: Node) -> list[exp.Expr]:
    """Of its children."""
    return [tree(child) for child in node.children]


def _aggregate(node: Node) -> exp.Expr:
    """A function of many rows, and of which of them."""
    function, *conditions = node.children
    told = {"MaxBy": "max_by", "MinBy": "min_by"}.get(function.kind, "any_value")
    made = called(told, trees(function))
    return exp.Filter(this=made, expression=exp.Where(this=tree(conditions[0]))) if conditions else made


def _over(node: Node) -> exp.Expr:
    function, window = node.children
    return exp.Window(this=tree(function), partition_by=trees(window))


def _query(node: Node) -> exp.Expr:
    made = exp.Select()
    made.meta[_PLAN] = node.told["plan"]
    return made


def plan_within(query: exp.Expr) -> Node | None:
    """The plan of a query within an expression; None of one that is `unknown`."""
    return read(query.meta[_PLAN]) if _PLAN in query.meta else None


_TREES: Mapping[str, Callable[[Node], exp.Expr]] = {
    "AttributeReference": lambda node: exp.Column(this=name(node.number)),
    "Literal": lambda _: exp.Null(),
    "NamedLambdaVariable": lambda _: exp.Null(),
    "Alias": lambda node: exp.Alias(this=tree(node.children[0]), alias=name(node.number)),
    "CaseWhen": lambda node: called("when", trees(node)),
    "If": lambda node: called("if", trees(node)),
    "AggregateExpression": _aggregate,
    "WindowExpression": _over,
    "ScalarSubquery": _query,
    "ListQuery": _query,
    "Exists": lambda node: exp.Exists(this=_query(node)),
    "OuterReference": lambda node: tree(node.expressions("e")[0]),
    # Their children are what the window is ordered by.
    **dict.fromkeys(("Rank", "DenseRank", "PercentRank"), lambda _: exp.Null()),
}
