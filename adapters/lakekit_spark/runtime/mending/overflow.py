"""A query whose whole numbers do not wrap around: Sail 0.7.2 takes 9223372036854775807 + 1 for -9223372036854775808.

Each operation is written as the first branch of a CASE, by whose type Sail calls all of it, under the condition that it
has room. The error is behind a condition of its own: what stands behind ELSE Sail computes for no row, too, where a
join gives none, and `raise_error` then raises. Other errors would not do, as Sail computes constants while it plans.

The operands stand several times in that, without conditions of their own: so a query grows with its depth, not with a
power of it. A sum is made in decimals, in which it has room, and cast back, which stops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import evolve, frozen
from sqlglot import exp

from lakekit.sql.query.spliced import Piece, Spliced
from lakekit_spark.runtime.mending.operations import Operation, operations
from lakekit_spark.runtime.mending.spans import Span
from lakekit_spark.runtime.mending.typed import Types
from lakekit_spark.runtime.query import Named

OVERFLOW = "[ARITHMETIC_OVERFLOW]"
WIDE, NARROW = "DECIMAL(38,0)", "DECIMAL(19,0)"
"""What holds any product of two whole numbers, and any of them."""


def stopping(query: Named, types: Callable[[], Types]) -> Named:
    """The query, which reads columns of these `types`, with conditions. Where one does not hold an error is raised
    whose text has OVERFLOW and the place of the operation."""
    found = operations(query.text, types)
    once = [insert for operation in found if operation.kind is exp.Sum for insert in _summing(operation)]
    every = [*once]
    for operation in found:
        if operation.kind is not exp.Sum:
            every += _checking(query.text, operation, once, query.position(operation.whole[0]))
    spliced = Spliced(query.text, tuple(_pieces(query.text, (0, len(query.text)), every)))
    return evolve(query, text=spliced.text, spliced=spliced)


@frozen(order=True)
class _Insert:
    """`text` to be put in before the character `at`, if all that stands at `of` is wanted. Of those at one place the
    ones that end something come first, the inner before the outer; then those that begin something, the outer before
    the inner."""

    at: int
    begins: bool
    rank: tuple[int, int]
    text: str
    of: Span


def _around(span: Span, before: str, after: str, of: Span, *, outer: bool = False) -> tuple[_Insert, _Insert]:
    """`outer` is around what else may stand at the same place."""
    length = span[1] - span[0]
    begin = _Insert(span[0], True, (-length, int(not outer)), before, of)
    return begin, _Insert(span[1], False, (length, int(outer)), after, of)


def _summing(operation: Operation) -> Iterator[_Insert]:
    whole = operation.whole
    yield from _around(whole, "CAST(", " AS BIGINT)", whole)
    yield from _around(operation.parts[0], "CAST(", f" AS {WIDE})", whole, outer=True)


def _checking(text: str, operation: Operation, once: Sequence[_Insert], place: str) -> Iterator[_Insert]:
    def plain(span: Span) -> str:
        return "(" + "".join(piece.text for piece in _pieces(text, span, once)) + ")"

    whole = plain(operation.whole)
    condition = _HOLDS[operation.kind](whole, *map(plain, operation.parts))
    before = f"CASE WHEN coalesce({condition}, true) THEN "
    after = f" WHEN ({condition}) IS NOT NULL THEN raise_error('{OVERFLOW} {place}') ELSE NULL END"
    yield from _around(operation.whole, before, after, operation.whole)


_HOLDS: dict[type[exp.Expr], Callable[..., str]] = {
    # A sum has the sign of its operands, where these have the same; a difference that of the first, where they differ.
    exp.Add: lambda whole, a, b: f"(({a} ^ {whole}) & ({b} ^ {whole})) >= 0",
    exp.Sub: lambda whole, a, b: f"(({a} ^ {b}) & ({a} ^ {whole})) >= 0",
    exp.Mul: lambda whole, a, b: f"CAST({a} AS {NARROW}) * CAST({b} AS {NARROW}) = CAST({whole} AS {WIDE})",
}


def _pieces(text: str, span: Span, inserts: Sequence[_Insert]) -> Iterator[Piece]:
    """What stands at `span`, with those put in that are of what lies within it."""
    here = span[0]
    for insert in sorted(i for i in inserts if span[0] <= i.of[0] and i.of[1] <= span[1]):
        yield Piece(text[here : insert.at], here)
        yield Piece(insert.text, insert.of[0], copied=False)
        here = insert.at
    yield Piece(text[here : span[1]], here)
