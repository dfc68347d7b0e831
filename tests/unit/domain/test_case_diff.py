"""How rows differ from those that were expected."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.alike import canonical
from lakekit.domain.case_diff import Change, compare

ROWS = st.lists(st.tuples(*[st.sampled_from(["a", "b", None])] * 3), max_size=8)
NAMES = ("x", "y", "z")


@given(ROWS, ROWS)
def test_a_difference_makes_what_was_made_of_what_was_expected(expected: list, made: list) -> None:
    diff = compare(NAMES, expected, made, ordered=False)
    told = Counter(expected)
    told.subtract([*diff.missing, *(c.expected for c in diff.changed)])
    told.update([*diff.unexpected, *(c.made for c in diff.changed)])
    assert +told == Counter(made)
    assert diff.empty == (Counter(expected) == Counter(made))
    assert all(sum(a != b for a, b in zip(c.expected, c.made, strict=True)) == 1 for c in diff.changed)


@given(ROWS, st.randoms())
def test_an_order_is_nothing_unless_asked_for(rows: list, random) -> None:
    shuffled = random.sample(rows, len(rows))
    assert compare(NAMES, rows, shuffled, ordered=False).empty
    assert compare(NAMES, rows, shuffled, ordered=True).empty == (rows == shuffled)


def test_the_nearest_rows_are_paired() -> None:
    diff = compare(NAMES, [("a", "b", "c"), ("q", "q", "q")], [("a", "b", "x"), ("r", "s", "t")], ordered=False)
    assert diff.changed == (Change(("a", "b", "c"), ("a", "b", "x")),)
    assert (diff.missing, diff.unexpected) == ((("q", "q", "q"),), (("r", "s", "t"),))


def test_cells_are_shown_by_their_column() -> None:
    diff = compare(("x", "y"), [("a", "b")], [("c", "d"), ("a", "e")], ordered=False)
    told = diff.told(lambda name, cell: f"{name}:{cell}")
    assert told.unexpected == (("x:c", "y:d"),)
    assert told.changed == (Change(("x:a", "y:b"), ("x:a", "y:e")),)


def test_texts_of_one_value_are_one_text() -> None:
    alike = [
        ("double", ["1", "1.0", "1e0", "+1"]),
        ("double", ["-0.0", "0"]),
        ("double", ["NaN", "nan"]),
        ("decimal(10,2)", ["1", "1.0", "01.00"]),
        ("timestamp", ["2026-01-31", "2026-01-31T00:00:00Z", "2026-01-31 02:00:00+02:00"]),
        ("timestamp_ntz", ["2026-01-31T00:00:00", "2026-01-31T00:00:00.000000Z"]),
        ("short", ["7", "+7"]),
        ("array<double>", ["[1.0, 2]", "[1,2.0]"]),
        ("struct<a:int,b:int>", ['{"a": 1, "b": null}', '{"a":1}']),
    ]
    for ddl, texts in alike:
        assert len({canonical(text, ddl) for text in texts}) == 1, ddl
        assert canonical(texts[0], ddl) is not None, ddl
    unlike = [("string", ["1", "1.0"]), ("array<int>", ["[1]", "[1,1]"]), ("double", ["0.1", "0.10000001"])]
    for ddl, texts in unlike:
        assert len({canonical(text, ddl) for text in texts}) == 2, ddl
    assert [canonical("x", ddl) for ddl in ("int", "date", "boolean", "map<string,int>")] == [None] * 4
