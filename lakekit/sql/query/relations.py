"""The columns of a query's rows, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve
from sqlglot import exp

from lakekit.domain.lineage import Flow
from lakekit.sql.query.flow import FILTER, GROUP_BY, NOTHING, SORT, merged, steering
from lakekit.sql.query.from_clause import FromClause
from lakekit.sql.query.generators import renamed
from lakekit.sql.query.mistakes import different_widths
from lakekit.sql.query.parsed import Query
from lakekit.sql.query.scope import Field, Relation, Scope
from lakekit.sql.query.select_list import SelectList
from lakekit.sql.query.values import Values, is_aggregate

_ORDERS = ("order", "sort", "cluster", "distribute")
_ROUNDS = 20


class Relations:
    """Of a query over `inputs`, datasets by their names in lower case; `names` as they are written."""

    def __init__(self, query: Query, inputs: Mapping[str, Relation], names: Sequence[str]) -> None:
        self._values = Values(query, self.relation)
        self.sides: dict[int, tuple[Scope, Scope]] = {}
        """Of each join, by its identity, what is seen of its two sides."""
        self.lists: dict[int, tuple[Relation, Scope]] = {}
        """Of each SELECT, by its identity, its columns, and what its expressions see."""
        self._from = FromClause(self._values, inputs, names, self.sides)
        self._list = SelectList(self._values, self._from)

    def relation(self, node: exp.Expr, outer: Scope) -> Relation:
        """Its rows. Raises ConfigError for what is not there, or is more than one."""
        scope = evolve(outer, ctes={**outer.ctes, **self._defined(node, outer)})
        if isinstance(node, exp.Select):
            return self._select(node, scope)
        if isinstance(node, exp.SetOperation):
            return self._ordered(node, self._operation(node, scope), scope)
        if isinstance(node, exp.Subquery):
            return self._ordered(node, self.relation(node.this, scope), scope)
        return Relation((), None, open=True)

    def _select(self, node: exp.Select, outer: Scope) -> Relation:
        rows = self._from.rows(node, outer)
        windows = {w.name.lower(): w for w in node.args.get("windows") or ()}
        here = evolve(rows.scope, windows=windows)
        listed = self._list.relation(node.expressions, here)
        after = evolve(here, later=listed.fields)
        self.lists[id(node)] = listed, after
        shape = merged(
            rows.shape,
            listed.shape,
            steering(self._values.flow(node.args.get("where"), here), FILTER),
            steering(self._grouping(node, listed, after), GROUP_BY),
            steering(self._values.flow(node.args.get("having"), _output(listed, here)), FILTER),
            steering(self._values.flow(node.args.get("qualify"), after), FILTER),
            steering(merged(*(f.flow for f in listed.fields)), GROUP_BY) if node.args.get("distinct") else NOTHING,
        )
        return self._ordered(node, evolve(listed, shape=shape), here)

    def _grouping(self, node: exp.Select, listed: Relation, scope: Scope) -> Flow:
        group = node.args.get("group")
        if group is None:
            return NOTHING
        if group.args.get("all"):
            keys = [e for e in node.expressions if not any(map(is_aggregate, e.walk()))]
            return self._values.flows(keys, scope)
        return merged(*(self._at(each, listed, scope) for each in group.iter_expressions()))

    def _ordered(self, node: exp.Expr, rows: Relation, scope: Scope) -> Relation:
        """With what says in which order they are."""
        orders = [node.args[key] for key in _ORDERS if node.args.get(key)]
        inner = _output(rows, scope)
        flows = [self._at(by, rows, inner) for order in orders for by in order.expressions]
        return evolve(rows, shape=merged(rows.shape, *(steering(flow, SORT) for flow in flows)))

    def _at(self, by: exp.Expr, rows: Relation, scope: Scope) -> Flow:
        """What GROUP BY or ORDER BY goes by: a value, the number of a column, or ALL."""
        bare = by.this if isinstance(by, exp.Ordered) else by
        if isinstance(bare, exp.Literal) and not bare.is_string and bare.name.isdigit():
            position = int(bare.name)
            return rows.fields[position - 1].flow if 0 < position <= len(rows.fields) and not rows.open else None
        if isinstance(bare, exp.Var):
            return merged(*(f.flow for f in rows.fields))
        return self._values.flow(bare, scope)

    def _operation(self, node: exp.SetOperation, scope: Scope) -> Relation:
        """UNION, INTERSECT or EXCEPT. Of many in a row the first is read first; there may be hundreds."""
        spine: list[exp.SetOperation] = [node]
        while isinstance(spine[-1].this, exp.SetOperation) and not spine[-1].this.args.get("with_"):
            spine.append(spine[-1].this)
        rows = self.relation(spine[-1].this, scope)
        for operation in reversed(spine):
            other = self.relation(operation.expression, scope)
            if not (rows.open or other.open or operation.args.get("by_name")) and len(rows.fields) != len(other.fields):
                where = self._values.query.place_of(operation.expression)
                raise different_widths(where, len(rows.fields), len(other.fields))
            rows = combined(operation, rows, other)
        return rows

    def _defined(self, node: exp.Expr, outer: Scope) -> dict[str, Relation]:
        """What its WITH defines."""
        with_ = node.args.get("with_")
        ctes: dict[str, Relation] = {}
        if with_ is None:
            return ctes
        for cte in with_.expressions:
            scope = evolve(outer, ctes={**outer.ctes, **ctes})
            ctes[cte.alias.lower()] = self._cte(cte, scope, recursive=bool(with_.recursive))
        return ctes

    def _cte(self, cte: exp.CTE, scope: Scope, *, recursive: bool) -> Relation:
        names = cte.alias_column_names
        body = cte.this
        if not recursive or not isinstance(body, exp.SetOperation):
            return renamed(self.relation(body, scope), names)
        rows = renamed(self.relation(body.this, scope), names)
        for _ in range(_ROUNDS):
            inner = evolve(scope, ctes={**scope.ctes, cte.alias.lower(): rows})
            again = renamed(self.relation(body, inner), names)
            if _flows(again) == _flows(rows):
                break
            rows = again
        return rows


def _output(rows: Relation, scope: Scope) -> Scope:
    """What a query's own columns hide."""
    return Scope(visible=rows.fields, open=False, windows=scope.windows, ctes=scope.ctes, parent=scope)


