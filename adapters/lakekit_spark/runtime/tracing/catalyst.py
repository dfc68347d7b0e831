"""Of which columns a DataFrame of Spark is made, by its plan as Spark has analysed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import evolve
from sqlglot import exp

from lakekit.domain.lineage import Flow
from lakekit.sql.query.flow import FILTER, GROUP_BY, NOTHING, SORT
from lakekit.sql.query.from_clause import Rows
from lakekit.sql.query.scope import Field, Relation, Scope
from lakekit_spark.runtime.tracing.catalyst_expressions import Node, plan_within, tree
from lakekit_spark.runtime.tracing.flows import (
    UNKNOWN,
    Flows,
    listed_as_rows,
    no_query,
    put_together,
    relation_of,
    seen,
)

_SIDES: Mapping[str, Mapping[str, str]] = {
    "FullOuter$": {"side": "FULL"},
    "LeftOuter$": {"side": "LEFT"},
    "RightOuter$": {"side": "RIGHT"},
    "LeftAnti$": {"kind": "ANTI"},
    "LeftSemi$": {"kind": "SEMI"},
}


class CatalystPlan:
    """`inputs` has the columns of what was handed to a function, by the aliases of these."""

    def __init__(self, inputs: Mapping[str, Sequence[Field]], around: Scope | None = None) -> None:
        self.flows = Flows(self._within, around)
        self._inputs = inputs
        self.ctes: dict[int, Rows] = {}

    def rows(self, node: Node) -> Rows:
        """Of a node of the plan, its columns called by their numbers."""
        made = _KINDS.get(node.kind)
        return made(self, node) if made is not None else _other(self, node)

    def _within(self, query: exp.Expr, around: Scope) -> Relation:
        node = plan_within(query)
        if node is None:
            return no_query(query, around)
        inner = CatalystPlan(self._inputs, around)
        inner.ctes = self.ctes
        return relation_of(inner.rows(node))

    def input(self, node: Node) -> Rows | None:
        """Of a node that is one of the inputs; None where it is none."""
        told = self._inputs.get(node.told["identifier"]["name"])
        if told is None:
            return None
        numbered = self.rows(node.children[0]).scope.visible
        fields = tuple(evolve(f, name=at.name) for f, at in zip(told, numbered, strict=True))
        return Rows(Scope(visible=fields))


def _same(plan: CatalystPlan, node: Node) -> Rows:
    return plan.rows(node.children[0])


def _alias(plan: CatalystPlan, node: Node) -> Rows:
    return plan.input(node) or _same(plan, node)


def _listing(key: str, *, beside: bool = False) -> Callable[[CatalystPlan, Node], Rows]:
    """What a node lists under a key, alone or beside the columns of its input."""

    def made(plan: CatalystPlan, node: Node) -> Rows:
        rows = _same(plan, node)
        listed = plan.flows.listed(map(tree, node.expressions(key)), rows)
        if not beside:
            return listed_as_rows(listed, rows)
        return seen((*rows.scope.visible, *listed.fields), rows, open_=rows.scope.open, shape=listed.shape)

    return made


def _steering(key: str, how: str) -> Callable[[CatalystPlan, Node], Rows]:
    return lambda plan, node: plan.flows.steered(map(tree, node.expressions(key)), how, _same(plan, node))


def _distinct(plan: CatalystPlan, node: Node) -> Rows:
    return plan.flows.steered([exp.Star()], GROUP_BY, _same(plan, node))


def _aggregate(plan: CatalystPlan, node: Node) -> Rows:
    rows = plan.flows.steered(map(tree, node.expressions("groupingExpressions")), GROUP_BY, _same(plan, node))
    return listed_as_rows(plan.flows.listed(map(tree, node.expressions("aggregateExpressions")), rows), rows)


def _join(plan: CatalystPlan, node: Node) -> Rows:
    left, right = map(plan.rows, node.children)
    kind = str(node.told["joinType"].get("object", "")).rpartition(".")[2]
    on = [tree(each) for each in node.expressions("condition")]
    return plan.flows.joined(exp.Join(**_SIDES.get(kind, {}), on=on[0] if on else None), left, right)


def _set(operation: type[exp.SetOperation]) -> Callable[[CatalystPlan, Node], Rows]:
    def made(plan: CatalystPlan, node: Node) -> Rows:
        first, *others = map(plan.rows, node.children)
        for other in others:
            # Of a Union, which keeps all rows, it is not told.
            first = put_together(operation(distinct=not node.told.get("isAll", True)), first, other)
        return first

    return made


def _generate(plan: CatalystPlan, node: Node) -> Rows:
    """What a function makes rows of, beside those that it makes them of."""
    rows = _same(plan, node)
    made = plan.flows.made(tree(node.expressions("generator")[0]), rows)
    fields = _columns(node, "generatorOutput", made.others)
    return seen((*rows.scope.visible, *fields), rows, shape=made.shape)


def _with(plan: CatalystPlan, node: Node) -> Rows:
    """What WITH defines comes before what reads it."""
    *definitions, query = node.children
    for each in definitions:
        plan.ctes[each.told["id"]] = _same(plan, each)
    return plan.rows(query)


def _defined(plan: CatalystPlan, node: Node) -> Rows:
    """What WITH has defined, each time under other numbers."""
    rows = plan.ctes.get(node.told["cteId"], UNKNOWN)
    numbers = [column.number for column in node.expressions("output")]
    if len(numbers) != len(rows.scope.visible):
        return UNKNOWN
    fields = tuple(Field(n, f.flow) for n, f in zip(numbers, rows.scope.visible, strict=True))
    return Rows(Scope(visible=fields), rows.shape)


def _constant(plan: CatalystPlan, node: Node) -> Rows:  # noqa: ARG001  # of all kinds
    return Rows(Scope(visible=_columns(node, "output", NOTHING)))


def _other(plan: CatalystPlan, node: Node) -> Rows:  # noqa: ARG001
    """Of Python, of what comes from elsewhere, and of Expand, whose lists of values are not in the JSON: what it makes
    is not told, but what that is called."""
    fields = _columns(node, "output", None)
    return Rows(Scope(visible=fields), None) if fields else UNKNOWN


def _columns(node: Node, key: str, flow: Flow) -> tuple[Field, ...]:
    """Those that it names under a key, all of one flow."""
    return tuple(Field(column.number, flow) for column in node.expressions(key))


_KINDS: Mapping[str, Callable[[CatalystPlan, Node], Rows]] = {
    **dict.fromkeys(("GlobalLimit", "LocalLimit", "Offset", "Sample", "View", "CollectMetrics"), _same),
    **dict.fromkeys(("Repartition", "RepartitionByExpression", "RebalancePartitions", "ResolvedHint"), _same),
    **dict.fromkeys(("LocalRelation", "Range", "OneRowRelation"), _constant),
    "SubqueryAlias": _alias,
    "WithCTE": _with,
    "CTERelationRef": _defined,
    "Project": _listing("projectList"),
    "Window": _listing("windowExpressions", beside=True),
    "Filter": _steering("condition", FILTER),
    "Sort": _steering("order", SORT),
    "Deduplicate": _steering("keys", GROUP_BY),
    "Distinct": _distinct,
    "Aggregate": _aggregate,
    "Join": _join,
    "Union": _set(exp.Union),
    "Intersect": _set(exp.Intersect),
    "Except": _set(exp.Except),
    "Generate": _generate,
}
