"""Increments along a column: which rows they read, and where these stand."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lakekit.domain.contract import Column
from lakekit.domain.errors import SourceError
from lakekit.domain.types import parse_type
from tests.unit.files.conftest import Land

DATA = b"id,at\n1,10\n2,x\n\nbad\n3,9\n4,-5\n5,\n6,1e1\n7,010\n8,11\n"


def cursor(type_: str, *markers: str, name: str = "at") -> Column:
    return Column(name, parse_type(type_), null_markers=markers)


def ids(rows: list[tuple[object, ...]]) -> list[object]:
    return [row[0] for row in rows]


def test_texts_are_compared_as_values_of_the_columns_type(land: Land) -> None:
    """By value 9 < 10 and 010 = 10; `x`, the empty text and 1e1 are no integers, so the contract has to judge them."""
    told = land(DATA, cursor=cursor("int"), low="9", high="10")
    assert ids(told.rows) == ["1", "2", "3", "5", "6", "7"]


def test_rows_tell_their_position_among_the_parsed_ones(land: Land) -> None:
    told = land(DATA, cursor=cursor("int"), low="9", high="10")
    assert told.columns == ("id", "at", "__lakekit_row")
    assert [row[2] for row in told.rows] == [1, 2, 3, 5, 6, 7]
    assert told.parts[0].position_column == "__lakekit_row"
    assert told.malformed == [(5, "bad")]


def test_without_an_end_every_row_is_read_and_its_place_tells_its_position(land: Land) -> None:
    told = land(DATA, cursor=cursor("int"))
    assert len(told.rows) == 8
    assert told.parts[0].position_column is None


def test_a_null_marker_is_no_value_even_where_it_could_be_one(land: Land) -> None:
    told = land(DATA, cursor=cursor("int", "-5"), low="11")
    assert ids(told.rows) == ["2", "4", "5", "6", "8"]


def test_an_increment_that_matches_nothing_lands_no_rows(land: Land) -> None:
    told = land(b"id,at\n1,10\n", cursor=cursor("int"), low="11")
    assert told.rows == []
    assert told.parts[0].rows == 0


@pytest.mark.parametrize("header", ["id,updated", "id,At"])
def test_a_file_without_the_column_is_an_error_that_names_a_likely_one(land: Land, header: str) -> None:
    with pytest.raises(SourceError) as caught:
        land(f"{header}\n1,2\n".encode(), cursor=cursor("int"), low="1")
    assert caught.value.code == "source.no_watermark_column"
    assert header.split(",")[1] in caught.value.next


def test_the_column_may_have_any_name(land: Land) -> None:
    told = land(b'id,"a""t, \'x\'"\n1,1\n2,2\n', cursor=cursor("int", name="a\"t, 'x'"), low="2")
    assert ids(told.rows) == ["2"]


def parquet(folder: Path, query: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.sql(query).write_parquet(str(folder / "data.parquet"))


@pytest.mark.parametrize(
    ("values", "type_", "low", "high"),
    [
        ("1::TINYINT, 2, 3, NULL", "int", "2", "2"),
        ("1::BIGINT, 2, 3, NULL", "int", "2", "2"),
        ("1::UBIGINT, 2, 3, NULL", "long", "2", "2"),
        ("1.5::DECIMAL(9,1), 2.5, 3.5, NULL", "decimal(9,2)", "2.00", "3.00"),
        ("'1', '2', '30', 'x'", "int", "2", "5"),
        ("DATE '2024-01-01', DATE '2024-01-02', DATE '2024-01-03', NULL", "date", "2024-01-02", "2024-01-02"),
        (
            "TIMESTAMP '2024-01-01 10:00', TIMESTAMP '2024-01-01 11:00', TIMESTAMP '2024-01-01 12:00', NULL",
            "timestamp", "2024-01-01T10:30:00Z", "2024-01-01T11:00:00.000000Z",
        ),
        (
            "'2024-01-01 10:00:00+00'::TIMESTAMPTZ, '2024-01-01 12:00:00+01', '2024-01-01 12:00:00+00', NULL",
            "timestamp", "2024-01-01T10:30:00Z", "2024-01-01T11:00:00.000000Z",
        ),
        (
            "TIMESTAMP_NS '2024-01-01 10:00', TIMESTAMP_NS '2024-01-01 11:00', TIMESTAMP_NS '2024-01-01 12:00', NULL",
            "timestamp", "2024-01-01T10:30:00Z", "2024-01-01T11:00:00.000000Z",
        ),
    ],
)  # fmt: skip
def test_typed_columns_of_parquet_are_compared_as_values(
    land: Land, tmp_path: Path, values: str, type_: str, low: str, high: str
) -> None:
    parquet(tmp_path, f"SELECT unnest([1, 2, 3, 4]) AS id, unnest([{values}]) AS at")
    told = land(None, "data.parquet", cursor=cursor(type_), low=low, high=high)
    assert [(row[0], row[2]) for row in told.rows] == [(2, 2), (4, 4)]


def test_positions_of_parquet_hold_across_its_row_groups(land: Land, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        rows = connection.sql("SELECT range AS id, range % 1000 AS at FROM range(300000)")
        rows.write_parquet(str(tmp_path / "data.parquet"), row_group_size=4096)
    told = land(None, "data.parquet", cursor=cursor("int"), low="999")
    assert [row[2] for row in told.rows] == [1000 * i for i in range(1, 301)]
    assert ids(told.rows) == [1000 * i - 1 for i in range(1, 301)]


def test_nested_and_odd_columns_of_parquet_keep_their_values(land: Land, tmp_path: Path) -> None:
    parquet(
        tmp_path,
        "SELECT 1 AS at, {'a': [1, NULL], 'b': MAP {'k': 'v'}} AS nested, 'x'::BLOB AS b, TIME '10:00' AS t, "
        "uuid '018f3a5c-0000-7000-8000-0000000000a1' AS u, 1.5::FLOAT AS f, NULL::INT AS n, true AS o",
    )
    whole = land(None, "data.parquet")
    part = land(None, "data.parquet", cursor=cursor("int"), low="1")
    assert [row[:-1] for row in part.rows] == whole.rows
    assert part.columns[:-1] == whole.columns
