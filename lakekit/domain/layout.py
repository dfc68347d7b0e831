"""How a table's rows lie in its files, and what a look-up by one value has to read of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from math import isnan

from attrs import field, frozen

from lakekit.domain.values import Value

Range = tuple[Value, Value]
"""The least and the greatest value of a column in one file."""


_FAR = 1e150
"""Where infinity lies, so that lengths stay finite."""


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
    """The share of the files that a look-up by the value of one row has to read: 1/n where the ranges of n files are
    apart, 1 where all are the same. Within its range a file's values are taken to lie evenly, and files to have as many
    rows. A file without a range is always read. 0 without files."""
    lines = _lines([r for r in ranges if r is not None])
    if not lines:
        return 1.0 if ranges else 0.0
    begins, ends = sorted(low for low, _ in lines), sorted(high for _, high in lines)
    covered = _covered(begins, ends)
    reads = 0.0
    for low, high in lines:
        at_point = bisect_right(begins, low) - bisect_left(ends, low)
        mean = (covered[high] - covered[low]) / (high - low) if high > low else at_point
        reads += min(max(mean, 1.0), len(lines))  # what doubles lose is less than a file
    return (reads / len(lines) + len(ranges) - len(lines)) / len(ranges)


def _covered(begins: Sequence[float], ends: Sequence[float]) -> dict[float, float]:
    """For each place where a range begins or ends: the lengths of all ranges up to there, added up."""
    places = sorted({*begins, *ends})
    told, total = {places[0]: 0.0}, 0.0
    for place, following in pairwise(places):
        total += (bisect_right(begins, place) - bisect_right(ends, place)) * (following - place)
        told[following] = total
    return told


def _lines(ranges: Sequence[Range]) -> list[tuple[float, float]]:
    """The ranges on a line, near enough to measure them."""
    texts = [value for r in ranges for value in r if isinstance(value, str)]
    shared = _shared(min(texts), max(texts)) if texts else 0
    told = ((_place(low, shared), _place(high, shared)) for low, high in ranges)
    return [(min(pair), max(pair)) for pair in told]


def _shared(least: str, greatest: str) -> int:
    """How many characters all texts between the two begin with."""
    pairs = enumerate(zip(least, greatest, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(least), len(greatest)))


def _place(value: Value, shared: int) -> float:
    """Texts lie by the bytes that follow what all have in common, times by their seconds, dates by their days."""
    if isinstance(value, str):
        return float(int.from_bytes(value[shared:].encode()[:6].ljust(6, b"\0"), "big"))
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return float(value.toordinal())
    number = float(value)
    return 0.0 if isnan(number) else min(max(number, -_FAR), _FAR)


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