def combined(node: exp.SetOperation, left: Relation, right: Relation) -> Relation:
    """The rows of a UNION, INTERSECT or EXCEPT, columns by their positions."""
    unknown = left.open or right.open
    shape = merged(left.shape, right.shape, _compared(node, left, right))
    fields = tuple(_by_position(left, right))
    if not isinstance(node, exp.Union):
        fields = tuple(evolve(f, flow=of_left.flow) for f, of_left in zip(fields, left.fields, strict=True))
    return Relation(tuple(evolve(f, flow=None) for f in fields) if unknown else fields, shape, unknown)


def _compared(node: exp.SetOperation, left: Relation, right: Relation) -> Flow:
    every = merged(*(f.flow for f in (*left.fields, *right.fields)))
    if isinstance(node, exp.Union):
        return steering(every, GROUP_BY) if node.args.get("distinct") else NOTHING
    return steering(every, FILTER)


def _by_position(left: Relation, right: Relation) -> Iterator[Field]:
    for i, one in enumerate(left.fields):
        other = right.fields[i] if i < len(right.fields) else None
        yield _both(one, other)


def _both(one: Field, other: Field | None) -> Field:
    flow = merged(one.flow, other.flow if other else None)
    alike = other is not None and one.type == other.type
    key = one.key if alike and other is not None and one.key == other.key else ""
    return evolve(one, flow=flow, origin=object(), type=one.type if alike else None, key=key)


def _flows(rows: Relation) -> tuple[Flow, ...]:
    return (rows.shape, *(f.flow for f in rows.fields))
