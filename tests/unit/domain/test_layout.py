"""What a look-up has to read, from the ranges of files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.layout import Partition, Range, mergeable, read_share, share_clustered, share_now
from lakekit.domain.values import Value

ranges = st.tuples(st.integers(-20, 20), st.integers(-20, 20)).map(lambda r: (min(r), max(r)))
files = st.lists(st.none() | ranges, max_size=30)


def looked_up(told: Sequence[Range | None]) -> Fraction:
    """The same by laying each file beside each other."""
    known = [r for r in told if r is not None]
    if not known:
        return Fraction(bool(told))
    reads = sum((overlap(one, other) for one in known for other in known), Fraction(0))
    return (reads / len(known) + len(told) - len(known)) / len(told)


def overlap(one: Range, other: Range) -> Fraction:
    """The part of one that lies within the other."""
    (a, b), (c, d) = one, other
    if a == b:
        return Fraction(c <= a <= d)  # type: ignore[operator]
    return Fraction(max(0, min(b, d) - max(a, c)), b - a)  # type: ignore[operator,type-var]


@given(files)
def test_a_share_is_what_look_ups_read(told: list[Range | None]) -> None:
    assert read_share(told) == pytest.approx(float(looked_up(told)))


@given(st.lists(ranges, min_size=1, max_size=30), st.randoms())
def test_a_share_lies_between_one_file_and_all_whatever_their_order(told: list[Range], random: object) -> None:
    share = read_share(told)
    assert 1 / len(told) <= share * 1.000001 <= 1.00001
    random.shuffle(told)  # type: ignore[attr-defined]
    assert read_share(told) == pytest.approx(share)


@pytest.mark.parametrize("count", [1, 7])
def test_files_apart_are_read_one_by_one_and_equal_ones_all(count: int) -> None:
    assert read_share([(10 * i, 10 * i + 9) for i in range(count)]) == pytest.approx(1 / count)
    assert read_share([(0, 9)] * count) == 1


@pytest.mark.parametrize(
    "values",
    [
        [f"customer-{n:06}" for n in range(0, 9000, 1000)],
        [datetime(2026, 1, n, tzinfo=UTC) for n in range(1, 10)],
        [datetime(2026, 1, n) for n in range(1, 10)],  # noqa: DTZ001 - a column without a time zone
        [date(2026, 1, n) for n in range(1, 10)],
        [Decimal(n) for n in range(9)],
        [float("-inf"), *map(float, range(7)), float("inf")],
    ],
    ids=["texts", "times", "local times", "dates", "decimals", "infinite"],
)
def test_values_of_each_kind_lie_on_a_line(values: list[Value]) -> None:
    apart = list(pairwise(values))
    assert read_share(apart) == pytest.approx(1 / len(apart), rel=0.01)
    assert read_share([(values[0], values[-1])] * 8) == 1


def test_ranges_that_hardly_differ_count_as_the_same() -> None:
    assert read_share([(n, 1000 - n) for n in range(12)]) > 0.95


def test_batches_that_look_back_a_little_overlap_a_little() -> None:
    assert read_share([(10 * n - 1, 10 * n + 10) for n in range(10)]) == pytest.approx(0.12, abs=0.02)


def test_a_file_without_a_range_is_always_read() -> None:
    assert read_share([(0, 1), (2, 3), None]) == pytest.approx(2 / 3)
    assert (read_share([None]), read_share([])) == (1, 0)


def test_partitions_count_by_their_bytes_and_files_apart_in_each() -> None:
    both = [Partition((3, 3), {"a": ((0, 1), (2, 3))}), Partition((2,), {"a": ((0, 3),)})]
    assert share_now(both, "a") == pytest.approx((3 + 2) / 8)
    assert share_now(both, "b") == 1
    assert share_now([], "a") == 0


def test_more_columns_prune_less_each() -> None:
    table = [Partition((100,) * 16)]
    assert [share_clustered(table, columns, 100) for columns in (1, 2)] == pytest.approx([1 / 16, 1 / 4])
    assert share_clustered([Partition((10,) * 16)], 1, 1000) == 1


def test_a_lone_small_file_of_a_partition_has_nothing_to_be_joined_with() -> None:
    assert mergeable([Partition((1, 9, 1)), Partition((1,)), Partition(())], 5) == 2
