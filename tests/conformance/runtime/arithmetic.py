"""Expressions of whole numbers, the same in SQL, in PySpark and in Python."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import field, frozen
from hypothesis import strategies as st

from lakekit.domain.schema import TableColumn

BITS = {"t": 8, "s": 16, "i": 32, "b": 64}
"""The columns, and the bits of their numbers."""
COLUMNS = [TableColumn(name, type_) for name, type_ in zip(BITS, ("tinyint", "smallint", "int", "long"), strict=True)]
Row: TypeAlias = Mapping[str, int | None]
Value: TypeAlias = tuple[int | None, int]
"""A number, and the bits that it has room in."""
Meaning: TypeAlias = Callable[[Row], Value]


class Overflow(Exception):
    """A number has no room."""


def bounds(bits: int) -> tuple[int, int]:
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def fitting(value: int | None, bits: int) -> Value:
    low, high = bounds(bits)
    if value is not None and not low <= value <= high:
        raise Overflow
    return value, bits


@frozen
class Expression:
    """The same in SQL, in PySpark and in Python."""

    text: str
    column: Callable[[], Any] = field(repr=False)
    meaning: Meaning = field(repr=False)


def two_sided(sign: str, one: Expression, other: Expression) -> Expression:
    work = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}[sign]
    of_columns = {"+": operator.add, "-": operator.sub, "*": operator.mul}[sign]

    def meaning(row: Row) -> Value:
        (a, room), (b, more) = one.meaning(row), other.meaning(row)
        return fitting(None if a is None or b is None else work(a, b), max(room, more))

    text = f"({one.text}) {sign} ({other.text})"
    return Expression(text, lambda: of_columns(one.column(), other.column()), meaning)


def negated(one: Expression) -> Expression:
    def meaning(row: Row) -> Value:
        value, bits = one.meaning(row)
        return fitting(None if value is None else -value, bits)

    return Expression(f"-({one.text})", lambda: -one.column(), meaning)


def chosen(one: Expression, other: Expression) -> Expression:
    """What is not chosen does not stop."""

    def meaning(row: Row) -> Value:
        taken = one if row["i"] is not None and row["i"] > 0 else other
        return taken.meaning(row)[0], 64

    def of_columns() -> Any:
        from pyspark.sql import functions as f

        return f.when(f.col("i") > 0, one.column().cast("bigint")).otherwise(other.column())

    text = f"CASE WHEN i > 0 THEN CAST({one.text} AS bigint) ELSE {other.text} END"
    return Expression(text, of_columns, meaning)


def number(value: int) -> Expression:
    bits = 32 if value < 2**31 else 64

    def of_columns() -> Any:
        from pyspark.sql import functions as f

        return f.lit(value)

    return Expression(str(value), of_columns, lambda _: (value, bits))


def column(name: str) -> Expression:
    def of_columns() -> Any:
        from pyspark.sql import functions as f

        return f.col(name)

    return Expression(name, of_columns, lambda row: (row[name], BITS[name]))


EXPRESSIONS = st.recursive(
    st.sampled_from([*map(column, BITS), *map(number, (0, 1, 2, 3, 46341, 2**31 - 1, 2**31, 2**63 - 1))]),
    lambda inner: st.one_of(
        st.builds(two_sided, st.sampled_from("+-*"), inner, inner),
        st.builds(negated, inner),
        st.builds(chosen, inner, inner),
    ),
    max_leaves=6,
)


def near(bits: int) -> st.SearchStrategy[int | None]:
    low, high = bounds(bits)
    return st.sampled_from([None, 0, 1, -1, 2, 7, -7, low, low + 1, high, high - 1, high // 2 + 1])


ROWS = st.lists(st.fixed_dictionaries({name: near(bits) for name, bits in BITS.items()}), min_size=1, max_size=4)
