"""A table of type 2 that others kept becomes events whose dimension has the same versions; what is wrong with it is
found, and taken by one rule."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lakekit.domain.adoption import Fault
from lakekit.domain.dimension import Dimension
from lakekit.ports.engine import Engine, Input
from lakekit.sql.dimension.adopting import counts_query, faulty_keys_query, keys_count_query
from lakekit.sql.dimension.judging import JUDGED, judged_query
from lakekit.sql.dimension.taking import OLD, READ, reading_query, turns_into
from tests.conformance.engine.batches import examples
from tests.conformance.engine.dimension.adopted import NOW, Row, expected, judge, rows_of, taking

Land = Callable[[str], str]
NAMES = st.sampled_from(["a", "b", None])
RANDOM = settings(
    examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture, *settings().suppress_health_check]
)


@st.composite
def faultless(draw: st.DrawFn) -> list[Row]:
    """The versions of some keys, with gaps, in any order."""
    rows = []
    for key in (1, 2, 3):
        begins = sorted(draw(st.sets(st.integers(0, 10), max_size=5)))
        for since, following in itertools.zip_longest(begins, begins[1:]):
            ends = [2 * since + 1, None if following is None else 2 * following]
            rows.append(Row(key, draw(NAMES), 2 * since, draw(st.sampled_from(ends))))
    return draw(st.permutations(rows))


ROWS = st.builds(
    Row,
    st.sampled_from([1, 2, None]),
    NAMES,
    st.one_of(st.none(), st.integers(0, 6)),
    st.one_of(st.none(), st.integers(0, 6)),
    st.sampled_from([False, False, False, True]),
    st.none(),
)


@RANDOM
@given(faultless())
def test_versions_without_a_fault_come_back_as_they_were(
    engine: Engine, land_typed: Land, folders: Iterator[Path], rows: list[Row]
) -> None:
    assume(rows)
    found = judge(engine, land_typed, folders, rows, taking())
    repeated = found.faults.get(Fault.REPEATED, 0)
    assert found.faults.keys() <= {Fault.GAP, Fault.REPEATED}
    assert found.versions == expected(rows)
    assert sum(found.versions.values()) == len(rows) - repeated
    if not repeated:
        assert found.versions == Counter((r.id, r.name, r.since, r.until) for r in rows)


@RANDOM
@given(st.lists(ROWS, min_size=1, max_size=7))
def test_any_rows_are_taken_by_the_rules(
    engine: Engine, land_typed: Land, folders: Iterator[Path], rows: list[Row]
) -> None:
    found = judge(engine, land_typed, folders, rows, taking())
    assume(Fault.TIED not in found.faults)
    assert found.versions == expected(rows)


@RANDOM
@given(st.lists(ROWS, min_size=1, max_size=7))
def test_every_row_is_accounted_for(engine: Engine, land_typed: Land, folders: Iterator[Path], rows: list[Row]) -> None:
    found = judge(engine, land_typed, folders, rows, taking())
    again = found.faults.get(Fault.DUPLICATE, 0)
    ends = found.deletes - sum(r.gone and r.id is not None and r.since is not None for r in set(rows))
    assert found.rows == len(rows)
    assert again == len(rows) - len(set(rows))
    shadowed = found.faults.get(Fault.SAME_START, 0)
    assert 0 <= found.events - (len(rows) - again) - ends <= shadowed


FAULTS = [
    ([Row(1, "a", 1, 3), Row(1, "b", 3)], {}),
    ([Row(1, "a", 1, 3), Row(1, "b", 5)], {Fault.GAP: 1}),
    ([Row(1, "a", 1, 3), Row(1, "a", 3)], {Fault.REPEATED: 1}),
    ([Row(1, "a", 1, 3), Row(1, "a", 5)], {Fault.GAP: 1}),
    ([Row(1, "a", 1, 4), Row(1, "b", 3)], {Fault.OVERLAP: 1}),
    ([Row(1, "a", 1), Row(1, "b", 3, 5)], {Fault.OVERLAP: 1}),
    ([Row(1, "a", 1), Row(1, "b", 3)], {Fault.OVERLAP: 1, Fault.SEVERAL_CURRENT: 1}),
    ([Row(1, "a", 1), Row(2, "b", 3)], {}),
    ([Row(1, "a", 3, 3), Row(1, "b", 3)], {Fault.EMPTY: 1}),
    ([Row(1, "a", 3, 2), Row(1, "b", 3)], {Fault.BACKWARD: 1}),
    ([Row(1, "a", 1, 2), Row(1, "b", 1)], {Fault.SAME_START: 1}),
    ([Row(1, "a", 1, 2), Row(1, "b", 1, 2)], {Fault.SAME_START: 1, Fault.TIED: 1}),
    ([Row(1, "a", 1), Row(1, "b", 1)], {Fault.SAME_START: 1, Fault.TIED: 1}),
    ([Row(1, "a", 1), Row(1, "a", 1)], {Fault.DUPLICATE: 1}),
    ([Row(None, "a", 1), Row(None, "b", 1)], {Fault.NULL_KEY: 2}),
    ([Row(1, "a", None, 2)], {Fault.NULL_START: 1}),
    # Rows that say that the key is gone are no versions: several may be open, and no gap lies before them.
    ([Row(1, "a", 1, 3), Row(1, "a", 3, None, True), Row(1, "a", 4, None, True)], {}),
    ([Row(1, "a", 1, 3), Row(1, "a", 3, 6, True), Row(1, "a", 6)], {}),
    ([Row(1, "a", 1, 3), Row(1, "a", 4, None, True)], {}),
    ([Row(1, "a", 1), Row(1, "a", 3, None, True)], {Fault.OVERLAP: 1}),
]


@pytest.mark.embedded
@pytest.mark.parametrize(("rows", "faults"), FAULTS)
def test_each_fault_is_found(
    engine: Engine, land_typed: Land, folders: Iterator[Path], rows: list[Row], faults: dict[Fault, int]
) -> None:
    assert judge(engine, land_typed, folders, rows, taking()).faults == faults


def test_of_rows_that_begin_at_once_the_version_that_ends_last_counts(
    engine: Engine, land_typed: Land, folders: Iterator[Path]
) -> None:
    rows = [Row(1, "a", 1, 3), Row(1, "b", 1, None, True), Row(2, "c", 1, 5), Row(2, "d", 1, 9), Row(2, "e", 1)]
    found = judge(engine, land_typed, folders, rows, taking())
    assert found.faults == {Fault.SAME_START: 3}
    assert found.versions == Counter([(1, "a", 1, 3), (2, "e", 1, None)])


FLAGS = [
    ([Row(1, "a", 1, 2, current=True)], {Fault.FLAG: 1}),
    ([Row(1, "a", 1, current=False)], {Fault.FLAG: 1}),
    ([Row(1, "a", 1)], {Fault.FLAG: 1}),
    ([Row(1, "a", 1, 2, current=False), Row(1, "b", 2, current=True)], {}),
    ([Row(1, "a", 1, current=True), Row(1, "a", 1, current=False)], {Fault.DUPLICATE: 1}),
]


@pytest.mark.embedded
@pytest.mark.parametrize(("rows", "faults"), FLAGS)
def test_a_flag_that_says_something_else_than_the_end_is_found(
    engine: Engine, land_typed: Land, folders: Iterator[Path], rows: list[Row], faults: dict[Fault, int]
) -> None:
    assert judge(engine, land_typed, folders, rows, taking(is_current="current")).faults == faults


@pytest.mark.parametrize(("cases", "flag"), [(FAULTS, {}), (FLAGS, {"is_current": "current"})])
def test_what_is_found_of_one_key_is_not_told_of_another(
    engine: Engine,
    land_typed: Land,
    folders: Iterator[Path],
    cases: list[tuple[list[Row], dict[Fault, int]]],
    flag: dict[str, str],
) -> None:
    """All of them at once, under keys of their own."""
    rows = [evolve(r, id=r.id and 10 * n + r.id) for n, (of_case, _) in enumerate(cases) for r in of_case]
    found = judge(engine, land_typed, folders, rows, taking(**flag)).faults
    assert found == sum((Counter(faults) for _, faults in cases), Counter())


def judged(engine: Engine, land: Land, folders: Iterator[Path], query: str, **told: object) -> tuple[Input, dict]:
    """The judged rows of a query for DuckDB, whose moments are of the type `start`, and their faults."""
    taken = taking(None, **told)  # type: ignore[arg-type]
    read = engine.write(reading_query(taken), {OLD: Input((land(query),))}, next(folders))
    found = engine.write(judged_query(taken, NOW), {READ: Input(tuple(str(w.path) for w in read))}, next(folders))
    rows = Input(tuple(str(w.path) for w in found))
    (counts,) = engine.rows(counts_query(), {JUDGED: rows})
    return rows, {f: int(str(n)) for f, n in zip(Fault, counts[4:], strict=True) if int(str(n))}


CLOSED = """
SELECT 1::bigint AS id, n AS name, s::{type} AS since, u::{type} AS until, false AS gone, u IS NULL AS current
FROM (VALUES ('a', '2024-01-01', '{first}'), ('b', '2024-02-01', '{second}'), ('c', '2024-03-01', NULL))
  AS t(n, s, u)"""


@pytest.mark.parametrize(
    ("start", "type_", "first", "second"),
    [
        ("date", "date", "2024-01-31", "2024-02-29"),
        ("timestamp", "timestamptz", "2024-01-31 23:59:59", "2024-02-29 23:59:59.999"),
    ],
)
def test_ends_that_are_last_moments_are_suspected_and_read_as_such(
    engine: Engine, land_typed: Land, folders: Iterator[Path], start: str, type_: str, first: str, second: str
) -> None:
    query = CLOSED.format(type=type_, first=first, second=second)
    _, faults = judged(engine, land_typed, folders, query, start=start)
    assert faults == {Fault.GAP: 2, Fault.HAIRLINE: 2}
    _, faults = judged(engine, land_typed, folders, query, start=start, inclusive=True)
    assert faults == {}


@pytest.mark.parametrize(("start", "type_"), [("date", "date"), ("timestamp", "timestamptz")])
def test_an_end_in_the_future_is_suspected_where_it_stands_for_none(
    engine: Engine, land_typed: Land, folders: Iterator[Path], start: str, type_: str
) -> None:
    query = CLOSED.format(type=type_, first="2024-02-01", second="2024-03-01").replace("NULL))", "'9999-12-31'))")
    _, faults = judged(engine, land_typed, folders, query, start=start)
    assert faults == {Fault.FUTURE_END: 1}
    _, faults = judged(engine, land_typed, folders, query, start=start, open_end="9999-12-31")
    assert faults == {}


def test_a_null_that_the_dimension_would_ignore_is_found(
    engine: Engine, land_typed: Land, folders: Iterator[Path]
) -> None:
    rows = [Row(1, "a", 1, 2), Row(1, None, 2, 3), Row(1, "b", 5)]
    ignoring = taking(Dimension(("id",), ("at",), ignore_nulls=True))
    assert judge(engine, land_typed, folders, rows, ignoring).faults == {Fault.GAP: 1, Fault.LOST_NULL: 1}
    assert judge(engine, land_typed, folders, rows, taking()).faults == {Fault.GAP: 1}


def test_keys_are_counted_and_a_few_of_the_faulty_shown(
    engine: Engine, land_typed: Land, folders: Iterator[Path]
) -> None:
    rows = [Row(n, "a", 3, 2) for n in range(6)] + [Row(None, "a", 3), Row(9, "b", 1)]
    found, _ = judged(engine, land_typed, folders, rows_of(rows))
    ((keys,),) = engine.rows(keys_count_query(taking()), {JUDGED: found})
    shown = engine.rows(faulty_keys_query(taking(), Fault.BACKWARD, 3), {JUDGED: found})
    assert int(str(keys)) == 7
    assert [str(key) for (key,) in shown] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("told", "means"),
    [("'True'", True), ("'false'", False), ("' Y '", True), ("1", True), ("0", False), ("NULL", False)],
)
def test_flags_are_texts_numbers_or_truths(
    engine: Engine, land_typed: Land, folders: Iterator[Path], told: str, means: bool
) -> None:
    type_ = "varchar" if "'" in told else "integer"
    query = rows_of([Row(1, "a", 1)]).replace("gone::boolean", f"{told}::{type_}")
    taken = taking()
    taken.old["gone"] = "string" if "'" in told else "int"  # type: ignore[index]
    read = engine.write(reading_query(taken), {OLD: Input((land_typed(query),))}, next(folders))
    found = engine.write(judged_query(taken, NOW), {READ: Input(tuple(str(w.path) for w in read))}, next(folders))
    (counts,) = engine.rows(counts_query(), {JUDGED: Input(tuple(str(w.path) for w in found))})
    assert int(str(counts[1])) == means


def test_types_that_hold_each_value_are_taken() -> None:
    for before, now in (("int", "long"), ("short", "int"), ("date", "timestamp"), ("timestamp_ntz", "timestamp")):
        assert turns_into(before, now)
    for before, now in (("long", "int"), ("timestamp", "date"), ("string", "timestamp"), ("int", "string")):
        assert not turns_into(before, now)
