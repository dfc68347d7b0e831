"""The way through the parts of a query that read its inputs, which is one for all that is asked of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from attrs import frozen
from sqlglot import exp

from lakekit.sql.query.parsed import definition, table_name
from lakekit.sql.query.reading import ORDERS, Reading, Refused, only, refuse

DECIDES = "it decides about the rows of another table"
_JOINS = frozenset({"", "INNER", "CROSS", "OUTER", "SEMI", "ANTI"})


@frozen
class Walk(ABC):
    """`others` says, in a refusal, which rows a part would look at beyond those that it may."""

    reading: Reading
    others: ClassVar[str]

    def rows(self, node: exp.Expr) -> bool:
        """Whether `node` reads the inputs. Raises Refused where rows are made of others than they may be."""
        if self.reading.mention(node) is None:
            return False
        match node:
            case exp.Select():
                return self.select(node)
            case exp.SetOperation():
                return self.operation(node)
            case exp.Subquery():
                only(node, {"this", "alias", "with_", "joins", "laterals"} | ORDERS)
                return self.further(node, self.rows(node.this))
            case exp.Table() if not isinstance(node.this, exp.Func):
                return self._table(node)
        raise Refused(node, f"{node.key.upper()} reads {self.others}")

    @abstractmethod
    def select(self, node: exp.Select) -> bool:
        """Of a SELECT that mentions them."""

    @abstractmethod
    def operation(self, node: exp.SetOperation) -> bool:
        """Of a UNION, INTERSECT or EXCEPT that does."""

    @abstractmethod
    def meet(self, join: exp.Join, *, left: bool, right: bool) -> None:
        """Raises Refused for a join whose sides, one of them at least, read them, where that is not to be."""

    def selected_from(self, node: exp.Select) -> bool:
        """Of its FROM clause."""
        from_ = node.args.get("from_")
        return self.further(node, from_ is not None and self.rows(from_.this))

    def further(self, node: exp.Expr, read: bool) -> bool:
        """Of what is joined to a part, which itself may have been `read`."""
        for join in node.args.get("joins") or ():
            read = self._join(join, read)
        for view in node.args.get("laterals") or ():
            self._within(view)
        return read

    def _table(self, table: exp.Table) -> bool:
        only(table, {"this", "db", "catalog", "alias", "joins", "laterals", "hints"})
        found = self.reading.reads(table)
        cte = definition(table)
        if found and cte is not None:
            if isinstance(cte.parent, exp.With) and cte.parent.recursive:
                refuse(table, f"{table.name} is recursive")
            found = self.rows(cte.this)
        return self.further(table, found)

    def _join(self, join: exp.Join, left: bool) -> bool:
        self._within(join.args.get("on"))
        right = self.rows(join.this)
        if not left and not right:
            return False
        self.meet(join, left=left, right=right)
        return True

    def _within(self, expression: exp.Expr | None) -> None:
        if found := self.reading.mention(expression):
            refuse(found, f"{table_name(found)} is read within an expression")

    def comparable(self, join: exp.Join) -> None:
        """Raises Refused for a join of a kind that is not known to compare row by row."""
        if join.kind not in _JOINS or join.method not in {"", "NATURAL"}:
            refuse(join.this, f"the join compares {self.others}")

    def one_sided(self, join: exp.Join, *, left: bool) -> None:
        """Raises Refused for an outer join that keeps rows of the side which does not read them."""
        if join.side not in {"", "LEFT" if left else "RIGHT"}:
            refuse(join.this, "rows of another table stay in the join without it")
