"""No statistic hides a row: every boundary value is found again by three readers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest
from deltalake import QueryBuilder

from lakekit.domain.batch import ColumnStats
from lakekit.domain.schema import TableColumn
from lakekit.domain.values import Value, format_value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
VALUES: dict[str, tuple[Value, ...]] = {
    "int": (-(2**31), -1, 0, 1, 2**31 - 1),
    "long": (-(2**63), -(2**53) - 1, 0, 2**53 + 1, 2**63 - 1),
    "float": (-3.4028234663852886e38, -0.0, 0.0, 1.401298464324817e-45, 0.10000000149011612, 16777216.0),
    "double": (-1.7976931348623157e308, -0.0, 0.0, 5e-324, 0.1, 2.0**53, 1.7976931348623157e308),
    "decimal(10,2)": tuple(map(Decimal, ("-99999999.99", "-0.29", "0.00", "0.07", "4.35", "99999999.99"))),
    "decimal(18,2)": tuple(map(Decimal, ("-9999999999999999.99", "9999999999999.99", "1234567890123456.78"))),
    "decimal(38,10)": tuple(map(Decimal, ("0.0000000001", "9999999999999999999999999999.9999999999", "1.0000000000"))),
    "date": (date(1, 1, 1), date(1582, 10, 14), date(1970, 1, 1), date(2024, 2, 29), date(9999, 12, 31)),
    "timestamp": (
        datetime(1, 1, 1, tzinfo=UTC),
        EPOCH - timedelta(microseconds=1),
        EPOCH,
        EPOCH + timedelta(microseconds=1),
        datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC),
        datetime(2024, 2, 29, 12, 30, 15, 123999, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ),
    "string": (
        "",
        "a",
        "Zebra",
        "zebra",
        "é" * 31,
        "é" * 40,
        "x" * 32,
        "x" * 33,
        "x" * 31 + "\ud7ff" + "tail",
        "x" * 31 + "\U0010ffff" + "tail",
        "\U0010ffff" * 40,
        "😀" * 40,
        "\uffff",
    ),
}
DUCKDB = {"int": "integer", "long": "bigint", "timestamp": "timestamptz", "string": "varchar"}
DATAFUSION = {"int": "integer", "long": "bigint", "string": "varchar"}
POLARS = {"int": pl.Int32, "long": pl.Int64, "float": pl.Float32, "timestamp": pl.Datetime("us", "UTC")}
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {"=": operator.eq, ">=": operator.ge, "<=": operator.le}
FILES = 13


@pytest.fixture(scope="module")
def orders(new_orders: Callable[[], Any]) -> Any:
    """A file per row, with a column per type, whose statistics say exactly the row's values."""
    table = new_orders()
    table.ensure(TableColumn("id", "long"), *(TableColumn(t, t) for t in VALUES))
    for number in range(FILES):
        row = {type_: values[number % len(values)] for type_, values in VALUES.items()}
        cells = (f'{_literal(v, DUCKDB.get(t, t))} as "{t}"' for t, v in row.items())
        texts = {type_: format_value(value) for type_, value in row.items()}
        stats = {type_: ColumnStats(0, text, text) for type_, text in texts.items()}
        table.publish(number, f"select {number}::bigint as id, {', '.join(cells)}", stats)
    assert list((table.folder / "_delta_log").glob("*.checkpoint.parquet")), "some files are read from a checkpoint"
    return table


@pytest.mark.parametrize("type_", VALUES)
def test_polars_finds_every_value(orders: Any, type_: str) -> None:
    def found(op: str, value: Value) -> set[int]:
        literal = pl.lit(value, dtype=POLARS.get(type_))
        rows = pl.scan_delta(str(orders.folder)).filter(OPERATORS[op](pl.col(type_), literal))
        return set(rows.select("id").collect()["id"])

    _each_is_found(type_, found)


@pytest.mark.parametrize("type_", VALUES)
def test_datafusion_finds_every_value(orders: Any, type_: str) -> None:
    session = QueryBuilder().register("t", orders.delta)

    def found(op: str, value: Value) -> set[int]:
        where = f'"{type_}" {op} {_literal(value, DATAFUSION.get(type_, type_))}'
        return set(session.execute(f"select id from t where {where}").read_all().column("id").to_pylist())

    _each_is_found(type_, found, only=_datafusion_can_say)


@pytest.mark.parametrize("type_", VALUES)
def test_duckdb_finds_every_value_in_the_files_left_by_pruning(orders: Any, type_: str) -> None:
    def found(op: str, value: Value) -> set[int]:
        files = orders.store.files(orders.name, orders.snapshot().version, type_, format_value(value))
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            rows = connection.read_parquet(list(files))
            where = f'"{type_}" {op} {_literal(value, DUCKDB.get(type_, type_))}'
            return {row[0] for row in rows.filter(where).select("id").fetchall()}

    _each_is_found(type_, found, operators=("=", ">="))


@pytest.mark.parametrize("type_", ["int", "long", "decimal(10,2)", "date", "timestamp"])
def test_pruning_leaves_out_what_lies_below(orders: Any, type_: str) -> None:
    version = orders.snapshot().version
    kept = orders.store.files(orders.name, version, type_, format_value(max(VALUES[type_])))
    assert 0 < len(kept) < FILES


@pytest.mark.parametrize("type_", VALUES)
def test_widened_bounds_do_not_come_out_as_values(orders: Any, type_: str) -> None:
    query = f'select max("{type_}") as high, min("{type_}") as low from t'
    row = QueryBuilder().register("t", orders.delta).execute(query).read_all()
    bounds = [row.column(name).to_pylist()[0] for name in ("high", "low")]
    assert bounds == [max(VALUES[type_]), min(VALUES[type_])]


def _each_is_found(
    type_: str,
    found: Callable[[str, Value], set[int]],
    operators: Iterable[str] = ("=", ">=", "<="),
    only: Callable[[Value], bool] = lambda _: True,
) -> None:
    values = VALUES[type_]
    for value in filter(only, values):
        for op in operators:
            matching = {n for n in range(FILES) if OPERATORS[op](values[n % len(values)], value)}
            assert found(op, value) == matching, (op, value)


def _literal(value: Value, sql_type: str) -> str:
    return f"cast('{format_value(value)}' as {sql_type})"


def _datafusion_can_say(value: Value) -> bool:
    """Its timestamp literals pass through nanoseconds."""
    return not isinstance(value, datetime) or 1700 < value.year < 2200
