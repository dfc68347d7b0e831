"""Whether new rows of an input only add rows to a query's result."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from sqlglot import exp

from lakekit.sql.query.reading import ORDERS, SIMPLE, only, own_nodes, refuse
from lakekit.sql.query.values import is_aggregate
from lakekit.sql.query.walking import DECIDES, Walk


@frozen
class RowWise(Walk):
    """Of one input. All rows of a part of the query are made of one row of it each, or none is."""

    others: ClassVar[str] = "all rows"

    def select(self, node: exp.Select) -> bool:
        self.reading.check_expressions(node)
        only(node, SIMPLE | ORDERS)
        for inner in own_nodes(node):
            if isinstance(inner, exp.Window):
                refuse(inner, "a window compares rows")
            if is_aggregate(inner):
                refuse(inner, "one row is made of many")
        return self.selected_from(node)

    def meet(self, join: exp.Join, *, left: bool, right: bool) -> None:
        if left and right:
            refuse(join.this, "it is joined to itself")
        if join.kind in {"SEMI", "ANTI"} and right:
            refuse(join.this, DECIDES)
        self.comparable(join)
        if join.kind in {"SEMI", "ANTI"} and join.side not in {"", "LEFT"}:
            refuse(join.this, DECIDES)
        self.one_sided(join, left=left)

    def operation(self, node: exp.SetOperation) -> bool:
        if not isinstance(node, exp.Union):
            refuse(node, f"{node.key.upper()} reads {self.others}")
        only(node, {"this", "expression", "with_", "distinct"} | ORDERS)
        if node.args.get("distinct"):
            refuse(node.expression, "UNION compares all rows")
        if not (self.rows(node.this) and self.rows(node.expression)):
            other = node.expression if self.reading.mention(node.expression) is None else node.this
            refuse(other, "that part of the UNION does not read it, and would be repeated")
        return True
