"""Which columns the value of an expression is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import evolve, frozen
from sqlglot import exp

from lakekit.domain.lineage import Flow
from lakekit.sql.query.allowed import function_name
from lakekit.sql.query.flow import CONDITIONAL, FILTER, NOTHING, SORT, WINDOW, aggregated, changed, merged, steering
from lakekit.sql.query.functions import AGGREGATES, WINDOWED, WITHOUT_PARENTHESES
from lakekit.sql.query.mistakes import ambiguous_column, unknown_column
from lakekit.sql.query.parsed import Query
from lakekit.sql.query.scope import Field, Relation, Scope, find, is_atomic, meant, part, source_named, struct_fields

_KEYED = (exp.PropertyEQ, exp.Kwarg)
_SAME = (exp.Paren, exp.Alias, exp.Ordered, exp.Having, exp.Where, exp.Qualify, *_KEYED)
"""Their value is that of what they hold."""
_SPECIAL = (
    *(exp.Column, exp.Star, exp.Dot, exp.Exists, exp.Select, exp.SetOperation, exp.Subquery, exp.Window, exp.Filter),
    *(exp.Case, exp.If, exp.Nvl2, exp.Lambda, exp.WithinGroup, exp.ArgMax, exp.ArgMin),
)


@frozen
class Values:
    """`relation` gives the rows of a query within an expression, which sees the scope that it is given."""

    query: Query
    relation: Callable[[exp.Expr, Scope], Relation]

    def flow(self, node: exp.Expr | None, scope: Scope) -> Flow:
        """Of one value. Raises ConfigError for a column that is not there, or is more than one."""
        if node is None:
            return NOTHING
        node = _bare(node)
        if _special(node):
            return self._special(node, scope)
        return self._of_leaves(node, scope)

    def flows(self, nodes: Sequence[exp.Expr], scope: Scope) -> Flow:
        return merged(*(self.flow(node, scope) for node in nodes))

    def column(self, column: exp.Column, scope: Scope) -> Field:
        """What a name stands for; of unknown lineage where it may be one of columns that are not known."""
        parts = _parts(column)
        names = [p.name.lower() for p in parts]
        found = find(scope, names)
        if found is None:
            if len(names) == 1 and names[0] in WITHOUT_PARENTHESES:
                return Field(parts[0].name, NOTHING, named=names[0] == "grouping__id", node=column)
            if _may_be_invented(names[-1], scope):
                return Field(parts[-1].name, None, node=column)
            raise unknown_column(self.query.place_of(parts[-1]), _told(parts), meant(scope, names))
        if len(found.fields) > 1:
            raise ambiguous_column(self.query.place_of(parts[-1]), _told(parts))
        if found.open:
            return Field(parts[-1].name, None, node=column)
        return self._part(evolve(found.fields[0], name=parts[-1].name, named=True, node=column), parts, len(found.rest))

    def star(self, column: exp.Expr, scope: Scope) -> Relation:
        """The columns of `*`, `table.*` or `struct.*`, before EXCEPT."""
        if not isinstance(column, exp.Column):
            return Relation(scope.visible, open=scope.open)
        parts = _parts(column)
        if (source := source_named(scope, [p.name.lower() for p in parts])) is not None:
            return Relation(source.fields, open=source.open)
        whole = self.column(exp.Column(this=parts[-1], table=parts[-2] if len(parts) > 1 else None), scope)
        fields = tuple(evolve(part(whole, d.name), node=column) for d in struct_fields(whole.type))
        return Relation(fields, open=not fields)

    def _part(self, field: Field, parts: Sequence[exp.Identifier], deep: int) -> Field:
        """A field of a struct, `deep` of the parts naming it."""
        for name in parts[len(parts) - deep :]:
            known = [d.name for d in struct_fields(field.type)]
            if (known or is_atomic(field.type)) and name.name.lower() not in map(str.lower, known):
                inner = Scope(visible=tuple(Field(each, NOTHING) for each in known))
                raise unknown_column(self.query.place_of(name), _told(parts), meant(inner, [name.name.lower()]))
            field = evolve(part(field, name.name), node=field.node)
        return field

    def _special(self, node: exp.Expr, scope: Scope) -> Flow:
        match node:
            case exp.Column() | exp.Star() | exp.Dot():
                return self._name(node, scope)
            case exp.Exists():
                return self.relation(node.this, scope).shape
            case exp.Select() | exp.SetOperation() | exp.Subquery():
                rows = self.relation(node, scope)
                return merged(changed(_every(rows)), rows.shape)
            case exp.Case() | exp.If() | exp.Nvl2():
                return self._conditional(node, scope)
            case exp.Lambda():
                bound = scope.bound | {e.name.lower() for e in node.expressions}
                return self.flow(node.this, Scope(bound=bound, ctes=scope.ctes, parent=scope))
        return self._aggregate(node, scope)

    def _name(self, node: exp.Expr, scope: Scope) -> Flow:
        if isinstance(node, exp.Dot):
            return self._dot(node, scope)
        if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
            return self.column(node, scope).flow
        return NOTHING if isinstance(node.parent, exp.Count) else changed(_every(self.star(node, scope)))

    def _aggregate(self, node: exp.Expr, scope: Scope) -> Flow:
        """Of a function of many rows: what its values are, which of them count, in which order."""
        match node:
            case exp.Window():
                return merged(self.flow(node.this, scope), self._window(node, scope))
            case exp.Filter():
                return merged(self.flow(node.this, scope), steering(self.flow(node.expression, scope), FILTER))
            case exp.WithinGroup():
                return merged(self.flow(node.this, scope), aggregated(changed(self.flow(node.expression, scope))))
            case exp.ArgMax() | exp.ArgMin():
                best = steering(self.flow(node.expression, scope), SORT)
                return merged(aggregated(changed(self.flow(node.this, scope))), best)
        flow = self._of_leaves(node, scope)
        return flow if function_name(node) in WINDOWED else aggregated(flow)

    def _of_leaves(self, node: exp.Expr, scope: Scope) -> Flow:
        return changed(merged(*(self.flow(leaf, scope) for leaf in _leaves(node))))

    def _dot(self, node: exp.Dot, scope: Scope) -> Flow:
        if isinstance(node.expression, exp.Func):
            return self.flow(node.expression, scope)  # a function by its schema and name
        return changed(self.flow(node.this, scope))

    def _conditional(self, node: exp.Expr, scope: Scope) -> Flow:
        """Of CASE, IF and NVL2: what is given is direct, what decides is not."""
        if isinstance(node, exp.Case):
            tested = [node.this, *(if_.this for if_ in node.args["ifs"])]
            told = [*(if_.args["true"] for if_ in node.args["ifs"]), node.args.get("default")]
        else:
            tested, told = [node.this], [node.args.get("true"), node.args.get("false")]
        deciding = steering(merged(*(self.flow(each, scope) for each in tested)), CONDITIONAL)
        return merged(deciding, changed(merged(*(self.flow(each, scope) for each in told))))

    def _window(self, node: exp.Window, scope: Scope) -> Flow:
        """Of what says which rows of the window there are; `OVER name` is that window's."""
        ordered = node.args.get("order")
        given = [*(node.args.get("partition_by") or []), *(ordered.expressions if ordered else [])]
        named = next(
            (here.windows[node.alias.lower()] for here in scope.chain() if node.alias.lower() in here.windows), None
        )
        further = self._window(named, scope) if isinstance(named, exp.Window) and named is not node else NOTHING
        return merged(steering(self.flows(given, scope), WINDOW), further)


