"""A query whose whole numbers do not wrap around: Sail 0.7.2 takes 9223372036854775807 + 1 for -9223372036854775808.

Operations on what others come to are written as the first branch of one CASE, by whose type Sail calls all of it,
under the condition that each has room. Errors are behind conditions of their own: what stands behind ELSE Sail computes
for no row, too, where a join gives none, and `raise_error` then raises. Other errors would not do, as Sail computes
constants while it plans.

The operands stand several times in that, without conditions of their own: so a query grows with the square of its
depth. A CASE within each other would be as long, but Sail takes twice as much time and memory for each. A sum is made
in decimals, in which it has room, and cast back, which stops.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, frozen

from lakekit.sql.query.spliced import Piece, Spliced
from lakekit_spark.runtime.mending.operations import SUM, Operation, operations
from lakekit_spark.runtime.mending.room import OVERFLOW, WIDE, has_room
from lakekit_spark.runtime.mending.spans import Span
from lakekit_spark.runtime.mending.typed import Tree
from lakekit_spark.runtime.query import Named

_LONG = 12
"""Operations from which on they are not checked one by one."""


def stopping(query: Named, tree: Tree) -> Named:
    """The query, of which this is the `tree`, with conditions. Where one does not hold an error is raised whose text
    has OVERFLOW and the place of the operation."""
    found = operations(tree)
    once = [insert for operation in found if operation.sign == SUM for insert in _summing(operation)]
    others = {operation.whole: operation for operation in found if operation.sign != SUM}
    every = [*once, *_Chains(query, others, once).checks()]
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


@frozen
class _Chains:
    """Operations of a query, by where they stand, that are done to what others come to."""

    query: Named
    found: Mapping[Span, Operation]
    once: Sequence[_Insert]

    def checks(self) -> Iterator[_Insert]:
        """Conditions around each chain."""
        within = {each.whole for operation in self.found.values() for each in self._below(operation)}
        for root in self.found.values():
            if root.whole not in within:
                chain = [root]
                for operation in chain:
                    chain += self._below(operation)
                yield from self._checking(chain[::-1])

    def _below(self, operation: Operation) -> list[Operation]:
        return [below for part in operation.parts if (below := self._at(part))]

    def _at(self, part: Span) -> Operation | None:
        """The operation that a part is, but for the parentheses around it."""
        return next((self.found[span] for span in _bared(self.query.text, part) if span in self.found), None)

    def _checking(self, chain: Sequence[Operation]) -> Iterator[_Insert]:
        """The innermost comes first. In a long one, sums and differences are made once more in decimals, as a whole."""
        holds, errors = [], ""
        sums = {each.whole for operation in chain if operation.sign != "*" for each in self._below(operation)}
        for operation in chain:
            if len(chain) < _LONG or operation.sign == "*":
                condition = self._has_room(operation)
            elif operation.whole not in sums:
                condition = _infix("=", self._wide(operation), _cast(self._plain(operation.whole), WIDE))
            else:
                continue
            holds.append(f"coalesce({condition}, true)")
            place = self.query.position(operation.whole[0]).replace("\\", "\\\\").replace("'", "\\'")
            errors += f" WHEN NOT {holds[-1]} THEN raise_error('{OVERFLOW} {place}')"
        root = chain[-1].whole
        yield from _around(root, f"CASE WHEN {' AND '.join(holds)} THEN ", f"{errors} ELSE NULL END", root)

    def _has_room(self, operation: Operation) -> str:
        one, other = map(self._plain, operation.parts)
        return has_room(operation.sign, self._plain(operation.whole), (one, other), _infix, _cast, "0")

    def _wide(self, operation: Operation) -> str:
        """What sums and differences come to, in decimals of what they are done to."""
        one, other = map(self._wide_part, operation.parts)
        return _infix(operation.sign, one, other)

    def _wide_part(self, part: Span) -> str:
        below = self._at(part)
        return self._wide(below) if below and below.sign != "*" else _cast(self._plain(part), WIDE)

    def _plain(self, span: Span) -> str:
        return "(" + "".join(piece.text for piece in _pieces(self.query.text, span, self.once)) + ")"


def _bared(text: str, span: Span) -> Iterator[Span]:
    """A span, and what is within the parentheses around it."""
    start, end = span
    yield start, end
    while text[start] == "(" and text[end - 1] == ")":
        inner = text[start + 1 : end - 1]
        start, end = end - 1 - len(inner.lstrip()), start + 1 + len(inner.rstrip())
        yield start, end


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
