"""The silver of the demo's project on Sail, against what the raw files say, read by readers that know nothing of
lakekit."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import Any

import duckdb
import pytest
from deltalake import DeltaTable

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.build import Scope
from tests.integration.retail.shop import ON_SAIL, TABLES, Seen, Shop
from tests.integration.retail.truth import Row

pytestmark = ON_SAIL


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("day", ["first", "second", "third"])
def test_silver_is_what_the_raw_files_say(day: str, table: str, request: pytest.FixtureRequest) -> None:
    seen: Seen = request.getfixturevalue(day)
    assert seen.rows[table] == seen.truth[table]
    assert len(seen.truth[table]) > 80


def test_day_two_is_built_by_increments_where_one_day_can_be_told_from_the_other(second: Seen) -> None:
    assert second.scopes["silver.orders"] is Scope.KEYS
    assert second.scopes["silver.behavior"] is Scope.KEYS
    assert second.scopes["silver.customers"] is Scope.FULL
    assert "silver.products has changed, and is read in full" in second.builds["silver.customer_360"].instead


def test_what_a_function_makes_its_columns_of_is_known_once_it_was_built(shop: Shop, first: Seen) -> None:
    with application(shop.root, None, Silent()) as app:
        traces = app.transforms.lineage("silver.customer_changes", down=False)
    assert {t.column[1]: {below.column for below in t.below} for t in traces} == {
        **{name: {("bronze.customers", name)} for name in ("customer_id", "name", "email", "country")},
        **{name: {("bronze.customers", name)} for name in ("birth_date", "updated_at")},
        **{f"{name}_raw": {("bronze.customers", name)} for name in ("email", "phone", "country")},
        "phone": {("bronze.customers", "phone"), ("bronze.customers", "country")},
    }


def test_new_orders_alone_touch_their_customers_and_no_others(third: Seen) -> None:
    built = {name: scope for name, scope in third.scopes.items() if scope}
    assert built == dict.fromkeys(("silver.orders", "silver.customer_360", "gold.fact_sales"), Scope.KEYS)
    books = third.builds["silver.customer_360"].books
    assert (books.made, books.removed) == (2, 3)
    assert 9100 not in [row[0] for row in third.rows["silver.customer_360"]]


@pytest.mark.parametrize(("table", "day"), [("silver.orders", "ordered_date"), ("silver.behavior", "event_date")])
def test_files_lie_in_folders_by_day_and_their_rows_are_of_it(shop: Shop, third: Seen, table: str, day: str) -> None:
    delta = DeltaTable(shop.path(table))
    assert delta.metadata().partition_columns == [day]
    at = {"ordered_date": "ordered_at", "event_date": "happened_at"}[day]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(
            f"SELECT {day}::DATE, count(*), bool_and({at}::DATE IS NOT DISTINCT FROM {day}::DATE) "
            "FROM read_parquet($1, hive_partitioning=true) GROUP BY ALL",
            [delta.file_uris()],
        ).fetchall()
    assert {key: count for key, count, _ in found} == Counter(_day(table, row) for row in third.truth[table])
    assert all(held for _, _, held in found)


def _day(table: str, row: Row) -> Any:
    at = row[8] if table == "silver.orders" else row[5]
    return at.astimezone(UTC).date() if at else None


def test_personal_values_stand_in_no_statistics_and_no_log(shop: Shop, third: Seen) -> None:
    kept = [*(shop.root / ".lakekit").rglob("*.jsonl")]
    kept += [file for name in TABLES for file in (shop.path(name) / "_delta_log").glob("*.json")]
    text = "".join(file.read_text("utf-8") for file in kept)
    assert kept
    people = third.rows["silver.customers"]
    values = {value for row in people for value in row[1:6] if value}
    assert len(values) > 900
    assert not [value for value in values if value in text]
