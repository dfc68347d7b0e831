"""How a table's rows lie in its files, and what a look-up by one value has to read of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from lakekit.domain.values import Value

Range = tuple[Value, Value]
"""The least and the greatest value of a column in one file."""


@frozen
class Partition:
    """The files of one partition, or of a table that has none: their sizes in bytes, and by column the range of each
    file in the same order, None where its statistics do not tell."""

    files: tuple[int, ...]
    ranges: Mapping[str, tuple[Range | None, ...]] = field(factory=dict)

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(self.files)


def read_share(ranges: Sequence[Range | None]) -> float:
    """The share of the files that a look-up by one value has to read, on average over the values at which files begin:
    1/n where the ranges of n files are apart, 1 where all overlap. A file without a range is always read. 0 without
    files."""
    told = [r for r in ranges if r is not None]
    if not told:
        return 1.0 if ranges else 0.0
    begins, ends = ([r[side] for r in told] for side in (0, 1))
    begins.sort()
    ends.sort()
    # Of all ranges that have begun at a value, those that ended before it are not read.
    reads = sum(bisect_right(begins, at) - bisect_left(ends, at) for at in begins)
    return (reads / len(told) + len(ranges) - len(told)) / len(ranges)


def share_now(partitions: Sequence[Partition], column: str) -> float:
    """The share of the table's bytes that a look-up by one value of the column reads, all partitions counted: it names
    none. 1 where no file tells."""
    total = sum(p.size for p in partitions)
    read = sum(p.size * read_share(p.ranges.get(column, (None,) * len(p.files))) for p in partitions)
    return read / total if total else 0.0


def share_clustered(partitions: Sequence[Partition], columns: int, target: int) -> float:
    """What is left of it where files of `target` bytes lie along that many columns. A space-filling curve gives each
    of them its part of the pruning: n files are cut into n ** (1 / columns) along each."""
    total = sum(p.size for p in partitions)
    read = sum(p.size * max(1, -(-p.size // target)) ** (-1 / columns) for p in partitions)
    return read / total if total else 0.0


def mergeable(partitions: Sequence[Partition], limit: int) -> int:
    """How many files below `limit` bytes have another such in their partition: no rewrite joins what lies in two."""
    counts = (sum(size < limit for size in p.files) for p in partitions)
    return sum(count for count in counts if count > 1)
