"""The keys of rows that came or went, and of no row that was only written anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine, Input
from lakekit.sql.merging import CAME, WENT, Moved, moved_keys_query

Land = Callable[[str], str]
Row = tuple[int | None, str | None]

COLUMNS = (TableColumn("k", "long"), TableColumn("d", "string"))
ROWS = st.lists(st.tuples(st.sampled_from([1, 2, None]), st.sampled_from(["a", "b", None])), max_size=5)


def landed(land: Land, rows: list[Row]) -> Input:
    told = ", ".join(f"({'null' if k is None else k}::bigint, {f'{d!r}' if d else 'null'}::varchar)" for k, d in rows)
    query = f"select * from (values {told}) as t(k, d)" if rows else "select 1::bigint k, 'a' d where false"
    return Input((land(query),), columns=COLUMNS)


def keys(engine: Engine, land: Land, came: list[Row], went: list[Row], columns: tuple[str, ...]) -> Counter[object]:
    inputs = {CAME: landed(land, came), WENT: landed(land, went)}
    found = engine.rows(moved_keys_query([Moved(CAME, WENT, columns)], ["k"]), inputs)
    return Counter(None if k is None else int(str(k)) for (k,) in found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, *settings().suppress_health_check])
@given(ROWS, ROWS)
def test_a_row_counts_that_one_side_has_more_often(
    engine: Engine, land_typed: Land, came: list[Row], went: list[Row]
) -> None:
    differ = (Counter(came) - Counter(went)) + (Counter(went) - Counter(came))
    assert keys(engine, land_typed, came, went, ("k", "d")) == Counter({k for k, _ in differ})


@pytest.mark.parametrize("came", [[(1, "a"), (2, "b")], [(2, "b")]])
def test_without_columns_to_compare_every_row_counts(engine: Engine, land_typed: Land, came: list[Row]) -> None:
    assert keys(engine, land_typed, came, [(1, "a")], ()) == Counter([1, 2])


def test_keys_of_several_inputs_are_told_once(engine: Engine, land_typed: Land) -> None:
    inputs = {"one": landed(land_typed, [(1, "a")]), "two": landed(land_typed, [(1, "b"), (None, "b")])}
    query = moved_keys_query([Moved("one"), Moved("", "two", ("k", "d"))], ["k"])
    assert Counter(map(str, (k for (k,) in engine.rows(query, inputs)))) == Counter(["1", "None"])
