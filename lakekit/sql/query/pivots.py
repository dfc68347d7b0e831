"""The columns of PIVOT and UNPIVOT."""

from __future__ import annotations

from attrs import evolve
from sqlglot import exp

from lakekit.domain.lineage import Flow
from lakekit.sql.query.flow import CONDITIONAL, GROUP_BY, aggregated, changed, merged, steering
from lakekit.sql.query.scope import Field, Relation, Scope
from lakekit.sql.query.values import Values


def pivoted(rows: Relation, pivot: exp.Expr, values: Values, outer: Scope) -> Relation:
    """What becomes of rows. Where the columns cannot be told, they are open."""
    scope = Scope(visible=rows.fields, open=rows.open, ctes=outer.ctes, parent=outer)
    used = [column for part in pivot.iter_expressions() for column in part.find_all(exp.Column)]
    names = {column.parts[-1].name.lower() for column in used}
    rest = tuple(f for f in rows.fields if f.name.lower() not in names)
    if pivot.args.get("unpivot"):
        return _unpivoted(rows, rest, pivot, values.flows(used, scope))
    return _pivoted(rows, rest, pivot, values, scope)


def _pivoted(rows: Relation, rest: tuple[Field, ...], pivot: exp.Expr, values: Values, scope: Scope) -> Relation:
    """By the rest of the columns, one column for each value and aggregate."""
    fields, made = pivot.args.get("fields") or [], pivot.args.get("columns") or []
    shape = merged(rows.shape, *(steering(f.flow, GROUP_BY) for f in rest))
    chosen = merged(*(steering(values.flow(f.this, scope), CONDITIONAL) for f in fields))
    flows = [merged(aggregated(changed(values.flow(a, scope))), chosen) for a in pivot.expressions]
    count = len(flows) * (len(fields[0].expressions) if len(fields) == 1 else 0)
    if len(made) != count:
        return evolve(rows, fields=(), open=True, shape=None)
    columns = (_column(name.name, flows[i % len(flows)], pivot) for i, name in enumerate(made))
    return Relation((*rest, *columns), shape, rows.open)


def _column(name: str, flow: Flow, pivot: exp.Expr) -> Field:
    return Field(name, flow, named=name.replace("_", "a").isalnum(), node=pivot)


def _unpivoted(rows: Relation, rest: tuple[Field, ...], pivot: exp.Expr, flow: Flow) -> Relation:
    """One row for each of the columns: its name, and its value."""
    fields = pivot.args.get("fields") or []
    simple = len(fields) == 1 and len(pivot.expressions) == 1
    if (
        not simple
        or not isinstance(pivot.expressions[0], exp.Identifier)
        or not isinstance(fields[0].this, exp.Identifier)
    ):
        return evolve(rows, fields=(), open=True, shape=None)
    named = Field(fields[0].this.name, frozenset(), node=pivot)
    valued = Field(pivot.expressions[0].name, changed(flow), node=pivot)
    return Relation((*rest, named, valued), rows.shape, rows.open)
