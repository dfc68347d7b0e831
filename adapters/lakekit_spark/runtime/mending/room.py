"""When the sum, the difference or the product of two whole numbers has room in the bits that it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

OVERFLOW = "[ARITHMETIC_OVERFLOW]"
"""What an error begins with where one has none; its place follows."""
WIDE, NARROW = "DECIMAL(38,0)", "DECIMAL(19,0)"
"""What holds any product of two whole numbers, and any of them."""

Value = TypeVar("Value")


def has_room(
    sign: str,
    whole: Value,
    operands: tuple[Value, Value],
    infix: Callable[[str, Value, Value], Value],
    cast: Callable[[Value, str], Value],
    zero: Value,
) -> Value:
    """The condition that `whole`, which is what the operands come to by the `sign` +, - or *, did not wrap around. How
    two values are joined by a sign, and how one is cast, say `infix` and `cast`.

    A sum has the sign of its operands, where these have the same; a difference that of the first, where they differ.
    """
    one, other = operands
    if sign == "*":
        return infix("=", infix("*", cast(one, NARROW), cast(other, NARROW)), cast(whole, WIDE))
    changed = infix("^", one, whole), infix("^", other, whole if sign == "+" else one)
    return infix(">=", infix("&", *changed), zero)
