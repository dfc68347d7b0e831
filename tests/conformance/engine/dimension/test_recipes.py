"""Cases in which recipes for MERGE that are written by hand are known to go wrong, each with what should come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from attrs import frozen

from lakekit.domain.dimension import Dimension, Snapshots
from lakekit.ports.engine import Engine
from tests.conformance.engine.dimension.examples import feed, versions
from tests.conformance.engine.dimension.feeds import Land, comparable

pytestmark = pytest.mark.embedded
"""That Spark makes of any feed what plain Python does, `test_versions` shows; seventy queries more take minutes."""

PLAIN = Dimension(("k",), ("t",), drop=("t",))
NULLS = Dimension(("k",), ("t",), drop=("t",), ignore_nulls=True, truncate_when="…")
CUT = Dimension(("k",), ("t",), drop=("t",), truncate_when="…", snapshots=Snapshots(scope=("a",)))
ALL = Dimension(("k",), ("t",), drop=("t",), snapshots=Snapshots(), ignore_nulls=True)
TWO = Dimension(("k",), ("t", "n"), drop=("t", "n"))
LATE = Dimension(("k",), ("t",), drop=("t",), track=("a",))
NAN = float("nan")


@frozen
class Case:
    dimension: Dimension
    rows: Sequence[Sequence[object]]
    expected: Sequence[Sequence[object]]
    types: str = "k int, a string, b string, t int"


CASES: Mapping[str, Case] = {
    "two values that make one text": Case(
        PLAIN, [(1, "a", "bc", 1), (1, "ab", "c", 2)], [(1, "a", "bc", 1, 2), (1, "ab", "c", 2, None)]
    ),
    "a value and nothing change places": Case(
        PLAIN, [(1, "x", None, 1), (1, None, "x", 2)], [(1, "x", None, 1, 2), (1, None, "x", 2, None)]
    ),
    "a value becomes NULL": Case(
        PLAIN, [(1, "x", "", 1), (1, None, "", 2)], [(1, "x", "", 1, 2), (1, None, "", 2, None)]
    ),
    "NULL becomes a value": Case(
        PLAIN, [(1, None, "", 1), (1, "x", "", 2)], [(1, None, "", 1, 2), (1, "x", "", 2, None)]
    ),
    "NULL stays NULL": Case(PLAIN, [(1, None, "b", 1), (1, None, "b", 2)], [(1, None, "b", 1, None)]),
    "NULL is not the empty text": Case(
        PLAIN, [(1, "", "b", 1), (1, None, "b", 2)], [(1, "", "b", 1, 2), (1, None, "b", 2, None)]
    ),
    "NULL is not the word": Case(
        PLAIN, [(1, "NULL", "b", 1), (1, None, "b", 2)], [(1, "NULL", "b", 1, 2), (1, None, "b", 2, None)]
    ),
    "several changes of a key in one batch": Case(
        PLAIN,
        [(1, "a", "", 1), (1, "b", "", 2), (1, "c", "", 3)],
        [(1, "a", "", 1, 2), (1, "b", "", 2, 3), (1, "c", "", 3, None)],
    ),
    "there and back": Case(
        PLAIN,
        [(1, "a", "", 1), (1, "b", "", 2), (1, "a", "", 3)],
        [(1, "a", "", 1, 2), (1, "a", "", 3, None), (1, "b", "", 2, 3)],
    ),
    "a late event splits a version": Case(
        PLAIN,
        [(1, "a", "", 1), (1, "c", "", 9), (1, "b", "", 5)],
        [(1, "a", "", 1, 5), (1, "b", "", 5, 9), (1, "c", "", 9, None)],
    ),
    "a late event before all others": Case(
        PLAIN, [(1, "b", "", 5), (1, "a", "", 1)], [(1, "a", "", 1, 5), (1, "b", "", 5, None)]
    ),
    "a late event that changes nothing": Case(
        PLAIN, [(1, "a", "", 1), (1, "a", "", 9), (1, "a", "", 5)], [(1, "a", "", 1, None)]
    ),
    "a late event between events that told the same": Case(
        PLAIN,
        [(1, "a", "", 1), (1, "a", "", 5), (1, "b", "", 3)],
        [(1, "a", "", 1, 3), (1, "a", "", 5, None), (1, "b", "", 3, 5)],
    ),
    "a late event in a column that is not tracked": Case(
        LATE,
        [(1, "a", "1", 1), (1, "c", "3", 9), (1, "a", "2", 5)],
        [(1, "a", "2", 1, 9), (1, "c", "3", 9, None)],
    ),
    "a delete before its insert": Case(PLAIN, [(1, None, None, 5, "D"), (1, "a", "", 1)], [(1, "a", "", 1, 5)]),
    "a delete of what never was": Case(PLAIN, [(1, None, None, 5, "D")], []),
    "a delete twice": Case(
        PLAIN, [(1, "a", "", 1), (1, None, None, 5, "D"), (1, None, None, 7, "D")], [(1, "a", "", 1, 5)]
    ),
    "a delete later than another that came first": Case(
        PLAIN, [(1, "a", "", 1), (1, None, None, 7, "D"), (1, None, None, 5, "D")], [(1, "a", "", 1, 5)]
    ),
    "an insert again, the same": Case(
        PLAIN,
        [(1, "a", "", 1), (1, None, None, 5, "D"), (1, "a", "", 7)],
        [(1, "a", "", 1, 5), (1, "a", "", 7, None)],
    ),
    "an insert again, the same as its delete tells": Case(
        PLAIN,
        [(1, "a", "", 1), (1, "a", "", 5, "D"), (1, "a", "", 7)],
        [(1, "a", "", 1, 5), (1, "a", "", 7, None)],
    ),
    "a duplicate": Case(PLAIN, [(1, "a", "", 1), (1, "a", "", 1)], [(1, "a", "", 1, None)]),
    "several of one moment, of which the last counts": Case(
        TWO,
        [(1, "a", 1, 1), (1, "c", 2, 3), (1, "b", 2, 2), (1, "z", 2, 1, "D")],
        [(1, "a", 1, 2), (1, "c", 2, None)],
        "k int, a string, t int, n int",
    ),
    "an insert and its delete in one moment": Case(
        TWO, [(1, "a", 1, 1), (1, None, 1, 2, "D")], [], "k int, a string, t int, n int"
    ),
    "several in no order but that of the tie-break, in which NULL comes first": Case(
        Dimension(("k",), ("t",), drop=("t", "n"), tie_break=("n",)),
        [(1, "b", 1, None), (1, "c", 1, 2), (1, "a", 1, 1)],
        [(1, "c", 1, None)],
        "k int, a string, t int, n int",
    ),
    "NaN stays NaN": Case(PLAIN, [(1, NAN, 1), (1, NAN, 2), (1, 0.5, 3)], [(1, NAN, 1, 3), (1, 0.5, 3, None)],
        "k int, a double, t int"),
    "entries of a map in another order": Case(
        PLAIN, [(1, {"x": 1, "y": 2}, 1), (1, {"y": 2, "x": 1}, 2), (1, {"x": 2, "y": 1}, 3)],
        [(1, {"x": 1, "y": 2}, 1, 3), (1, {"x": 2, "y": 1}, 3, None)], "k int, a map<string,int>, t int",
    ),
    "items of a list in another order": Case(
        PLAIN, [(1, [1, None], 1), (1, [None, 1], 2)], [(1, [1, None], 1, 2), (1, [None, 1], 2, None)],
        "k int, a array<int>, t int",
    ),
    "keys of two columns that make one text": Case(
        Dimension(("k", "a"), ("t",), drop=("t",)), [("a", "bc", 1), ("ab", "c", 2)],
        [("a", "bc", 1, None), ("ab", "c", 2, None)], "k string, a string, t int",
    ),
    "a NULL leaves what was, but not of another life": Case(
        NULLS,
        [(1, "a", "b", 1), (1, None, "c", 2), (1, None, None, 3, "D"), (1, None, "d", 4)],
        [(1, "a", "b", 1, 2), (1, "a", "c", 2, 3), (1, None, "d", 4, None)],
    ),
    "a NULL in the moment of a truncate": Case(
        NULLS, [(1, "a", "b", 1), (None, None, None, 2, "T"), (1, None, "c", 2)],
        [(1, "a", "b", 1, 2), (1, None, "c", 2, None)],
    ),
    "a NULL in the moment of a snapshot": Case(
        ALL, [(1, "a", "b", 1), (None, None, None, 2, "S"), (1, None, "c", 2)],
        [(1, "a", "b", 1, 2), (1, "a", "c", 2, None)],
    ),
    "a truncate ends keys of every scope": Case(
        CUT, [(1, "x", "", 1), (2, "y", "", 1), (3, None, "", 1), (None, None, None, 2, "T")],
        [(1, "x", "", 1, 2), (2, "y", "", 1, 2), (3, None, "", 1, 2)],
    ),
    "a snapshot ends keys of its scope": Case(
        CUT,
        [(1, "x", "", 1), (2, "y", "", 1), (3, None, "", 1), (None, "x", None, 2, "S"), (None, None, None, 3, "S")],
        [(1, "x", "", 1, 2), (2, "y", "", 1, None), (3, None, "", 1, 3)],
    ),
    "a key that went to another scope": Case(
        CUT, [(1, "x", "", 1), (1, "y", "", 2), (None, "x", None, 3, "S")], [(1, "x", "", 1, 2), (1, "y", "", 2, None)]
    ),
    "a snapshot that comes late": Case(
        CUT, [(1, "x", "", 1), (1, "x", "", 9), (None, "x", None, 5, "S")], [(1, "x", "", 1, 5), (1, "x", "", 9, None)]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_recipes_get_wrong(name: str, engine: Engine, land_typed: Land) -> None:
    case = CASES[name]
    for rows in (case.rows, case.rows[::-1]):
        found = versions(engine, land_typed, feed(case.dimension, case.types, *rows))
        assert found == comparable(case.expected)
