"""A DataFrame whose whole numbers do not wrap around: as `mending.overflow`, of the plan that is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        holds = has_room(sign, call(sign, a, b), (a, b), call, cast, literal(integer=0))
        error = call("raise_error", literal(string=f"{OVERFLOW} {place(expression)}"))
        return call("when", call("coalesce", holds, literal(boolean=True)), made, call("isnotnull", holds), error)


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
