"""Expressions as Spark Connect sends them."""

from __future__ import annotations

from typing import Any

from lakekit.sql.query.functions import AGGREGATES, OF_EACH_ROW
from lakekit_spark.runtime.mending.messages import named

_ALONE = ("CommonInlineUserDefinedFunction", "SubqueryExpression")


def is_call(expression: Any) -> bool:
    """Whether it calls a function, over a window or not."""
    kind = expression.WhichOneof("expr_type")
    return bool(kind == "unresolved_function" or (kind == "window" and is_call(expression.window.window_function)))


def called(expression: Any) -> Any:
    """The call that it is, or that is made over a window."""
    over = expression.WhichOneof("expr_type") == "window"
    return (expression.window.window_function if over else expression).unresolved_function


def slots(expression: Any, *, grouped: bool) -> list[tuple[Any, bool]]:
    """The expressions within that are values by themselves, to be read or changed, and whether each is of a group;
    those of a lambda or of an order are not."""
    kind = expression.WhichOneof("expr_type")
    if kind in {"alias", "cast"}:
        return [(getattr(expression, kind).expr, grouped)]
    if not is_call(expression):
        return []
    within = grouped and called(expression).function_name.lower() not in AGGREGATES
    return [(argument, within) for argument in called(expression).arguments]


def varies(expression: Any) -> bool:
    """Whether another look may find another value, or costs what nobody expects."""
    calls = named(expression, "UnresolvedFunction")
    return any(found.function_name.lower() in OF_EACH_ROW for found in calls) or any(named(expression, *_ALONE))


def place(expression: Any) -> str:
    """`file:line` where a user's function made it; empty where that is unknown."""
    return str(expression.common.origin.python_origin.call_site)


def call(name: str, *arguments: Any) -> Any:
    made = _new()
    made.unresolved_function.function_name = name
    made.unresolved_function.arguments.extend(arguments)
    return made


def cast(expression: Any, type_: str) -> Any:
    made = _new()
    made.cast.expr.CopyFrom(expression)
    made.cast.type_str = type_
    return made


def alias(expression: Any, *names: str) -> Any:
    """Several are of a function that makes several columns."""
    made = _new()
    made.alias.expr.CopyFrom(expression)
    made.alias.name.extend(names)
    return made


def literal(**value: object) -> Any:
    """A constant, by the name of its field in the message."""
    made = _new()
    for name, of in value.items():
        setattr(made.literal, name, of)
    return made


def copied(message: Any) -> Any:
    made = type(message)()
    made.CopyFrom(message)
    return made


def _new() -> Any:
    from pyspark.sql.connect.proto import Expression

    return Expression()
