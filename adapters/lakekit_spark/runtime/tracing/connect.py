"""Of which columns a DataFrame of Spark Connect is made, by the plan that it sends: of names, which are found here as
Spark finds them. Where that would take more than the plan, what they stand for is not known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from attrs import evolve
from sqlglot import exp

from lakekit.domain.errors import LakekitError
from lakekit.domain.lineage import Flow
from lakekit.sql.query.flow import FILTER, GROUP_BY, NOTHING, SORT
from lakekit.sql.query.from_clause import Rows
from lakekit.sql.query.parsed import read_query
from lakekit.sql.query.relations import Relations
from lakekit.sql.query.scope import Field, Relation, Scope, Source
from lakekit.sql.tree import name
from lakekit_spark.runtime.tracing.connect_expressions import (
    aliased,
    column,
    is_number,
    parts_of,
    source,
    tree,
    trees,
)
from lakekit_spark.runtime.tracing.flows import (
    UNKNOWN,
    Flows,
    apart,
    computed,
    listed_as_rows,
    no_query,
    put_together,
    relation_of,
    seen,
)

_SIDES: Mapping[int, Mapping[str, str]] = {
    2: {"side": "FULL"},
    3: {"side": "LEFT"},
    4: {"side": "RIGHT"},
    5: {"kind": "ANTI"},
    6: {"kind": "SEMI"},
}
"""By the numbers of `JoinType`."""
_OPERATIONS: Mapping[int, type[exp.SetOperation]] = {1: exp.Intersect, 2: exp.Union, 3: exp.Except}
"""By those of `SetOpType`."""


class ConnectPlan:
    """`inputs` has the columns of those relations, by their numbers, that were handed to a function."""

    def __init__(self, inputs: Mapping[int, Sequence[Field]]) -> None:
        self.flows = Flows(no_query)
        self._known = {
            number: _numbered(number, Rows(Scope(visible=tuple(fields)))) for number, fields in inputs.items()
        }

    def rows(self, relation: Any) -> Rows:
        """Of a relation as it is sent. One that occurs twice is looked at once."""
        number = relation.common.plan_id
        if not relation.common.HasField("plan_id"):
            return self._made(relation)
        if number not in self._known:
            self._known[number] = _numbered(number, self._made(relation))
        return self._known[number]

    def _made(self, relation: Any) -> Rows:
        kind = relation.WhichOneof("rel_type")
        made = _KINDS.get(kind)
        return made(self, getattr(relation, kind)) if made is not None else UNKNOWN


def _numbered(number: int, rows: Rows) -> Rows:
    """Found by the number, too."""
    own = Source((source(number),), rows.scope.visible, rows.scope.open)
    return evolve(rows, scope=evolve(rows.scope, sources=(*rows.scope.sources, own)))


def _same(plan: ConnectPlan, body: Any) -> Rows:
    return plan.rows(body.input)


def _project(plan: ConnectPlan, body: Any) -> Rows:
    rows = plan.rows(body.input) if body.HasField("input") else Rows(Scope())
    return listed_as_rows(plan.flows.listed(trees(body.expressions), rows), rows)


def _with_columns(plan: ConnectPlan, body: Any) -> Rows:
    """In the place of those that are called so, or behind all."""
    rows = plan.rows(body.input)
    made = plan.flows.listed(map(aliased, body.aliases), rows)
    new = {field.name.lower(): field for field in made.fields}
    there = {field.name.lower() for field in rows.scope.visible}
    replaced = [new.get(f.name.lower(), f) for f in rows.scope.visible]
    added = [field for name_, field in new.items() if name_ not in there]
    return seen((*replaced, *added), rows, open_=rows.scope.open, shape=made.shape)


def _filter(plan: ConnectPlan, body: Any) -> Rows:
    return plan.flows.steered([tree(body.condition)], FILTER, plan.rows(body.input))


def _sort(plan: ConnectPlan, body: Any) -> Rows:
    return plan.flows.steered([tree(each.child) for each in body.order], SORT, plan.rows(body.input))


def _join(plan: ConnectPlan, body: Any) -> Rows:
    on = {"on": tree(body.join_condition)} if body.HasField("join_condition") else {}
    using = {"using": [name(key) for key in body.using_columns]} if body.using_columns else {}
    join = exp.Join(**_SIDES.get(body.join_type, {}), **on, **using)
    return plan.flows.joined(join, *_sides(plan.rows(body.left), apart(plan.rows(body.right))))


def _sides(left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """Where a relation is part of both, its number stands for neither, but where both have the same of it."""
    of_left = {s.name: _flows_of(s) for s in left.scope.sources if is_number(s.name[0])}
    of_right = {s.name: _flows_of(s) for s in right.scope.sources}
    neither = {name for name, flows in of_left.items() if name in of_right and of_right[name] != flows}
    return _without(left, neither), _without(right, {name for name in of_left if name in of_right})


def _flows_of(source_: Source) -> tuple[tuple[str, Flow], ...]:
    return tuple((field.name, field.flow) for field in source_.fields)


def _without(rows: Rows, names: Collection[tuple[str, ...]]) -> Rows:
    sources = tuple(s for s in rows.scope.sources if s.name not in names)
    return evolve(rows, scope=evolve(rows.scope, sources=sources))


def _set_op(plan: ConnectPlan, body: Any) -> Rows:
    left, right = plan.rows(body.left_input), plan.rows(body.right_input)
    operation = _OPERATIONS.get(body.set_op_type)
    if operation is None or (body.by_name and (left.scope.open or right.scope.open)):
        return UNKNOWN
    if body.by_name:
        left, right = _by_name(left, right)
    return put_together(operation(distinct=not body.is_all), left, right)


def _by_name(left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """Both with all columns of both, in one order; one that is missing is NULL."""
    names: dict[str, str] = {}
    for field in (*left.scope.visible, *right.scope.visible):
        names.setdefault(field.name.lower(), field.name)

    def filled(rows: Rows) -> Rows:
        there = {f.name.lower(): f for f in rows.scope.visible}
        fields = tuple(there.get(key, Field(name_, NOTHING)) for key, name_ in names.items())
        return evolve(rows, scope=Scope(visible=fields))

    return filled(left), filled(right)


def _aggregate(plan: ConnectPlan, body: Any) -> Rows:
    if body.HasField("pivot") or body.grouping_sets:
        return UNKNOWN
    rows = plan.rows(body.input)
    made = plan.flows.listed(trees([*body.grouping_expressions, *body.aggregate_expressions]), rows)
    return listed_as_rows(made, plan.flows.steered(trees(body.grouping_expressions), GROUP_BY, rows))


def _deduplicate(plan: ConnectPlan, body: Any) -> Rows:
    rows = plan.rows(body.input)
    keys = [column(key) for key in body.column_names] or [exp.Star()]
    return plan.flows.steered(keys, GROUP_BY, rows)


def _range(plan: ConnectPlan, body: Any) -> Rows:  # noqa: ARG001  # of all kinds
    return Rows(Scope(visible=(Field("id", NOTHING),)))


def _subquery_alias(plan: ConnectPlan, body: Any) -> Rows:
    rows = plan.rows(body.input)
    named = Source((body.alias.lower(),), rows.scope.visible, rows.scope.open)
    by_number = tuple(s for s in rows.scope.sources if is_number(s.name[0]))
    return evolve(rows, scope=evolve(rows.scope, sources=(*by_number, named)))


def _to_df(plan: ConnectPlan, body: Any) -> Rows:
    rows = plan.rows(body.input)
    if rows.scope.open or len(body.column_names) != len(rows.scope.visible):
        return UNKNOWN
    pairs = zip(rows.scope.visible, body.column_names, strict=True)
    return seen([Field(new, f.flow, type=f.type) for f, new in pairs], rows)


def _with_columns_renamed(plan: ConnectPlan, body: Any) -> Rows:
    rows = plan.rows(body.input)
    names = {old.lower(): new for old, new in body.rename_columns_map.items()}
    names |= {each.col_name.lower(): each.new_col_name for each in body.renames}
    pairs = [(f, names.get(f.name.lower())) for f in rows.scope.visible]
    fields = [f if new is None else Field(new, f.flow, type=f.type) for f, new in pairs]
    return seen(fields, rows, open_=rows.scope.open)


def _drop(plan: ConnectPlan, body: Any) -> Rows:
    """Columns by their names, or those that a relation has of them."""
    rows = plan.rows(body.input)
    gone = {f.origin for n in body.column_names for f in rows.scope.visible if f.name.lower() == n.lower()}
    made = plan.flows.listed(trees(body.columns), rows)
    gone |= {field.origin for field in made.fields}
    return seen([f for f in rows.scope.visible if f.origin not in gone], rows, open_=rows.scope.open)


def _to_schema(plan: ConnectPlan, body: Any) -> Rows:
    """Columns by the names of a schema, cast to its types."""
    rows = plan.rows(body.input)
    there = {f.name.lower(): f for f in rows.scope.visible}
    fields = [there.get(told.name.lower(), Field(told.name, NOTHING)) for told in body.schema.struct.fields]
    return UNKNOWN if rows.scope.open else seen(computed(fields), rows)


def _fill_na(plan: ConnectPlan, body: Any) -> Rows:
    rows = plan.rows(body.input)
    changed = {n.lower() for n in body.cols}
    fields = [computed([f])[0] if not changed or f.name.lower() in changed else f for f in rows.scope.visible]
    return seen(fields, rows, open_=rows.scope.open)


def _drop_na(plan: ConnectPlan, body: Any) -> Rows:
    keys = [column(*parts_of(key)) for key in body.cols] or [exp.Star()]
    return plan.flows.steered(keys, FILTER, plan.rows(body.input))


def _with_relations(plan: ConnectPlan, body: Any) -> Rows:
    """A query over DataFrames, by the names that it calls them by; or what an expression of `root` refers to."""
    if body.root.WhichOneof("rel_type") != "sql":
        return plan.rows(body.root)
    views = {
        told.subquery_alias.alias: relation_of(plan.rows(told))
        for told in body.references
        if told.WhichOneof("rel_type") == "subquery_alias"
    }
    try:
        made = _queried(body.root.sql.query, views)
    except LakekitError:
        return UNKNOWN
    return Rows(Scope(visible=made.fields, open=made.open), made.shape)


def _queried(text: str, views: Mapping[str, Relation]) -> Relation:
    query = read_query(text)
    known = {called.lower(): rows for called, rows in views.items()}
    return Relations(query, known, tuple(views)).relation(query.tree, Scope())


_KINDS: Mapping[str, Callable[[ConnectPlan, Any], Rows]] = {
    **dict.fromkeys(("limit", "offset", "sample", "repartition", "repartition_by_expression"), _same),
    **dict.fromkeys(("hint", "collect_metrics", "with_watermark"), _same),
    "project": _project,
    "with_columns": _with_columns,
    "filter": _filter,
    "sort": _sort,
    "join": _join,
    "set_op": _set_op,
    "aggregate": _aggregate,
    "deduplicate": _deduplicate,
    "range": _range,
    "subquery_alias": _subquery_alias,
    "to_df": _to_df,
    "with_columns_renamed": _with_columns_renamed,
    "drop": _drop,
    "to_schema": _to_schema,
    "fill_na": _fill_na,
    "replace": _fill_na,
    "drop_na": _drop_na,
    "with_relations": _with_relations,
}
