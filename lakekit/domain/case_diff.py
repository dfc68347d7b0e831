"""How the rows that were made differ from those that were expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from attrs import evolve, frozen

Cell = str | None
"""A value as a canonical text; None for no value."""

Row = tuple[Cell, ...]

_PAIRED = 200
"""Beyond so many rows on a side, rows are not paired: that takes the product of both."""


@frozen
class Change:
    """A row that is nearly as expected."""

    expected: Row
    made: Row


@frozen
class Diff:
    """Rows in `columns`: expected ones that were not made, made ones that nobody expected, and pairs that differ in at
    most half of their cells. `moved` is the place, from 1, of the first row that stands where another was expected,
    where the rows are those expected but for their order."""

    columns: tuple[str, ...]
    missing: tuple[Row, ...] = ()
    unexpected: tuple[Row, ...] = ()
    changed: tuple[Change, ...] = ()
    moved: int | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.missing or self.unexpected or self.changed or self.moved)

    def told(self, tell: Callable[[str, Cell], Cell]) -> Diff:
        """With each cell as `tell` shows it, given its column."""

        def row(cells: Row) -> Row:
            return tuple(tell(name, cell) for name, cell in zip(self.columns, cells, strict=True))

        changed = tuple(Change(row(c.expected), row(c.made)) for c in self.changed)
        return evolve(
            self, missing=tuple(map(row, self.missing)), unexpected=tuple(map(row, self.unexpected)), changed=changed
        )


def compare(columns: Sequence[str], expected: Sequence[Row], made: Sequence[Row], *, ordered: bool) -> Diff:
    """The difference of two lists of rows, equal rows counted as often as they stand there. No value equals no value.
    Without `ordered` their order is nothing."""
    missing = _without(expected, made)
    unexpected = _without(made, expected)
    changed = _pairs(missing, unexpected)
    for change in changed:
        missing.remove(change.expected)
        unexpected.remove(change.made)
    moved = None
    if ordered and not (missing or unexpected or changed):
        moved = next((n for n, (a, b) in enumerate(zip(expected, made, strict=True), 1) if a != b), None)
    return Diff(tuple(columns), tuple(missing), tuple(unexpected), tuple(changed), moved)


def _without(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """The rows that stand here more often than there, as often, in their order."""
    left = Counter(rows) - Counter(others)
    found = []
    for row in reversed(rows):
        if left[row]:
            left[row] -= 1
            found.append(row)
    return found[::-1]


def _pairs(missing: Sequence[Row], unexpected: Sequence[Row]) -> list[Change]:
    """The nearest first, each row once."""
    if max(len(missing), len(unexpected)) > _PAIRED:
        return []
    near = sorted(
        (unlike, i, j)
        for i, one in enumerate(missing)
        for j, other in enumerate(unexpected)
        if (unlike := sum(a != b for a, b in zip(one, other, strict=True))) * 2 <= len(one)
    )
    taken: tuple[set[int], set[int]] = set(), set()
    made = []
    for _, i, j in near:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            made.append(Change(missing[i], unexpected[j]))
    return made
