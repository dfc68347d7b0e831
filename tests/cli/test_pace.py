"""Rates, what remains, and how they are told."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.cli import pace
from lakekit.cli.pace import Pace

STEPS = st.lists(st.tuples(st.floats(0, 1e4), st.integers(-(10**12), 10**12)), max_size=30)


def paced(looks: list[tuple[float, int]]) -> Pace:
    """The pace after looks at these times and amounts, the first of them where it began."""
    (began, amount), *others = looks
    return reduce(lambda now, look: now.seen(*look), others, Pace(began, began, amount))


def looks(steps: list[tuple[float, int]]) -> list[tuple[float, int]]:
    at, amount, found = 100.0, 0, [(100.0, 0)]
    for passed, more in steps:
        at, amount = at + passed, max(0, amount + more)
        found.append((at, amount))
    return found


def test_what_comes_evenly_has_its_rate_however_often_one_looks() -> None:
    for every in (0.1, 1.0, 7.0):
        found = paced([(n * every, int(n * every * 1000)) for n in range(100)])
        assert found.rate == pytest.approx(1000, rel=0.02)
        assert found.remaining(found.amount + 5000) == pytest.approx(5, rel=0.02)


def test_what_comes_in_bursts_is_smoothed() -> None:
    rates = [paced([(n / 8, n // 16 * 2000) for n in range(last)]).rate or 0 for last in range(160, 240)]
    assert max(rates) < 1.5 * min(rates)


def test_a_rate_follows_a_change_of_speed() -> None:
    slow = [(float(n), n * 10) for n in range(60)]
    fast = [(60.0 + n, 600 + n * 1000) for n in range(60)]
    assert paced([*slow, *fast]).rate == pytest.approx(1000, rel=0.01)


def test_nothing_is_told_of_the_first_moments_nor_where_nothing_comes() -> None:
    assert paced([(0, 0), (0.5, 100)]).rate is None
    assert paced([(0, 0), (60, 0)]).rate is None
    assert paced([(0, 0), (60, 0)]).remaining(10) is None
    assert paced([(0, 0), (2, 100)]).remaining(None) is None


def test_what_nobody_would_live_to_see_is_not_told() -> None:
    assert paced([(0, 0), (10, 1)]).remaining(10**9) is None


@given(STEPS)
def test_a_rate_is_never_below_nothing_nor_above_the_fastest_moment(steps: list[tuple[float, int]]) -> None:
    told = looks(steps)
    moments = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(told) if b[0] > a[0]]
    rate = paced(told).rate
    assert rate is None or 0 < rate <= max(moments) * 1.001 + 1e-6


@given(STEPS, st.integers(0, 10**13))
def test_what_remains_is_never_below_nothing_and_less_the_more_is_done(
    steps: list[tuple[float, int]], total: int
) -> None:
    found = paced(looks(steps))
    left, more = found.remaining(total), found.remaining(total + 10**6)
    assert left is None or left >= 0
    assert left is None or more is None or left <= more


@given(st.integers(-10, 10**15), st.integers(-10, 10**15), st.integers(0, 10**12))
def test_a_share_lies_between_nothing_and_all_and_grows_with_what_is_done(done: int, total: int, more: int) -> None:
    assert 0 <= pace.share(done, total) <= pace.share(done + more, total) <= 1


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0 rows"),
        (999, "999 rows"),
        (1000, "1.00 k rows"),
        (999_499, "999 k rows"),
        (999_500, "1.00 M rows"),
        (3_412_345, "3.41 M rows"),
        (34_123_456, "34.1 M rows"),
        (5_300_000_000, "5.30 G rows"),
    ],
)
def test_rows_have_three_digits(count: int, told: str) -> None:
    assert pace.rows(count) == told


@given(st.integers(0, 10**15 - 1))
def test_rows_are_told_in_no_more_room_than_a_column_has(count: int) -> None:
    assert len(pace.rows(count)) <= 11


@pytest.mark.parametrize(
    ("done", "total", "told"),
    [
        (1_200_000_000, 5_300_000_000, "1.2 GB of 5.3 GB"),
        (0, 5_300_000_000, "5.3 GB"),
        (850, None, "850 B"),
        (0, None, ""),
        (7_000, 5_000, "5.0 kB of 5.0 kB"),
    ],
)
def test_bytes_are_told_with_how_many_there_are(done: int, total: int | None, told: str) -> None:
    assert pace.of(done, total) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-3, "0:00"),
        (0.2, "0:00"),
        (59.4, "0:59"),
        (59.6, "1:00"),
        (200, "3:20"),
        (3599.7, "1:00:00"),
        (3912, "1:05:12"),
    ],
)
def test_time_is_told_as_a_stop_watch_does(seconds: float, told: str) -> None:
    assert pace.span(seconds) == told


def test_a_rate_is_told_in_bytes_or_rows() -> None:
    assert pace.rate(210_400_000.7, "bytes") == "210 MB/s"
    assert pace.rate(85_200, "rows") == "85.2 k rows/s"
