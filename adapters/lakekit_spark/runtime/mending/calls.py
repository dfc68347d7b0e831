"""The calls of functions that Sail computes otherwise, in a query or in a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from lakekit.sql.query.places import start_of
from lakekit_spark.runtime.mending.expressions import called, is_call, slots
from lakekit_spark.runtime.mending.otherwise import NAMES, Call
from lakekit_spark.runtime.mending.relations import Ask, inside_out, is_grouped, own_expressions, type_of, types_of
from lakekit_spark.runtime.mending.typed import Tree
from lakekit_spark.runtime.query import Named

_UNNAMED: dict[type[exp.Expr], str] = {exp.ArgMax: "max_by", exp.ArgMin: "min_by", exp.Initcap: "initcap"}
"""Those whose place is not in what sqlglot makes of them."""


def calls_in_query(query: Named, tree: Tree) -> Iterator[tuple[str, Call]]:
    """`line:column` of each, and what it is; of a query, and its tree."""
    if any(_name(node, tree.text) in NAMES for node in tree.plain.find_all(exp.Func)):
        for node in tree.typed.find_all(exp.Func):
            if (name := _name(node, tree.text)) in NAMES:
                arguments = list(_arguments(node))
                told = Call(name, [_type(a) for a in arguments], [_text(a) for a in arguments])
                yield query.position(start_of(node)), told


def calls_in_plan(root: Any, ask: Ask) -> Iterator[Call]:
    """Those of a relation, and of what it is made of; `ask` tells the columns of relations."""
    for relation in inside_out(root):
        grouped = is_grouped(relation)
        found = [call for expression in own_expressions(relation) for call in _calls(expression, grouped=grouped)]
        types = types_of(relation, [operand for call, of in found for operand in slots(call, grouped=of)], ask)
        for call, of_group in found:
            operands = slots(call, grouped=of_group)
            texts = [operand.literal.string if operand.literal.HasField("string") else None for operand, _ in operands]
            yield Call(called(call).function_name.lower(), [type_of(types, operand) for operand in operands], texts)


def _name(node: exp.Expr, text: str) -> str:
    """As it stands in the text."""
    if "start" in node.meta:
        return text[node.meta["start"] : node.meta["end"] + 1].lower()
    return _UNNAMED.get(type(node), "")


def _arguments(node: exp.Expr) -> Iterator[exp.Expr]:
    for value in node.args.values():
        several = value if isinstance(value, list) else [value]
        yield from (each for each in several if isinstance(each, exp.Expr) and not isinstance(each, exp.DataType))


def _type(node: exp.Expr) -> str:
    """Of what is not known the types of what it is made of, behind a question mark; of what is nested these, too,
    behind what it is."""
    type_, inner = node.type, " ".join(_type(each) for each in node.iter_expressions())
    if type_ is None or type_.is_type(exp.DType.UNKNOWN):
        return f"? {inner}" if inner else ""
    if type_.is_type(*exp.DataType.NESTED_TYPES):
        return f"{exp.DType(type_.this).value.lower()} {inner}"
    return type_.sql(dialect="spark").lower()


def _text(node: exp.Expr) -> str | None:
    return (
        node.name if isinstance(node, exp.Literal | exp.Var) else node.sql() if isinstance(node, exp.JSONPath) else None
    )


def _calls(expression: Any, *, grouped: bool) -> Iterator[tuple[Any, bool]]:
    if is_call(expression) and called(expression).function_name.lower() in NAMES:
        yield expression, grouped
    for inner, of_group in slots(expression, grouped=grouped):
        yield from _calls(inner, grouped=of_group)
