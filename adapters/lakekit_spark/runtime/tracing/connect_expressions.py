"""Expressions as Spark Connect sends them, as trees of SQL in which what a value is made of can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlglot import exp

from lakekit.domain.errors import EngineError
from lakekit.sql.query.parsed import read_query
from lakekit.sql.tree import name
from lakekit_spark.runtime.tracing.flows import called, several, unknown

_PART = re.compile(r"`((?:[^`]|``)*)`|([^.`]+)")
_DEEPEST = 4
"""As many parts a column's name has in a tree; what follows is a field of a struct."""
_AGGREGATED = {202, 252}
"""The kinds of functions of Python that make one value of many rows (pyspark.util.PythonEvalType)."""
_PLAN = "plan "


def source(plan_id: int) -> str:
    """The name by which the columns of a relation are found that an expression refers to by its number."""
    return f"{_PLAN}{plan_id}"


def is_number(name_: str) -> bool:
    """Whether it is such a name, and none that a user gave."""
    return name_.startswith(_PLAN)


def tree(expression: Any) -> exp.Expr:
    """What is not understood is `unknown`."""
    kind = expression.WhichOneof("expr_type")
    made = _TREES.get(kind)
    return made(getattr(expression, kind)) if made is not None else unknown()


def trees(expressions: Sequence[Any]) -> list[exp.Expr]:
    return [tree(each) for each in expressions]


def aliased(alias: Any) -> exp.Expr:
    """A value by its alias, or by several where it is of a function that makes several columns."""
    if len(alias.name) > 1:
        return exp.Aliases(this=tree(alias.expr), expressions=[name(each) for each in alias.name])
    return exp.Alias(this=tree(alias.expr), alias=name(alias.name[0]))


def column(*parts: str) -> exp.Expr:
    """By the parts of its name, the last within."""
    # Spark calls `sum(amount)` by the name as it is: quotes are left out.
    told = [exp.Identifier(this=part) for part in parts]
    made: exp.Expr = exp.Column(**dict(zip(("this", "table", "db", "catalog"), told[_DEEPEST - 1 :: -1], strict=False)))
    for field in told[_DEEPEST:]:
        made = exp.Dot(this=made, expression=field)
    return made


def _attribute(told: Any) -> exp.Expr:
    return column(*_of_plan(told), *parts_of(told.unparsed_identifier))


def parts_of(identifier: str) -> list[str]:
    """Of a name as Spark reads it: dots divide what is not in backticks."""
    return [quoted.replace("``", "`") or plain for quoted, plain in _PART.findall(identifier)]


def _star(told: Any) -> exp.Expr:
    parts = [*_of_plan(told), *parts_of(told.unparsed_target.removesuffix("*"))]
    of = dict(zip(("table", "db", "catalog"), (exp.Identifier(this=part) for part in reversed(parts)), strict=False))
    return exp.Column(this=exp.Star(), **of) if of else exp.Star()


def _of_plan(told: Any) -> list[str]:
    return [source(told.plan_id)] if told.HasField("plan_id") else []


def _function(told: Any) -> exp.Expr:
    arguments = trees(told.arguments)
    return called(told.function_name.lower(), [exp.Distinct(expressions=arguments)] if told.is_distinct else arguments)


def _python(told: Any) -> exp.Expr:
    # Its own name may be that of a function of Spark.
    function = "any_value" if told.python_udf.eval_type in _AGGREGATED else "python"
    return exp.Anonymous(this=function, expressions=trees(told.arguments))


def _text(told: Any) -> exp.Expr:
    try:
        item: exp.Expr = read_query(f"SELECT {told.expression}").tree.expressions[0]
    except EngineError:
        return unknown()
    return item


def _window(told: Any) -> exp.Expr:
    order = exp.Order(expressions=[_ordered(each) for each in told.order_spec])
    return exp.Window(this=tree(told.window_function), partition_by=trees(told.partition_spec), order=order)


def _ordered(told: Any) -> exp.Expr:
    return exp.Ordered(this=tree(told.child))


def _lambda(told: Any) -> exp.Expr:
    return exp.Lambda(this=tree(told.function), expressions=[_variable_name(each) for each in told.arguments])


def _variable_name(told: Any) -> exp.Identifier:
    """No column is called so: pyspark numbers variables, `x_1`."""
    return name(" ".join(("variable", *told.name_parts)))


def _cast(told: Any) -> exp.Expr:
    # To what, is no matter; of a value of this type anything may be within.
    return exp.Cast(this=tree(told.expr), to=exp.DataType(this=exp.DType.VARIANT))


_TREES: Mapping[str, Callable[[Any], exp.Expr]] = {
    "literal": lambda _: exp.Null(),
    "unresolved_attribute": _attribute,
    "unresolved_star": _star,
    "unresolved_function": _function,
    "call_function": _function,
    "common_inline_user_defined_function": _python,
    "expression_string": _text,
    "unresolved_regex": lambda _: several(),
    "alias": aliased,
    "cast": _cast,
    "sort_order": _ordered,
    "window": _window,
    "lambda_function": _lambda,
    "unresolved_named_lambda_variable": lambda told: exp.Column(this=_variable_name(told)),
    "unresolved_extract_value": lambda told: called("get", trees([told.child, told.extraction])),
    "update_fields": lambda told: called("struct", trees(_updated(told))),
    "named_argument_expression": lambda told: tree(told.value),
}


def _updated(told: Any) -> list[Any]:
    return [told.struct_expression, *([told.value_expression] if told.HasField("value_expression") else [])]
