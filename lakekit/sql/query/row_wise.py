"""Whether new rows of an input only add rows to a query's result."""

from __future__ import annotations

from attrs import frozen
from sqlglot import exp

from lakekit.sql.query.parsed import definition, table_name
from lakekit.sql.query.reading import ORDERS, SIMPLE, Reading, Refused, only, own_nodes, refuse
from lakekit.sql.query.values import is_aggregate


@frozen
class RowWise:
    """Of one input. All rows of a part of the query are made of one row of it each, or none is."""

    reading: Reading

    def rows(self, node: exp.Expr) -> bool:
        """Whether `node` reads the input. Raises Refused where a row is made of more than one row of it."""
        if self.reading.mention(node) is None:
            return False
        if isinstance(node, exp.Select):
            return self._select(node)
        if isinstance(node, exp.Union):
            return self._union(node)
        if isinstance(node, exp.Table) and not isinstance(node.this, exp.Func):
            return self._table(node)
        if isinstance(node, exp.Subquery):
            only(node, {"this", "alias", "with_", "joins", "laterals"} | ORDERS)
            return self._further(node, self.rows(node.this))
        raise Refused(node, f"{node.key.upper()} reads all rows")

    def _table(self, table: exp.Table) -> bool:
        only(table, {"this", "db", "catalog", "alias", "joins", "laterals", "hints"})
        found = False
        if self.reading.reads(table):
            cte = definition(table)
            found = True if cte is None else self._defined(table, cte)
        return self._further(table, found)

    def _defined(self, table: exp.Table, cte: exp.CTE) -> bool:
        if isinstance(cte.parent, exp.With) and cte.parent.recursive:
            refuse(table, f"{table.name} is recursive")
        return self.rows(cte.this)

    def _select(self, node: exp.Select) -> bool:
        self.reading.check_expressions(node)
        only(node, SIMPLE | ORDERS)
        for inner in own_nodes(node):
            if isinstance(inner, exp.Window):
                refuse(inner, "a window compares rows")
            if is_aggregate(inner):
                refuse(inner, "one row is made of many")
        from_ = node.args.get("from_")
        return self._further(node, from_ is not None and self.rows(from_.this))

    def _further(self, node: exp.Expr, read: bool) -> bool:
        for join in node.args.get("joins") or ():
            read = self._join(join, read)
        for view in node.args.get("laterals") or ():
            if found := self.reading.mention(view):
                refuse(found, f"{table_name(found)} is read within an expression")
        return read

    def _join(self, join: exp.Join, left: bool) -> bool:
        if found := self.reading.mention(join.args.get("on")):
            refuse(found, f"{table_name(found)} is read within an expression")
        right = self.rows(join.this)
        if left and right:
            refuse(join.this, "it is joined to itself")
        if not left and not right:
            return False
        if join.kind in {"SEMI", "ANTI"} and right:
            refuse(join.this, "it decides about the rows of another table")
        if join.kind not in {"", "INNER", "CROSS", "OUTER", "SEMI", "ANTI"} or join.method not in {"", "NATURAL"}:
            refuse(join.this, "the join compares all rows")
        if join.kind in {"SEMI", "ANTI"} and join.side not in {"", "LEFT"}:
            refuse(join.this, "it decides about the rows of another table")
        if join.side not in {"", "LEFT" if left else "RIGHT"}:
            refuse(join.this, "rows of another table stay in the join without it")
        return True

    def _union(self, node: exp.Union) -> bool:
        only(node, {"this", "expression", "with_", "distinct"} | ORDERS)
        if node.args.get("distinct"):
            refuse(node.expression, "UNION compares all rows")
        if not (self.rows(node.this) and self.rows(node.expression)):
            other = node.expression if self.reading.mention(node.expression) is None else node.this
            refuse(other, "that part of the UNION does not read it, and would be repeated")
        return True
