"""Which parts of a query read an input, and what stands in the way of recomputing a part of its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NoReturn

from attrs import field, frozen
from sqlglot import exp

from lakekit.sql.query.parsed import Query, definition, is_named, table_name

SIMPLE = frozenset({"expressions", "from_", "joins", "laterals", "where", "hint", "with_", "windows"})
ORDERS = frozenset({"order", "sort", "cluster", "distribute"})
"""Of a SELECT: what decides about the order of rows alone, as long as none is left out by it."""


_TOLD = {
    "distinct": "DISTINCT compares all rows",
    "group": "GROUP BY makes one row of many",
    "having": "HAVING makes one row of many",
    "qualify": "QUALIFY compares rows",
    "limit": "LIMIT counts all rows",
    "offset": "OFFSET counts all rows",
    "sample": "TABLESAMPLE chooses among all rows",
    "pivots": "PIVOT makes one row of many",
}


class Refused(Exception):
    """`why` the rows are not what they must be, and `node`, where."""

    def __init__(self, node: exp.Expr, why: str, place: str = "") -> None:
        super().__init__(why)
        self.node = node
        self.why = why
        self.place = place

    def told(self, query: Query) -> str:
        """One sentence with its place."""
        return f"at {self.place or query.place_of(self.node) or '1:1'} {self.why}"


def refuse(node: exp.Expr, why: str) -> NoReturn:
    raise Refused(node, why)


def only(node: exp.Expr, allowed: Collection[str]) -> None:
    """Raises Refused for a clause of `node` that is none of those."""
    for key, value in node.args.items():
        if value and key not in allowed:
            at = value[0] if isinstance(value, list) else value
            refuse(at if isinstance(at, exp.Expr) else node, _TOLD.get(key, f"{key.upper()} compares all rows"))


@frozen
class Reading:
    """Of inputs, by their names in lower case."""

    names: Collection[str]
    _known: dict[int, bool] = field(factory=dict)

    def mention(self, node: exp.Expr | None) -> exp.Table | None:
        """A table within `node` that is one of the inputs, or that the query defines by one."""
        if node is None:
            return None
        tables = (table for table in node.find_all(exp.Table) if is_named(table))
        return next((table for table in tables if self.reads(table)), None)

    def reads(self, table: exp.Table) -> bool:
        cte = definition(table)
        if cte is None:
            return table_name(table).lower() in self.names
        if any(cte is above for above in _above(table)):  # in its own definition, which is looked through already
            return False
        if id(cte) not in self._known:
            self._known[id(cte)] = self.mention(cte.this) is not None
        return self._known[id(cte)]

    def check_expressions(self, node: exp.Expr) -> None:
        """Of one SELECT. Raises Refused for a query within an expression that reads an input."""
        for part in _expressions(node):
            if found := self.mention(part):
                refuse(found, f"{table_name(found)} is read within an expression")


def own_nodes(node: exp.Expr) -> Iterator[exp.Expr]:
    """What a SELECT computes itself: nothing of its FROM clause, nor of queries within."""
    stack = list(_expressions(node))
    while stack:
        inner = stack.pop()
        if isinstance(inner, exp.Query):
            continue
        yield inner
        stack.extend(inner.iter_expressions())


def _expressions(node: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of a SELECT but its FROM clause and its WITH; of joins their conditions."""
    for key, value in node.args.items():
        if key in {"from_", "with_", "laterals", "hint"}:
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, exp.Join):
                yield from (on for on in [part.args.get("on")] if on is not None)
            elif isinstance(part, exp.Expr):
                yield part


def _above(node: exp.Expr) -> Iterator[exp.Expr]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
