"""Two versions of a table differ in the rows that one has more often than the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from lakekit.domain.schema import TEXT_MAP_TYPE, TableColumn
from lakekit.ports.engine import Engine, Input
from lakekit.sql.difference import AFTER, BEFORE, difference_query

COLUMNS = (
    TableColumn("id", "long"),
    TableColumn("v", "double"),
    TableColumn("_extra", TEXT_MAP_TYPE),
    TableColumn("_batch_id", "long"),
)
Land = Callable[[str], str]
Side = tuple[str, ...] | None


def rows(*told: tuple[str, str, str, int]) -> str:
    values = ", ".join(f"({i}::bigint, {v}::double, {x}::map(varchar, varchar), {b}::bigint)" for i, v, x, b in told)
    return f"select * from (values {values}) as t(id, v, _extra, _batch_id)"


def difference(
    engine: Engine,
    land: Land,
    before: Sequence[str],
    after: Sequence[str],
    columns: tuple[Sequence[TableColumn], Sequence[TableColumn]] = (COLUMNS, COLUMNS),
) -> list[tuple[object, ...]]:
    told = {BEFORE: (before, columns[0]), AFTER: (after, columns[1])}
    inputs = {n: Input(tuple(map(land, q)), columns=tuple(c)) for n, (q, c) in told.items() if q}
    query = difference_query(*(c if q else None for q, c in told.values()))
    return [tuple(None if v is None else int(str(v)) for v in row) for row in engine.rows(query, inputs)]


ONE, TWO = ("1", "'nan'", "map {'a': 'b'}", 1), ("null", "null", "null", 2)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([rows(ONE, TWO)], [rows(TWO), rows(ONE)], []),
        ([rows(ONE, ONE)], [rows(ONE)], [(1, 0, 1)]),
        ([rows(ONE)], [rows(ONE, ONE, ONE, TWO)], [(1, 2, 0), (2, 1, 0)]),
        ([], [rows(ONE, TWO, TWO)], [(1, 1, 0), (2, 2, 0)]),
        ([rows(ONE)], [], [(1, 0, 1)]),
        ([rows(ONE)], [rows(("1", "'nan'", "map {'a': 'c'}", 1))], [(1, 1, 1)]),
        ([rows(ONE)], [rows(("1", "null", "map {'a': 'b'}", 1))], [(1, 1, 1)]),
    ],
    ids=["rewritten", "once less", "more", "only after", "only before", "map", "null"],
)
def test_rows_count_as_often_as_they_stand_there(
    before: list[str], after: list[str], expected: list[object], engine: Engine, land_typed: Land
) -> None:
    assert difference(engine, land_typed, before, after) == expected


def test_a_column_that_was_not_there_is_null(engine: Engine, land_typed: Land) -> None:
    old = "select 1::bigint as id, 7::bigint as _batch_id"
    new = "select 1::bigint as id, 7::bigint as _batch_id, null::varchar as note"
    filled = "select 1::bigint as id, 7::bigint as _batch_id, 'x' as note"
    columns = (TableColumn("id", "long"), TableColumn("_batch_id", "long"))
    wider = (columns, (*columns, TableColumn("note", "string")))
    assert difference(engine, land_typed, [old], [new], wider) == []
    assert difference(engine, land_typed, [old], [filled], wider) == [(7, 1, 1)]


@pytest.mark.parametrize(
    ("narrow", "wide", "value"),
    [
        (("int", "5::integer"), ("long", "5::bigint"), "6::bigint"),
        (("long", "5::bigint"), ("decimal(21,2)", "5::decimal(21,2)"), "5.01::decimal(21,2)"),
        (("decimal(3,1)", "0.5::decimal(3,1)"), ("decimal(5,3)", "0.5::decimal(5,3)"), "0.501::decimal(5,3)"),
        (("float", "0.1::float"), ("double", "0.1::float::double"), "0.1::double"),
    ],
    ids=lambda told: told[0],
)
def test_a_column_that_was_widened_is_compared_as_it_is_now(
    narrow: tuple[str, str], wide: tuple[str, str], value: str, engine: Engine, land_typed: Land
) -> None:
    types = ((TableColumn("id", narrow[0]),), (TableColumn("id", wide[0]),))
    old = [f"select {narrow[1]} as id"]
    assert difference(engine, land_typed, old, [f"select {wide[1]} as id"], types) == []
    assert difference(engine, land_typed, old, [f"select {value} as id"], types) == [(None, 1, 1)]
    assert difference(engine, land_typed, [f"select {wide[1]} as id"], old, types[::-1]) == []


def test_a_column_of_another_type_is_compared_as_text(engine: Engine, land_typed: Land) -> None:
    types = ((TableColumn("id", "long"),), (TableColumn("id", "string"),))
    told = (["select 1::bigint as id"], ["select '1' as id"])
    assert difference(engine, land_typed, *told, types) == []
    assert difference(engine, land_typed, told[0], ["select '01' as id"], types) == [(None, 1, 1)]


def test_nested_columns_are_compared_by_what_they_hold(engine: Engine, land_typed: Land) -> None:
    types = (TableColumn("v", "array<struct<m:map<string,long>>>"), TableColumn("b", "binary"))
    wider = (types, (*types, TableColumn("n", "map<string,long>")))
    told = "select [{'m': map {'x': 1::bigint, 'y': 2::bigint}}] as v, '\\xFF'::blob as b"
    turned = "select [{'m': map {'y': 2::bigint, 'x': 1::bigint}}] as v, '\\xFF'::blob as b"
    another = "select [{'m': map {'y': 3::bigint, 'x': 1::bigint}}] as v, '\\xFF'::blob as b"
    empty, filled = "null::map(varchar, bigint)", "map {'x': 1::bigint}"
    assert difference(engine, land_typed, [told], [turned], (types, types)) == []
    assert difference(engine, land_typed, [told], [another], (types, types)) == [(None, 1, 1)]
    assert difference(engine, land_typed, [told], [f"{turned}, {empty} as n"], wider) == []
    assert difference(engine, land_typed, [told], [f"{turned}, {filled} as n"], wider) == [(None, 1, 1)]
