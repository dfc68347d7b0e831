"""The columns that a SELECT lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen
from sqlglot import exp

from lakekit.sql.query.flow import changed, merged
from lakekit.sql.query.from_clause import FromClause
from lakekit.sql.query.generators import generator, renamed
from lakekit.sql.query.mistakes import unknown_column
from lakekit.sql.query.scope import Field, Relation, Scope, meant
from lakekit.sql.query.values import Values


@frozen
class SelectList:
    values: Values
    from_clause: FromClause

    def relation(self, items: Iterable[exp.Expr], scope: Scope) -> Relation:
        """Their columns; each item may call those before it by their aliases."""
        listed = Relation(())
        for item in items:
            more = self._item(item, evolve(scope, later=listed.fields))
            shape = merged(listed.shape, more.shape)
            listed = Relation((*listed.fields, *more.fields), shape, listed.open or more.open)
        return listed

    def _item(self, item: exp.Expr, scope: Scope) -> Relation:
        value = item.this if isinstance(item, exp.Alias | exp.Aliases) else item
        if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
            return self._starred(item, scope)
        if generator(value):
            return self._generated(item, value, scope)
        if isinstance(value, exp.QueryTransform):  # a script, whose columns are its own
            return Relation((_unknown(item),), open=True)
        if isinstance(item, exp.Alias):
            return Relation((self._field(item.alias, value, scope, item),))
        return Relation((self._unaliased(item, scope),))

    def _field(self, name: str, value: exp.Expr, scope: Scope, item: exp.Expr) -> Field:
        """An alias is a column of its own to Spark, also of a column that is called so."""
        if isinstance(value, exp.Column):
            found = self.values.column(value, scope)
            return Field(name, found.flow, type=found.type, node=item, key=found.key)
        return Field(name, self.values.flow(value, scope), type=_cast_to(value), node=item)

    def _unaliased(self, item: exp.Expr, scope: Scope) -> Field:
        """By the name that it has itself: that of a column, a struct's field, or a column that is cast."""
        bare = item.unnest()
        if isinstance(bare, exp.Column):
            return evolve(self.values.column(bare, scope), node=item)
        flow = self.values.flow(bare, scope)
        if isinstance(bare, exp.Cast) and isinstance(bare.this, exp.Column):
            return Field(bare.this.name, flow, type=bare.to, node=item)
        if isinstance(bare, exp.Dot) and _of_columns(bare):
            return Field(bare.expression.name, flow, node=item)
        return Field(bare.sql("spark", comments=False), flow, named=False, node=item)

    def _generated(self, item: exp.Expr, value: exp.Expr, scope: Scope) -> Relation:
        """A function that makes rows, and columns by as many aliases, or by names of its own."""
        rows = self.from_clause.made(value, scope)
        aliases = item.expressions if isinstance(item, exp.Aliases) else []
        names = [item.alias] if isinstance(item, exp.Alias) else [alias.name for alias in aliases]
        given = renamed(rows, names)
        own = bool(names) or generator(value).startswith("inline")
        fields = tuple(evolve(f, named=own, node=item) for f in given.fields)
        return evolve(given, fields=(*fields, *([_unknown(item)] if given.open else [])))

    def _starred(self, item: exp.Expr, scope: Scope) -> Relation:
        found = self.values.star(item, scope)
        star = item.this if isinstance(item, exp.Column) else item
        left_out = star.args.get("except_") or []
        fields = [evolve(f, node=item) for f in found.fields]
        for column in left_out:
            fields = self._without(column, fields, found.open)
        return Relation((*fields, *([_unknown(item)] if found.open else [])), open=found.open)

    def _without(self, column: exp.Expr, fields: Sequence[Field], open_: bool) -> list[Field]:
        parts = column.parts if isinstance(column, exp.Column) else [column]
        names = [p.name.lower() for p in parts]
        kept = [f for f in fields if f.name.lower() != names[-1]]
        if len(kept) < len(fields):
            return kept
        if len(names) > 1 or open_:  # a field of a struct is left out of it
            return [evolve(f, flow=changed(f.flow)) if f.name.lower() in names else f for f in fields]
        scope = Scope(visible=tuple(fields))
        raise unknown_column(self.values.query.place_of(column), column.name, meant(scope, names))


def _of_columns(node: exp.Expr) -> bool:
    while isinstance(node, exp.Dot) and isinstance(node.expression, exp.Identifier):
        node = node.this
    return isinstance(node, exp.Column)


def _cast_to(value: exp.Expr) -> exp.DataType | None:
    """The type that a value certainly is of."""
    bare = value.unnest()
    return bare.to if isinstance(bare, exp.Cast) else None


def _unknown(node: exp.Expr) -> Field:
    """All the columns that a star or a function may give, where they cannot be told."""
    return Field("*", None, node=node)
