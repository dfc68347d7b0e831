"""Of which columns a plan's columns are made, by the rules that hold for queries: expressions are trees of SQL here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from attrs import evolve
from sqlglot import exp

from lakekit.domain.errors import LakekitError
from lakekit.domain.lineage import Flow
from lakekit.sql.query.flow import changed, merged, steering
from lakekit.sql.query.from_clause import FromClause, Rows
from lakekit.sql.query.parsed import Query
from lakekit.sql.query.relations import combined
from lakekit.sql.query.scope import Field, Relation, Scope
from lakekit.sql.query.select_list import SelectList
from lakekit.sql.query.values import Values

_SEVERAL = "several"
UNKNOWN = Rows(Scope(open=True), None)
"""Rows of which nobody can tell what they are made of, nor what steers which there are."""


def unknown() -> exp.Expr:
    """A value of which that cannot be told."""
    return exp.Select()


def several() -> exp.Expr:
    """Nobody can tell how many values."""
    made = exp.Select()
    made.meta[_SEVERAL] = True
    return made


def called(function: str, arguments: Sequence[exp.Expr]) -> exp.Expr:
    """A call of a function of Spark. Of most it counts alone what they are called and given."""
    match function, arguments:
        case "when", _:
            pairs = [exp.If(this=a, true=b) for a, b in zip(arguments[::2], arguments[1::2], strict=False)]
            return exp.Case(ifs=pairs, default=arguments[-1] if len(arguments) % 2 else None)
        case (("if" | "nvl2"), (tested, true, false)):
            return exp.Nvl2(this=tested, true=true, false=false)
        case "max_by", (value, by):
            return exp.ArgMax(this=value, expression=by)
        case "min_by", (value, by):
            return exp.ArgMin(this=value, expression=by)
        case "count", (one,):
            return exp.Count(this=one)
    return exp.Anonymous(this=function, expressions=list(arguments))


class Flows:
    """What expressions are made of, of the rows that they see, and of those `around`. `relation` has the rows of a
    query within one."""

    def __init__(self, relation: Callable[[exp.Expr, Scope], Relation], around: Scope | None = None) -> None:
        values = Values(Query("", (), exp.Select()), relation)
        self._around = around
        self._values = values
        self._from = FromClause(values, {}, (), {})
        self._list = SelectList(values, self._from)

    def listed(self, items: Iterable[exp.Expr], rows: Rows) -> Relation:
        """The columns that they make, side by side."""
        found = [self._item(item, rows.scope) for item in items]
        fields = tuple(field for each in found for field in each.fields)
        shape = merged(*(each.shape for each in found))
        return Relation(fields, shape, any(each.open for each in found))

    def steered(self, by: Iterable[exp.Expr], how: str, rows: Rows) -> Rows:
        """The same rows, where these say which there are, or in which order."""
        flow = merged(*(self._flow(each, rows.scope) for each in by))
        return evolve(rows, shape=merged(rows.shape, steering(flow, how)))

    def joined(self, join: exp.Join, left: Rows, right: Rows) -> Rows:
        """Two sides, side by side."""
        try:
            return self._from.joined(join, left, right)
        except LakekitError:
            return UNKNOWN

    def made(self, function: exp.Expr, rows: Rows) -> Relation:
        """What a function makes rows of."""
        return self._from.made(function, rows.scope)

    def _item(self, item: exp.Expr, scope: Scope) -> Relation:
        if _SEVERAL in item.meta:
            return relation_of(UNKNOWN)
        try:
            return self._list.relation([item], self._seeing(scope))
        except LakekitError:
            return Relation((Field(item.alias_or_name, None),))

    def _flow(self, node: exp.Expr, scope: Scope) -> Flow:
        try:
            return self._values.flow(node, self._seeing(scope))
        except LakekitError:
            return None

    def _seeing(self, scope: Scope) -> Scope:
        return evolve(scope, parent=self._around) if self._around is not None else scope


def seen(fields: Sequence[Field], rows: Rows, *, open_: bool = False, shape: Flow = frozenset()) -> Rows:
    """Rows of these fields, which are found by the names that they had in `rows`, too, as far as they are the same.
    What is not there any more is looked for in `rows`, as Spark does for what orders or chooses rows."""
    sources = (evolve(s, fields=_in_order(s.fields, fields)) for s in rows.scope.sources)
    scope = Scope(tuple(s for s in sources if s.fields), tuple(fields), open_, parent=rows.scope)
    return Rows(scope, merged(rows.shape, shape))


def _in_order(there: Sequence[Field], fields: Sequence[Field]) -> tuple[Field, ...]:
    """Those of `there` that are among `fields`, in the order of these."""
    of = {field.origin: field for field in there}
    return tuple(of[field.origin] for field in fields if field.origin in of)


def apart(rows: Rows) -> Rows:
    """The same rows, their columns told from those of the same rows elsewhere."""
    mark = object()

    def told(fields: Iterable[Field]) -> tuple[Field, ...]:
        return tuple(evolve(field, origin=(mark, field.origin)) for field in fields)

    sources = tuple(evolve(source, fields=told(source.fields)) for source in rows.scope.sources)
    return evolve(rows, scope=evolve(rows.scope, sources=sources, visible=told(rows.scope.visible)))


def listed_as_rows(relation: Relation, rows: Rows) -> Rows:
    """What was listed of `rows`, as rows."""
    return seen(relation.fields, rows, open_=relation.open, shape=relation.shape)


def no_query(_: exp.Expr, __: Scope) -> Relation:
    """Where a plan does not tell of a query within an expression."""
    return relation_of(UNKNOWN)


def relation_of(rows: Rows) -> Relation:
    return Relation(rows.scope.visible, rows.shape, rows.scope.open)


def put_together(operation: exp.SetOperation, left: Rows, right: Rows) -> Rows:
    """UNION, INTERSECT or EXCEPT of two, columns by their positions."""
    made = combined(operation, relation_of(left), relation_of(right))
    return Rows(Scope(visible=made.fields, open=made.open), made.shape)


def computed(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Columns of the same names, of values that are computed from theirs."""
    return tuple(Field(field.name, changed(field.flow)) for field in fields)
