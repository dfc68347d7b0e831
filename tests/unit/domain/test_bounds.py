"""What bounds tell of a file is what its rows hold, or nothing."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.batch import ColumnStats
from lakekit.domain.bounds import combination

COLUMN = st.sampled_from(["a", "b", None])
ROWS = st.integers(1, 2).flatmap(lambda n: st.lists(st.tuples(*[COLUMN] * n), min_size=1, max_size=4))
LACKING = st.sampled_from([(), ("nulls",), ("minimum",), ("maximum",), ("nulls", "minimum", "maximum")])


def stats(values: list[str | None]) -> ColumnStats:
    there = [value for value in values if value is not None]
    return ColumnStats(len(values) - len(there), min(there, default=None), max(there, default=None))


@given(ROWS, st.lists(LACKING, min_size=2, max_size=2))
def test_what_bounds_tell_is_what_the_rows_hold(
    rows: list[tuple[str | None, ...]], lacking: list[tuple[str, ...]]
) -> None:
    known = [
        evolve(stats(list(column)), **dict.fromkeys(without))
        for column, without in zip(zip(*rows, strict=True), lacking, strict=False)
    ]
    told = combination(known, len(rows))
    held = set(rows)
    if told is False:
        assert len(held) > 1
    elif told is not None:
        assert held == {told}


@given(ROWS)
def test_whole_bounds_always_tell(rows: list[tuple[str | None, ...]]) -> None:
    told = combination([stats(list(column)) for column in zip(*rows, strict=True)], len(rows))
    assert told == (rows[0] if len(set(rows)) == 1 else False)