def is_aggregate(node: exp.Expr) -> bool:
    """Whether it is a function of the values of many rows."""
    if isinstance(node, exp.Any):  # `any(x)`, and not `LIKE ANY (...)`
        return not isinstance(node.parent, exp.Like | exp.ILike)
    return isinstance(node, exp.AggFunc) or function_name(node) in AGGREGATES


def _parts(column: exp.Column) -> list[exp.Identifier]:
    return [part for part in column.parts if isinstance(part, exp.Identifier)]


def _told(parts: Sequence[exp.Identifier]) -> str:
    return ".".join(part.name for part in parts)


def _may_be_invented(name: str, scope: Scope) -> bool:
    """Whether Spark may have given it to an expression without an alias: `count(1)`."""
    return not name.isidentifier() and any(not f.named for here in scope.chain() for f in here.visible)


def _every(rows: Relation) -> Flow:
    return merged(*(f.flow for f in rows.fields), None if rows.open else NOTHING)


def _special(node: exp.Expr) -> bool:
    of_a_list = isinstance(node, exp.Exists) and node.expression  # `exists(list, x -> ...)` holds no query
    return (isinstance(node, _SPECIAL) and not of_a_list) or is_aggregate(node)


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, _SAME):
        node = node.expression if isinstance(node, _KEYED) else node.this
    return node


def _leaves(node: exp.Expr) -> Iterator[exp.Expr]:
    """What is special within `node`, and nothing of what is within that. No recursion: sums may be long."""
    stack = list(node.iter_expressions(reverse=True))
    while stack:
        inner = _bare(stack.pop())
        if _special(inner):
            yield inner
        elif not isinstance(inner, exp.DataType):
            stack.extend(inner.iter_expressions(reverse=True))
