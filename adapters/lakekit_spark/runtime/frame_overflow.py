"""A DataFrame whose whole numbers do not wrap around: as `lakekit_spark.runtime.overflow`, of the plan that is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import frozen

from lakekit_spark.runtime.expressions import (
    alias,
    call,
    called,
    cast,
    copied,
    is_call,
    number,
    place,
    slots,
    text,
    varies,
)
from lakekit_spark.runtime.messages import nearest
from lakekit_spark.runtime.overflow import NARROW, OVERFLOW, WIDE

Columns: TypeAlias = Sequence[tuple[str, str]]
"""Names and types, as Spark calls these in JSON."""
Operand: TypeAlias = tuple[Any, bool]
"""An expression, and whether it is of a group."""

_WHOLE = {"byte", "short", "integer", "long"}
_SIGNS = ("+", "-", "*")


def stop(relation: Any, ask: Callable[[Any], Columns]) -> None:
    """Put conditions into a relation, and into those that it is made of; `ask` tells the columns of such ones. What
    orders, joins or groups rows, and what stands in lambdas, in texts or beside chance, stays as it is."""
    kind = relation.WhichOneof("rel_type")
    body = getattr(relation, kind)
    for inner in nearest(body, "Relation"):
        stop(inner, ask)
    grouped = kind == "aggregate"
    own = _own(kind, body)
    operands = [operand for expression in own for operand in _operands(expression, grouped=grouped)]
    if not operands:
        return
    stopping = _Stopping(_types(relation, operands, ask))
    for expression in own:
        made = stopping.made(expression, grouped=grouped)
        if made != expression:
            if kind in {"project", "aggregate"} and expression.WhichOneof("expr_type") != "alias":
                name, _ = ask(_asking(relation, [expression], grouped=grouped))[-1]
                made = alias(made, name)
            expression.CopyFrom(made)


@frozen
class _Stopping:
    """`types` has those of what operations are done to."""

    types: Mapping[tuple[bytes, bool], str]

    def made(self, expression: Any, *, grouped: bool, checked: bool = True) -> Any:
        """The expression, with conditions where it is to be `checked`; sums never wrap around."""
        made = copied(expression)
        for inner, of_group in slots(made, grouped=grouped):
            inner.CopyFrom(self.made(inner, grouped=of_group, checked=checked))
        operands = list(_own_operands(expression, grouped=grouped))
        if not operands or not all(self._type(operand) in _WHOLE for operand in operands):
            return made
        if len(operands) > 1:
            return self._stopped(expression, made, operands) if checked and not varies(expression) else made
        if self._type(operands[0]) != "long":
            return made
        ((summed, _),) = slots(made, grouped=grouped)
        summed.CopyFrom(cast(summed, WIDE))
        return cast(made, "bigint")

    def _type(self, operand: Operand) -> str:
        return self.types.get(_key(operand), "")

    def _stopped(self, expression: Any, made: Any, operands: Sequence[Operand]) -> Any:
        a, b = (self.made(operand, grouped=of_group, checked=False) for operand, of_group in operands)
        sign = called(expression).function_name
        condition = _CONDITIONS[sign](call(sign, a, b), a, b)
        return call("when", condition, call("raise_error", text(f"{OVERFLOW} {place(expression)}")), made)


_CONDITIONS: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "+": lambda whole, a, b: call("<", call("&", call("^", a, whole), call("^", b, whole)), number(0)),
    "-": lambda whole, a, b: call("<", call("&", call("^", a, b), call("^", a, whole)), number(0)),
    "*": lambda whole, a, b: call("!=", call("*", cast(a, NARROW), cast(b, NARROW)), cast(whole, WIDE)),
}


def _own(kind: str, body: Any) -> list[Any]:
    """The expressions of a relation that make values, or choose rows."""
    if kind == "project":
        return list(body.expressions)
    if kind == "with_columns":
        return [each.expr for each in body.aliases]
    if kind == "filter":
        return [body.condition]
    if kind == "aggregate" and not body.HasField("pivot"):
        return list(body.aggregate_expressions)
    return []


def _operands(expression: Any, *, grouped: bool) -> Iterator[Operand]:
    """What operations within are done to."""
    yield from _own_operands(expression, grouped=grouped)
    for inner, of_group in slots(expression, grouped=grouped):
        yield from _operands(inner, grouped=of_group)


def _own_operands(expression: Any, *, grouped: bool) -> Iterator[Operand]:
    if is_call(expression):
        call_ = called(expression)
        expected = {"sum": 1, **dict.fromkeys(_SIGNS, 2)}.get(call_.function_name.lower())
        if expected == len(call_.arguments):
            yield from slots(expression, grouped=grouped)


def _types(relation: Any, operands: Sequence[Operand], ask: Callable[[Any], Columns]) -> dict[tuple[bytes, bool], str]:
    types: dict[tuple[bytes, bool], str] = {}
    for grouped in (False, True):
        asked = [operand for operand in operands if operand[1] is grouped]
        if asked:
            expressions = [alias(operand, f"o{number}") for number, (operand, _) in enumerate(asked)]
            told = ask(_asking(relation, expressions, grouped=grouped))[-len(asked) :]
            types |= {_key(operand): type_ for operand, (_, type_) in zip(asked, told, strict=True)}
    return types


def _asking(relation: Any, expressions: Sequence[Any], *, grouped: bool) -> Any:
    """A relation whose last columns are these expressions, over the rows of another one's input or over its groups."""
    body = getattr(relation, relation.WhichOneof("rel_type"))
    made = type(relation)()
    if grouped:
        made.aggregate.CopyFrom(body)
        del made.aggregate.aggregate_expressions[:]
        made.aggregate.aggregate_expressions.extend(expressions)
    else:
        made.project.input.CopyFrom(body.input)
        made.project.expressions.extend(expressions)
    return made


def _key(operand: Operand) -> tuple[bytes, bool]:
    return operand[0].SerializeToString(deterministic=True), operand[1]
