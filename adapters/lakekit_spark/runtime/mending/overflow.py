"""A query whose whole numbers do not wrap around: Sail 0.7.2 takes 9223372036854775807 + 1 for -9223372036854775808.

Each operation is written as the first branch of a CASE, by whose type Sail calls all of it, under the condition that it
has room. The error is behind a condition of its own: what stands behind ELSE Sail computes for no row, too, where a
join gives none, and `raise_error` then raises. Other errors would not do, as Sail computes constants while it plans.

The operands stand several times in that, without conditions of their own: so a query grows with its depth, not with a
power of it. A sum is made in decimals, in which it has room, and cast back, which stops.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from lakekit.sql.query.spliced import Piece, Spliced
from lakekit_spark.runtime.mending.operations import SUM, Operation, operations
from lakekit_spark.runtime.mending.room import OVERFLOW, WIDE, has_room
from lakekit_spark.runtime.mending.spans import Span
from lakekit_spark.runtime.mending.typed import Tree
from lakekit_spark.runtime.query import Named


def stopping(query: Named, tree: Tree) -> Named:
    """The query, of which this is the `tree`, with conditions. Where one does not hold an error is raised whose text
    has OVERFLOW and the place of the operation."""
    found = operations(tree)
    once = [insert for operation in found if operation.sign == SUM for insert in _summing(operation)]
    every = [*once]
    for operation in found:
        if operation.sign != SUM:
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

    one, other = map(plain, operation.parts)
    condition = has_room(operation.sign, plain(operation.whole), (one, other), _infix, _cast, "0")
    before = f"CASE WHEN coalesce({condition}, true) THEN "
    after = f" WHEN {condition} IS NOT NULL THEN raise_error('{OVERFLOW} {place}') ELSE NULL END"
    yield from _around(operation.whole, before, after, operation.whole)


def _infix(sign: str, one: str, other: str) -> str:
    return f"({one} {sign} {other})"


def _cast(value: str, type_: str) -> str:
    return f"CAST({value} AS {type_})"


def _pieces(text: str, span: Span, inserts: Sequence[_Insert]) -> Iterator[Piece]:
    """What stands at `span`, with those put in that are of what lies within it."""
    here = span[0]
    for insert in sorted(i for i in inserts if span[0] <= i.of[0] and i.of[1] <= span[1]):
        yield Piece(text[here : insert.at], here)
        yield Piece(insert.text, insert.of[0], copied=False)
        here = insert.at
    yield Piece(text[here : span[1]], here)
