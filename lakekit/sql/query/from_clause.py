"""What the FROM clause of a query gives it to see."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence

from attrs import evolve, frozen
from sqlglot import exp

from lakekit.domain.lineage import Flow
from lakekit.sql.query.flow import JOIN, NOTHING, changed, merged, steering
from lakekit.sql.query.generators import generated, renamed
from lakekit.sql.query.mistakes import unknown_column, unknown_input
from lakekit.sql.query.parsed import table_name
from lakekit.sql.query.pivots import pivoted
from lakekit.sql.query.scope import Field, Relation, Scope, Source, meant, nullable, selected
from lakekit.sql.query.values import Values


@frozen
class Rows:
    """What is seen of joined relations, and what steers which rows there are."""

    scope: Scope
    shape: Flow = NOTHING


@frozen
class FromClause:
    """`inputs` has each dataset by its name in lower case; `names` as they are written."""

    values: Values
    inputs: Mapping[str, Relation]
    names: Sequence[str]
    sides: dict[int, tuple[Scope, Scope]]
    """Of each join, by its identity, what is seen of its two sides."""

    def rows(self, select: exp.Expr, outer: Scope) -> Rows:
        """Of a SELECT within `outer`. Raises ConfigError for a table or a column that is not there."""
        empty = Rows(Scope(ctes=outer.ctes, parent=outer))
        from_ = select.args.get("from_")
        return self._further(select, self._item(from_.this, empty, outer) if from_ else empty, outer)

    def _further(self, node: exp.Expr, rows: Rows, outer: Scope) -> Rows:
        """With what is joined to them."""
        for join in node.args.get("joins") or ():
            rows = self._joined(join, rows, outer)
        for view in node.args.get("laterals") or ():
            rows = _beside(rows, self._item(view, rows, outer))
        return rows

    def _item(self, node: exp.Expr, left: Rows, outer: Scope) -> Rows:
        """One item. One that is LATERAL sees what is left of it, and any what is around the whole query."""
        if isinstance(node, exp.Subquery) and not _is_query(node):
            return self._further(node, self._grouped(node, left, outer), outer)
        around = Scope(ctes=outer.ctes, parent=left.scope) if isinstance(node, exp.Lateral) else outer
        relation, name = self._relation(node, around)
        for pivot in node.args.get("pivots") or ():
            relation = pivoted(relation, pivot, self.values, outer)
            name = (pivot.alias.lower(),) if pivot.alias else name
        return self._further(node, _one(node, relation, name, outer), outer)

    def _grouped(self, node: exp.Subquery, left: Rows, outer: Scope) -> Rows:
        """`(a JOIN b)`: both are seen by their own names, or by the one that is given to it all."""
        rows = self._item(node.this, left, outer)
        pivots = node.args.get("pivots") or ()
        if not node.alias and not pivots:
            return rows
        relation = Relation(rows.scope.visible, rows.shape, rows.scope.open)
        for pivot in pivots:
            relation = pivoted(relation, pivot, self.values, outer)
        return _one(node, relation, (), outer)

    def _relation(self, node: exp.Expr, outer: Scope) -> tuple[Relation, tuple[str, ...]]:
        """Its rows, and the name that finds them where it has no alias."""
        if isinstance(node, exp.Table) and not isinstance(node.this, exp.Func):
            return self._table(node, outer)
        if isinstance(node, exp.Values):
            return self._values(node, outer), ()
        if isinstance(node, exp.Subquery | exp.Select | exp.SetOperation):
            return self.values.relation(node, outer), ()
        if isinstance(node.this, exp.Subquery):
            return self.values.relation(node.this, outer), ()
        if isinstance(node.this, exp.Func):
            return self.made(node.this, outer), ()
        return Relation((), open=True), ()

    def _table(self, node: exp.Table, outer: Scope) -> tuple[Relation, tuple[str, ...]]:
        name = table_name(node)
        if len(node.parts) == 1 and name.lower() in outer.ctes:
            return outer.ctes[name.lower()], (name.lower(),)
        if name.lower() not in self.inputs:
            raise unknown_input(self.values.query.place_of(node), name, self.names)
        return self.inputs[name.lower()], tuple(part.name.lower() for part in node.parts)

    def _values(self, node: exp.Values, outer: Scope) -> Relation:
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
        flows = [merged(*(changed(self.values.flow(v, outer)) for v in column)) for column in zip(*rows, strict=False)]
        return Relation(tuple(Field(f"col{i}", flow, node=node) for i, flow in enumerate(flows, 1)))

    def made(self, function: exp.Expr, outer: Scope) -> Relation:
        """The rows that a function makes; its arguments say how many."""
        arguments = list(function.iter_expressions())
        flow = changed(self.values.flows(arguments, outer))
        first = arguments[0] if arguments else None
        kind = self.values.column(first, outer).type if isinstance(first, exp.Column) else None
        return evolve(generated(function, flow, kind), shape=steering(flow, JOIN))

    def _joined(self, join: exp.Join, left: Rows, outer: Scope) -> Rows:
        right = self._item(join.this, left, outer)
        self.sides[id(join)] = left.scope, right.scope
        return self.joined(join, left, right)

    def joined(self, join: exp.Join, left: Rows, right: Rows) -> Rows:
        """What is seen of two sides, whatever they are called in the join itself."""
        both = _beside(left, right)
        keys = self._keys(join, left, right)
        shape = merged(both.shape, self._condition(join, keys, left, right))
        used = {f.origin for _, *of_both in keys for f in of_both}
        if join.kind in {"SEMI", "ANTI"}:
            return Rows(_keys_first(left.scope, used), shape)
        left, right = _outer(join, left, right)
        scope = _keys_first(left.scope.joined(right.scope), used)
        kept = (_kept(join, one, other) for _, one, other in keys)
        rest = (f for f in scope.visible if f.origin not in used)
        return Rows(evolve(scope, visible=(*kept, *rest)), shape)

    def _condition(self, join: exp.Join, keys: Sequence[tuple[str, Field, Field]], left: Rows, right: Rows) -> Flow:
        compared = [merged(one.flow, other.flow) for _, one, other in keys]
        unknown = None if join.method == "NATURAL" and (left.scope.open or right.scope.open) else NOTHING
        on = self.values.flow(join.args.get("on"), left.scope.joined(right.scope))
        return merged(steering(merged(on, *compared), JOIN), unknown)

    def _keys(self, join: exp.Join, left: Rows, right: Rows) -> list[tuple[str, Field, Field]]:
        """The columns that USING or NATURAL compares."""
        if join.method == "NATURAL":
            there = {f.name.lower() for f in right.scope.visible}
            names = [exp.to_identifier(f.name) for f in left.scope.visible if f.name.lower() in there]
        else:
            names = join.args.get("using") or []
        return [(n.name, self._key(n, left.scope), self._key(n, right.scope)) for n in names]

    def _key(self, name: exp.Expr, scope: Scope) -> Field:
        """The first of them, as Spark does."""
        found = selected(scope.visible, name.name)
        if not found and not scope.open:
            own = evolve(scope, sources=(), parent=None)
            raise unknown_column(self.values.query.place_of(name), name.name, meant(own, [name.name.lower()]))
        return found[0] if found else Field(name.name, None)


def _one(node: exp.Expr, relation: Relation, name: tuple[str, ...], outer: Scope) -> Rows:
    """A relation by its alias, its columns told from those of the same relation elsewhere."""
    alias = node.args.get("alias")
    if isinstance(alias, exp.TableAlias):
        relation = renamed(relation, [column.name for column in alias.columns])
        name = (alias.name.lower(),) if alias.name else name
    fields = tuple(evolve(f, origin=(id(node), f.origin)) for f in relation.fields)
    source = Source(name, fields, relation.open)
    scope = Scope((source,), fields, relation.open, ctes=outer.ctes, parent=outer)
    return Rows(scope, relation.shape)


def _beside(left: Rows, right: Rows) -> Rows:
    return Rows(left.scope.joined(right.scope), merged(left.shape, right.shape))


def _keys_first(scope: Scope, keys: Collection[Hashable]) -> Scope:
    """In the order that Spark gives to what is joined by columns: these come first, to `*` and to `a.*`."""

    def ordered(fields: tuple[Field, ...]) -> tuple[Field, ...]:
        return tuple(sorted(fields, key=lambda f: f.origin not in keys))

    if not keys:
        return scope
    sources = tuple(evolve(source, fields=ordered(source.fields)) for source in scope.sources)
    return evolve(scope, sources=sources, visible=ordered(scope.visible))


def _outer(join: exp.Join, left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """The two sides, where an outer join makes rows without them."""
    if join.side in {"RIGHT", "FULL"}:
        left = evolve(left, scope=nullable(left.scope))
    if join.side in {"LEFT", "FULL"}:
        right = evolve(right, scope=nullable(right.scope))
    return left, right


def _kept(join: exp.Join, left: Field, right: Field) -> Field:
    if join.side == "FULL":
        key = left.key if left.key == right.key else ""
        type_ = left.type if left.type == right.type else None
        return Field(left.name, changed(merged(left.flow, right.flow)), type=type_, key=key)
    return right if join.side == "RIGHT" else left


def _is_query(node: exp.Expr) -> bool:
    """Whether there is a query in the parentheses, and not a table or a join."""
    while isinstance(node, exp.Subquery):
        node = node.this
    return isinstance(node, exp.Query)
