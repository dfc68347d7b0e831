"""A DataFrame whose whole numbers do not wrap around: as `mending.overflow`, of the plan that is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from lakekit_spark.runtime.mending.expressions import (
    call,
    called,
    cast,
    copied,
    is_call,
    literal,
    place,
    slots,
    varies,
)
from lakekit_spark.runtime.mending.relations import (
    Ask,
    Operand,
    OperandTypes,
    inside_out,
    is_grouped,
    own_expressions,
    put,
    type_of,
    types_of,
)
from lakekit_spark.runtime.mending.room import OVERFLOW, WIDE, has_room

_WHOLE = {"tinyint", "smallint", "int", "bigint"}
_SIGNS = ("+", "-", "*")


def stop(root: Any, ask: Ask) -> None:
    """Put conditions into a relation, and into those that it is made of; `ask` tells the columns of such ones. What
    orders, joins or groups rows, and what stands in lambdas, in texts or beside chance, stays as it is."""
    for relation in inside_out(root):
        grouped, own = is_grouped(relation), own_expressions(relation)
        operands = [operand for expression in own for operand in _operands(expression, grouped=grouped)]
        stopping = _Stopping(types_of(relation, operands, ask))
        for expression in own:
            made = stopping.made(expression, grouped=grouped)
            if made != expression:
                put(relation, expression, made, ask)


@frozen
class _Stopping:
    """`types` has those of what operations are done to."""

    types: OperandTypes

    def made(self, expression: Any, *, grouped: bool, checked: bool = True) -> Any:
        """The expression, with conditions where it is to be `checked`; sums never wrap around."""
        if checked and self._may_overflow(expression, grouped=grouped):
            return self._stopped(expression, grouped=grouped)
        made = copied(expression)
        for inner, of_group in slots(made, grouped=grouped):
            inner.CopyFrom(self.made(inner, grouped=of_group, checked=checked))
        operands = list(_own_operands(expression, grouped=grouped))
        if len(operands) != 1 or self._type(operands[0]) != "bigint":
            return made
        ((summed, _),) = slots(made, grouped=grouped)
        summed.CopyFrom(cast(summed, WIDE))
        return cast(made, "bigint")

    def _type(self, operand: Operand) -> str:
        return type_of(self.types, operand)

    def _may_overflow(self, expression: Any, *, grouped: bool) -> bool:
        operands = list(_own_operands(expression, grouped=grouped))
        whole = len(operands) > 1 and all(self._type(operand) in _WHOLE for operand in operands)
        return whole and not varies(expression)

    def _stopped(self, expression: Any, *, grouped: bool) -> Any:
        """One CASE for it and for the operations that it is done to."""
        true, false = literal(boolean=True), literal(boolean=False)
        refused, errors = [], []
        for each in self._chain(expression, grouped=grouped):
            refused.append(call("not", call("coalesce", self._holds(each, grouped=grouped), true)))
            errors.append(call("raise_error", literal(string=f"{OVERFLOW} {place(each)}")))
        hold = call("when", *(part for each in refused for part in (each, false)), true)
        told = (part for pair in zip(refused, errors, strict=True) for part in pair)
        return call("when", hold, self._value(expression, grouped=grouped), *told)

    def _chain(self, expression: Any, *, grouped: bool) -> Iterator[Any]:
        """Those within that it is done to, each after what that is done to, and itself."""
        for inner, of_group in _own_operands(expression, grouped=grouped):
            if of_group == grouped and self._may_overflow(inner, grouped=grouped):
                yield from self._chain(inner, grouped=grouped)
        yield expression

    def _value(self, expression: Any, *, grouped: bool) -> Any:
        """Without conditions of its own chain, and with those of what is within."""
        made = copied(expression)
        for inner, of_group in slots(made, grouped=grouped):
            chained = of_group == grouped and self._may_overflow(inner, grouped=grouped)
            inner.CopyFrom((self._value if chained else self.made)(inner, grouped=of_group))
        return made

    def _holds(self, expression: Any, *, grouped: bool) -> Any:
        operands = _own_operands(expression, grouped=grouped)
        one, other = (self.made(operand, grouped=of_group, checked=False) for operand, of_group in operands)
        sign = called(expression).function_name
        return has_room(sign, call(sign, one, other), (one, other), call, cast, literal(integer=0))


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
