"""Text in columns."""

from __future__ import annotations

import click
from hypothesis import given
from hypothesis import strategies as st

from lakekit.cli.grid import fitting, grid

CELL = st.text(st.characters(codec="ascii", exclude_characters=" ", categories=["L", "N"]), min_size=1, max_size=12)


def test_numbers_stand_flush_right_and_texts_flush_left() -> None:
    assert [click.unstyle(line) for line in grid(("name", ">rows"), [("a", "1"), ("longer", "12,345")])] == [
        "name      rows",
        "a            1",
        "longer  12,345",
    ]


def test_styles_take_no_room() -> None:
    styled = grid(("a", "b"), [(click.style("xx", fg="red"), "y"), ("zz", "y")])
    assert click.unstyle(styled[1]) == "xx  y"
    assert styled[2] == "zz  y"


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
def test_every_cell_stands_whole_in_its_column(rows: list[tuple[str, str, str]]) -> None:
    lines = [click.unstyle(line).split() for line in grid(("x", ">y", "z"), rows)]
    assert lines[1:] == [list(row) for row in rows]


def test_the_first_that_fits_is_taken_and_otherwise_the_last() -> None:
    wide, narrow = ["x" * 90], ["x" * 70]
    assert fitting(100, wide, narrow) is wide
    assert fitting(80, wide, narrow) is narrow
    assert fitting(10, wide, narrow) is narrow
