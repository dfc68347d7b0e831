"""A row that was seen before is recognised; a row that only looks like one is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from lakekit.domain.contract import Column, Contract
from lakekit.domain.schema import bronze_columns
from lakekit.domain.types import parse_type
from lakekit.domain.watermark import NullWatermark, Watermark
from lakekit.ports.engine import Engine, Input, Written
from lakekit.sql.duplicates import CANDIDATES, WINDOW, candidates_query, duplicates_query
from lakekit.sql.lanes import ACCEPTED, lanes_query
from lakekit.sql.tree import column, table
from tests.conformance.engine.batches import STAMP, Part, examples, landed, lane
from tests.conformance.engine.conftest import Texts

COLUMNS = (
    Column("id", parse_type("int")),
    Column("at", parse_type("int")),
    Column("name", parse_type("string"), null_markers=()),
    Column("price", parse_type("double")),
)
KEYED, KEYLESS = Contract("c", COLUMNS, ("id",)), Contract("c", COLUMNS)
NAMES = ("id", "at", "name", "price")
Row = tuple[str | None, ...]


def files(written: Sequence[Written]) -> Input:
    return Input(tuple(str(w.path) for w in written))


def publish(
    engine: Engine, land: Texts, folders: Iterator[Path], contract: Contract, rows: Sequence[Row]
) -> Input | None:
    """Rows of an earlier batch, as bronze has them."""
    groups, inputs = landed(engine, land, [Part(NAMES, tuple(rows), "s", None)])
    lanes = engine.write(lanes_query(contract, "at", groups, STAMP), inputs, next(folders))
    accepted = lane(lanes, ACCEPTED)
    return Input(files(accepted).files, columns=bronze_columns(contract)) if accepted else None


def duplicates(
    engine: Engine,
    land: Texts,
    folders: Iterator[Path],
    contract: Contract,
    parts: Sequence[Part],
    window: Input | None = None,
    boundary: int | None = None,
    unplaced: bool = False,
) -> list[tuple[int, int]]:
    """(part, row) of the duplicates, as the app finds them."""
    groups, inputs = landed(engine, land, parts)
    mark = None if boundary is None else Watermark("int", str(boundary))
    query = candidates_query(contract, "at", groups, mark, unplaced=unplaced)
    candidates = engine.write(query, inputs, next(folders)) if query is not None else ()
    if not candidates:
        return []
    told = {CANDIDATES: files(candidates), **({WINDOW: window} if window else {})}
    low = Watermark("int", "1")
    query = duplicates_query(contract, window=bool(window), cursor="at", low=low, unplaced=unplaced)
    found = engine.write(query, told, next(folders))
    if not found:
        return []
    place = exp.Select(expressions=[column("_file"), column("_row")]).from_(table("d"))
    order = sorted(file for group in groups for file in group.parts)
    return sorted((order.index(str(file)), int(str(row))) for file, row in engine.rows(place, {"d": files(found)}))


def part(*rows: Row) -> Part:
    return Part(NAMES, rows, "s", None)


VALUES = st.sampled_from([None, "", "a", "A", "1"])
PLACES = ["1", "2", "3", "4"]


def rows_at(places: Sequence[str | None]) -> st.SearchStrategy[list[Row]]:
    prices = st.sampled_from(["", "1.5", "15e-1", "x"])
    return st.lists(st.tuples(st.sampled_from(["1", "2", "3"]), st.sampled_from(places), VALUES, prices), max_size=8)


ROWS, UNPLACED = rows_at(PLACES), rows_at([*PLACES, None, ""])


def content(row: Row) -> Row:
    """15e-1 and 1.5 are one value; an empty price is none, and neither is an empty place."""
    return (row[0], row[1] or None, row[2], {"15e-1": "1.5", "": None}.get(str(row[3]), row[3]))


@pytest.mark.everywhere
@pytest.mark.parametrize("contract", [KEYED, KEYLESS], ids=["with keys", "without keys"])
@examples(25)
@given(before=ROWS, first=ROWS, second=ROWS, boundary=st.none() | st.integers(1, 4))
def test_duplicates_are_those_of_plain_python(
    engine: Engine,
    land: Texts,
    folders: Iterator[Path],
    contract: Contract,
    before: list[Row],
    first: list[Row],
    second: list[Row],
    boundary: int | None,
) -> None:
    overlap = [row for row in before if boundary is not None and int(str(row[1])) <= boundary]
    window = publish(engine, land, folders, contract, overlap)
    found = duplicates(engine, land, folders, contract, [part(*first), part(*second)], window, boundary)
    held = Counter(content(row) for row in overlap if row[3] != "x")
    assert found == (repeated(held, [first, second]) if contract.keys else held_before(held, [first, second]))


@pytest.mark.everywhere
@pytest.mark.parametrize("contract", [KEYED, KEYLESS], ids=["with keys", "without keys"])
@examples(25)
@given(before=UNPLACED, first=UNPLACED, second=UNPLACED, boundary=st.none() | st.integers(1, 4))
def test_rows_without_a_place_are_known_again_wherever_the_table_has_them(
    engine: Engine,
    land: Texts,
    folders: Iterator[Path],
    contract: Contract,
    before: list[Row],
    first: list[Row],
    second: list[Row],
    boundary: int | None,
) -> None:
    once = evolve(contract, null_watermark=NullWatermark.ONCE)
    overlap = [row for row in before if not row[1] or (boundary is not None and int(row[1]) <= boundary)]
    window = publish(engine, land, folders, once, overlap)
    found = duplicates(engine, land, folders, once, [part(*first), part(*second)], window, boundary, unplaced=True)
    held = Counter(content(row) for row in overlap if row[3] != "x")
    assert found == (repeated(held, [first, second]) if contract.keys else held_before(held, [first, second]))


def repeated(held: Counter[Row], parts: Sequence[list[Row]]) -> list[tuple[int, int]]:
    seen, found = set(held), []
    for number, rows in enumerate(parts):
        for place, row in enumerate(rows):
            if row[3] != "x" and content(row) in seen:
                found.append((number, place))
            seen.add(content(row))
    return found


def held_before(held: Counter[Row], parts: Sequence[list[Row]]) -> list[tuple[int, int]]:
    left, found = Counter(held), []
    for number, rows in enumerate(parts):
        for place, row in enumerate(rows):
            if row[3] != "x" and left[content(row)] > 0:
                left[content(row)] -= 1
                found.append((number, place))
    return found


def test_no_value_is_equal_to_no_value_and_to_nothing_else(
    engine: Engine, land: Texts, folders: Iterator[Path]
) -> None:
    rows = [("1", "1", None, None), ("1", "1", "", None), ("1", "1", None, None), ("1", "1", "", "0")]
    assert duplicates(engine, land, folders, KEYED, [part(*rows)]) == [(0, 2)]


def test_texts_that_join_to_the_same_text_are_different(engine: Engine, land: Texts, folders: Iterator[Path]) -> None:
    told = (Column(name, parse_type("string")) for name in ("a", "b"))
    contract = Contract("c", (*COLUMNS[:2], *told), ("id",))
    rows = (("1", "1", "x,", "y"), ("1", "1", "x", ",y"), ("1", "1", "x\x1e\x1fy", "z"), ("1", "1", "x", "y\x1e\x1fz"))
    assert duplicates(engine, land, folders, contract, [Part(("id", "at", "a", "b"), rows, "s", None)]) == []


def test_values_outside_the_contract_tell_rows_apart(engine: Engine, land: Texts, folders: Iterator[Path]) -> None:
    names = (*NAMES, "note")
    rows = (("1", "1", "a", "1", "x"), ("1", "1", "a", "1", "y"), ("1", "1", "a", "1", "x"), ("1", "1", "a", "1", None))
    assert duplicates(engine, land, folders, KEYED, [Part(names, rows, "s", None)]) == [(0, 2)]


def test_columns_that_the_published_files_lack_are_no_value_there(
    engine: Engine, land: Texts, folders: Iterator[Path]
) -> None:
    old = publish(engine, land, folders, KEYED, [("1", "1", "a", "1.5")])
    grown = Contract("c", (*COLUMNS, Column("since", parse_type("date"))), ("id",))
    assert old is not None
    window = Input(old.files, columns=bronze_columns(grown))
    rows = (("1", "1", "a", "1.5", None), ("1", "1", "a", "1.5", "2024-01-01"))
    parts = [Part((*NAMES, "since"), rows, "s", None)]
    assert duplicates(engine, land, folders, grown, parts, window, boundary=1) == [(0, 0)]


def test_without_keys_and_boundary_nothing_is_looked_for(engine: Engine, land: Texts) -> None:
    groups, _ = landed(engine, land, [part(("1", "1", "a", "1"), ("1", "1", "a", "1"))])
    assert candidates_query(KEYLESS, "at", groups, None) is None


def test_nested_values_are_compared_by_what_they_are(engine: Engine, land: Texts, folders: Iterator[Path]) -> None:
    type_ = "struct<tags:map<string,map<string,int>>,n:array<double>>"
    contract = Contract("c", (*COLUMNS[:2], Column("v", parse_type(type_)), Column("b", parse_type("binary"))), ("id",))
    one, other = '{"x":{"a":1,"b":null},"y":{}}', '{"y":{},"x":{"b":null,"a":1}}'
    rows = (
        ("1", "1", f'{{"tags":{one},"n":[1]}}', "ff"),
        ("1", "1", f'{{"n":[1.0],"tags":{other}}}', "FF"),
        ("1", "1", f'{{"n":[1.0,null],"tags":{other}}}', "FF"),
        ("1", "1", f'{{"n":[1.0],"tags":{other}}}', "00"),
        ("1", "1", '{"tags":{"y":{},"x":{"b":2,"a":1}},"n":[1]}', "FF"),
        ("1", "1", None, None),
        ("1", "1", "", ""),
    )
    assert duplicates(engine, land, folders, contract, [Part(("id", "at", "v", "b"), rows, "s", None)]) == [
        (0, 1),
        (0, 6),
    ]
