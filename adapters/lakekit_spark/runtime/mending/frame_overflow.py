"""A DataFrame whose whole numbers do not wrap around: as `mending.overflow`, of the plan that is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from lakekit_spark.runtime.mending.expressions import (
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
    truth,
    varies,
)
from lakekit_spark.runtime.mending.messages import nearest
from lakekit_spark.runtime.mending.overflow import NARROW, OVERFLOW, WIDE
from lakekit_spark.runtime.mending.relations import (
    Ask,
    Operand,
    OperandTypes,
    asking,
    own_expressions,
    type_of,
    types_of,
)

_WHOLE = {"tinyint", "smallint", "int", "bigint"}
_SIGNS = ("+", "-", "*")


def stop(relation: Any, ask: Ask) -> None:
    """Put conditions into a relation, and into those that it is made of; `ask` tells the columns of such ones. What
    orders, joins or groups rows, and what stands in lambdas, in texts or beside chance, stays as it is."""
    kind = relation.WhichOneof("rel_type")
    body = getattr(relation, kind)
    for inner in nearest(body, "Relation"):
        stop(inner, ask)
    grouped = kind == "aggregate"
    own = own_expressions(relation)
    operands = [operand for expression in own for operand in _operands(expression, grouped=grouped)]
    if not operands:
        return
    stopping = _Stopping(types_of(relation, operands, ask))
    for expression in own:
        made = stopping.made(expression, grouped=grouped)
        if made != expression:
            if kind in {"project", "aggregate"} and expression.WhichOneof("expr_type") != "alias":
                name, _ = ask(asking(relation, [expression], grouped=grouped))[-1]
                made = alias(made, name)
            expression.CopyFrom(made)


@frozen
class _Stopping:
    """`types` has those of what operations are done to."""

    types: OperandTypes

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
        if self._type(operands[0]) != "bigint":
            return made
        ((summed, _),) = slots(made, grouped=grouped)
        summed.CopyFrom(cast(summed, WIDE))
        return cast(made, "bigint")

    def _type(self, operand: Operand) -> str:
        return type_of(self.types, operand)

    def _stopped(self, expression: Any, made: Any, operands: Sequence[Operand]) -> Any:
        a, b = (self.made(operand, grouped=of_group, checked=False) for operand, of_group in operands)
        sign = called(expression).function_name
        whole = call(sign, a, b)
        holds = _HOLDS[sign](whole, a, b)
        error = call("raise_error", text(f"{OVERFLOW} {place(expression)}"))
        return call("when", call("coalesce", holds, truth()), made, call("isnotnull", holds), error)


_HOLDS: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "+": lambda whole, a, b: call(">=", call("&", call("^", a, whole), call("^", b, whole)), number(0)),
    "-": lambda whole, a, b: call(">=", call("&", call("^", a, b), call("^", a, whole)), number(0)),
    "*": lambda whole, a, b: call("=", call("*", cast(a, NARROW), cast(b, NARROW)), cast(whole, WIDE)),
}


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
