"""Whether the rows of some keys can be recomputed of the rows that inputs have of these keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from attrs import evolve, field, frozen
from sqlglot import exp

from lakekit.sql.query.reading import ORDERS, SIMPLE, only, own_nodes, refuse
from lakekit.sql.query.relations import Relations
from lakekit.sql.query.scope import Field, Relation, Scope, find, is_atomic, selected
from lakekit.sql.query.values import is_aggregate
from lakekit.sql.query.walking import DECIDES, Walk

_SELECT = SIMPLE | ORDERS | {"distinct", "group", "having", "qualify"}
_COMPARING = (exp.EQ, exp.NullSafeEQ)


@frozen
class KeyWise(Walk):
    """Each part of the query that reads the inputs has the `keys` of the rows that it is made of, unchanged.

    `relations` has analysed the query, and each field of it that is a key unchanged has its name.
    """

    keys: frozenset[str]
    relations: Relations
    free_of_ties: set[int] = field(factory=set)
    """Nodes, by their identity, that choose among the rows of one key alone."""
    others: ClassVar[str] = "rows of all keys"

    def select(self, node: exp.Select) -> bool:
        self.reading.check_expressions(node)
        only(node, _SELECT)
        self.selected_from(node)
        listed, scope = self.relations.lists[id(node)]
        self.free_of_ties.update(map(id, own_nodes(node)))
        self._computed(node, scope)
        self._grouped(node, listed, scope)
        self._kept(node, listed.fields)
        return True

    def _kept(self, node: exp.Expr, fields: Iterable[Field]) -> None:
        if lost := sorted(self.keys - {f.key for f in fields}):
            refuse(node, f"{lost[0]} is not among the columns, as it is in the inputs")

    def _computed(self, node: exp.Select, scope: Scope) -> None:
        for inner in own_nodes(node):
            if isinstance(inner, exp.Window) and inner.arg_key != "windows":
                named = {w.name.lower(): w for w in node.args.get("windows") or ()}
                if not self.keys <= self._partitioned(inner, named, scope):
                    refuse(inner, f"a window is not partitioned by {self._told()}")

    def _partitioned(self, window: exp.Window, named: dict[str, exp.Window], scope: Scope) -> set[str]:
        keys = {_key(by, scope) for by in window.args.get("partition_by") or ()}
        base = named.get(window.alias.lower())
        return keys | (self._partitioned(base, named, scope) if base is not None and base is not window else set())

    def _grouped(self, node: exp.Select, listed: Relation, scope: Scope) -> None:
        group = node.args.get("group")
        if group is None:
            if found := node.args.get("having") or next(_aggregates(node), None):
                refuse(found, "one row is made of those of all keys")
            return
        if any(value for key, value in group.args.items() if key not in {"expressions", "all"}) or _many_ways(group):
            refuse(group, "rows are grouped in more than one way")
        by = {f.key for f in listed.fields} if group.args.get("all") else set()
        by |= {_group_key(each, listed, scope) for each in group.expressions}
        if not self.keys <= by:
            refuse(group, f"rows are not grouped by {self._told()}")

    def meet(self, join: exp.Join, *, left: bool, right: bool) -> None:
        self.comparable(join)
        if join.kind in {"SEMI", "ANTI"} and (not left or join.side not in {"", "LEFT"}):
            refuse(join.this, DECIDES)
        if left and right:
            self._equal(join)
        else:
            self.one_sided(join, left=left)

    def _equal(self, join: exp.Join) -> None:
        """Of a join of two inputs: rows of one key meet rows of that key alone."""
        sides = [evolve(side, parent=None) for side in self.relations.sides[id(join)]]
        compared = {_compared(each, *sides) for each in _conjunction(join.args.get("on"))}
        compared |= {_used(name.name, *sides) for name in join.args.get("using") or ()}
        if join.method == "NATURAL":
            compared |= {_used(f.name, *sides) for f in sides[0].visible}
        if not self.keys <= compared:
            refuse(join.this, f"the join does not compare {self._told()}")

    def operation(self, node: exp.SetOperation) -> bool:
        only(node, {"this", "expression", "with_", "distinct"} | ORDERS)
        for side in (node.this, node.expression):
            if not self.rows(side):
                refuse(side, "that part reads none of the inputs")
        return True

    def _told(self) -> str:
        return ", ".join(sorted(self.keys))


def _key(by: exp.Expr, scope: Scope) -> str:
    """The key that an expression is, unchanged; empty for another, and where an alias hides which one it is."""
    while isinstance(by, exp.Paren):
        by = by.this
    if not isinstance(by, exp.Column) or isinstance(by.this, exp.Star):
        return ""
    names = [part.name.lower() for part in by.parts]
    found = find(scope, names)
    if found is None or len(found.fields) != 1 or found.rest:
        return ""
    key = found.fields[0].key
    hidden = len(names) == 1 and any(f.key != key for f in selected(scope.later, names[0]))
    return "" if hidden else key


def _group_key(by: exp.Expr, listed: Relation, scope: Scope) -> str:
    if isinstance(by, exp.Literal) and by.name.isdigit() and 0 < int(by.name) <= len(listed.fields):
        return "" if by.is_string else listed.fields[int(by.name) - 1].key
    return _key(by, scope)


def _many_ways(group: exp.Expr) -> bool:
    return any(isinstance(by, exp.Rollup | exp.Cube | exp.GroupingSets) for by in group.expressions)


def _aggregates(node: exp.Select) -> Iterator[exp.Expr]:
    """Those that are no functions of a window."""
    windowed = {id(inner) for w in own_nodes(node) if isinstance(w, exp.Window) for inner in _function(w.this)}
    return (inner for inner in own_nodes(node) if is_aggregate(inner) and id(inner) not in windowed)


def _function(node: exp.Expr) -> Iterator[exp.Expr]:
    """The function before OVER, within what qualifies it."""
    yield node
    while isinstance(node, exp.Filter | exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
        node = node.this
        yield node


def _conjunction(on: exp.Expr | None) -> Iterator[exp.Expr]:
    """What holds in every row of a join."""
    while isinstance(on, exp.Paren):
        on = on.this
    if isinstance(on, exp.And):
        yield from _conjunction(on.this)
        yield from _conjunction(on.expression)
    elif on is not None:
        yield on


def _compared(condition: exp.Expr, left: Scope, right: Scope) -> str:
    """The key of both sides that a condition says to be equal; empty for another condition."""
    if not isinstance(condition, _COMPARING):
        return ""
    one, other = condition.this, condition.expression
    if _key(one, left) and _key(one, left) == _key(other, right) and not _seen(one, right) and not _seen(other, left):
        return _key(one, left)
    straight = _key(one, right) and _key(one, right) == _key(other, left)
    return _key(one, right) if straight and not _seen(one, left) and not _seen(other, right) else ""


def _seen(column: exp.Column, scope: Scope) -> bool:
    """An alias that is called as a column is, which has nothing within, is not that column."""
    found = find(scope, [part.name.lower() for part in column.parts])
    return found is not None and not (found.rest and all(is_atomic(field.type) for field in found.fields))


def _used(name: str, left: Scope, right: Scope) -> str:
    """The key of both sides that USING says to be equal."""
    one, other = selected(left.visible, name), selected(right.visible, name)
    return one[0].key if len(one) == len(other) == 1 and one[0].key == other[0].key else ""
