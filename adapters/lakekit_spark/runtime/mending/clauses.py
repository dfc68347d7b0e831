"""Clauses of a query, and parts of a plan, that mean something else on Sail 0.7.2 than on Spark.

Each was found by running the same queries on both; what Sail does with them it does without an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen
from sqlglot import exp

from lakekit.sql.query.places import start_of
from lakekit_spark.runtime.mending.messages import named
from lakekit_spark.runtime.mending.otherwise import Other
from lakekit_spark.runtime.mending.typed import Tree
from lakekit_spark.runtime.query import Named

_MONTHS = {"MONTH", "MONTHS", "QUARTER", "QUARTERS", "YEAR", "YEARS"}
_LISTS = {"collect_list", "array_agg"}
_INTERSECTION = Other("gives a row as often as its first side has it", "count the rows of both sides, and join")
_LOGIC = (exp.Not, exp.And, exp.Or, exp.Paren)
_REPLACED = Other("cuts fractions off for columns of whole numbers", "write when(...).otherwise(...)")
_CAPTURED = Other("takes it for the variable", "call the column otherwise")
_LIST = Other("takes NULLs into the list, too", "collect with GROUP BY, and join")


@frozen
class Clause:
    """`line:column`, what is there, and what Sail does with it."""

    where: str
    name: str
    other: Other


def clauses_in_query(query: Named, tree: Tree) -> Iterator[Clause]:
    for node in tree.plain.walk():
        if found := _by_shape(node):
            yield Clause(_place(query, node), *found)
    if any(_has_bounds(window) for window in tree.plain.find_all(exp.Window)):
        for window in tree.typed.find_all(exp.Window):
            if _has_bounds(window) and any(_is_date(by) for by in window.args["order"].expressions):
                told = Other("does not count in days along dates", "order by unix_date(...)")
                yield Clause(_place(query, window), "RANGE", told)


def clauses_in_plan(plan: Any) -> Iterator[Clause]:
    """Of a plan as Spark Connect sends it."""
    for operation in named(plan, "SetOperation"):
        if operation.set_op_type == operation.SET_OP_TYPE_INTERSECT and operation.is_all:
            yield Clause("", "intersectAll", _INTERSECTION)
    if any(named(plan, "StatCrosstab")):
        yield Clause("", "crosstab", Other("leaves NULLs out", "group by both columns, and pivot"))
    for replace in named(plan, "NAReplace"):
        if any(_is_fraction(pair.old_value) for pair in replace.replacements):
            yield Clause("", "replace", _REPLACED)
    if any(map(_names_its_variable, named(plan, "LambdaFunction"))):
        yield Clause("", "a column that is called as a variable of a lambda", _CAPTURED)
    for window in named(plan, "Window"):
        function = window.window_function.unresolved_function.function_name.lower()
        if function in _LISTS:
            yield Clause("", f"{function} over a window", _LIST)


def _names_its_variable(function: Any) -> bool:
    """Whether a column in it has the name that pyspark made up for a variable of it: `x_1`."""
    variables = {".".join(variable.name_parts) for variable in function.arguments}
    return any(told.unparsed_identifier in variables for told in named(function, "UnresolvedAttribute"))


def _is_fraction(literal: Any) -> bool:
    return bool(literal.HasField("double") and not literal.double.is_integer())


def _place(query: Named, node: exp.Expr) -> str:
    start = start_of(node)
    return query.position(start) if start >= 0 else ""


def _by_shape(node: exp.Expr) -> tuple[str, Other] | None:
    if isinstance(node, exp.Intersect) and node.args.get("distinct") is False:
        return "INTERSECT ALL", _INTERSECTION
    if isinstance(node, exp.Window) and isinstance(node.this, exp.ArrayAgg):
        return "collect_list over a window", _LIST
    if isinstance(node, exp.Join) and _is_call(node.this) and (node.kind == "CROSS" or node.side):
        return "LATERAL", Other("makes a row where the list is empty, too", "write LATERAL VIEW")
    if isinstance(node, exp.Pivot) and node.args.get("unpivot"):
        return _unpivot(node)
    if isinstance(node, exp.In) and node.args.get("query") and _is_denied(node):
        return "NOT IN", Other("takes it for true where there are NULLs", "write NOT EXISTS")
    return None


def _is_call(node: exp.Expr) -> bool:
    return isinstance(node, exp.Lateral) and not isinstance(node.this, exp.Subquery)


def _unpivot(node: exp.Pivot) -> tuple[str, Other] | None:
    if not node.args.get("include_nulls"):
        return "UNPIVOT", Other("keeps rows without a value", "say INCLUDE NULLS, and take them out by WHERE")
    if node.find(exp.PivotAlias):
        return "UNPIVOT", Other("leaves out the names that AS gives", "name the columns in a query within")
    return None


def _is_denied(node: exp.In) -> bool:
    """Whether it is denied elsewhere than alone in a condition, of which Sail knows what NULL is there."""
    above = list(_above(node))
    denied = sum(isinstance(each, exp.Not) for each in above) % 2 == 1
    if not denied:
        return False
    inner = above[: next((i for i, each in enumerate(above) if not isinstance(each, _LOGIC)), len(above))]
    return isinstance(node.this, exp.Tuple) or len(inner) < len(above) or not _stands_alone(inner)


def _above(node: exp.Expr) -> Iterator[exp.Expr]:
    """What is around a condition, from within, up to the clause that it is in."""
    above = node.parent
    while above is not None and not isinstance(above, exp.Where | exp.Having | exp.Join | exp.Select):
        yield above
        above = above.parent


def _stands_alone(above: list[exp.Expr]) -> bool:
    """Whether all holds only where the innermost does: by AND, and where it is denied by OR."""
    denied = False
    for each in reversed(above):
        denied ^= isinstance(each, exp.Not)
        if isinstance(each, exp.And if denied else exp.Or):
            return False
    return True


def _has_bounds(window: exp.Window) -> bool:
    """Whether it reaches some way before or after the row: in days, or in numbers."""
    spec = window.args.get("spec")
    if spec is None or str(spec.args.get("kind")).upper() != "RANGE" or not window.args.get("order"):
        return False
    return any(isinstance(bound := spec.args.get(end), exp.Expr) and not _is_months(bound) for end in ("start", "end"))


def _is_months(bound: exp.Expr) -> bool:
    unit = bound.args.get("unit") if isinstance(bound, exp.Interval) else None
    return unit is not None and unit.sql().upper().split(" ")[0] in _MONTHS


def _is_date(by: exp.Expr) -> bool:
    kind = by.this.type
    return kind is not None and bool(kind.is_type(exp.DType.DATE))
