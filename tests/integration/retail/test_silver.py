"""The silver of the demo's project on Sail, against what the raw files say, read by readers that know nothing of
lakekit."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from attrs import frozen
from deltalake import DeltaTable

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.demo.files import deliver
from lakekit.demo.retail import Day, retail
from lakekit.demo.scaffold import project_files, write_project
from lakekit.domain.build import Scope
from lakekit.domain.report import BuildReport, Ending
from tests.integration.retail.truth import Row, ordered, silver

LACKS = [name for name in ("pysail", "lakekit_retail") if find_spec(name) is None]
pytestmark = [pytest.mark.sail, pytest.mark.skipif(bool(LACKS), reason=f"not installed: {', '.join(LACKS)}")]

DAYS = retail(7)
TABLES = ("silver.customers", "silver.orders", "silver.products", "silver.behavior", "silver.customer_360")

ODD_CUSTOMERS = """\
9001,Old Row,old@example.org,+1-202-555-0101,DE,1980-01-01,2026-01-01T00:00:00Z
9001,New Row,Nia.New@EXAMPLE.org,030 23125 014,DE,1980-01-01,2026-01-02T01:00:00+02:00
9001,No Date,none@example.org,,,1980-01-01,
9002,Some One,double..dot@example.org,020 7946 0018,GB,,2026-01-01T00:00:00Z
9003,Some Two,two@example.org,020 7946 0018,ZZ,,2026-01-01T00:00:00Z
9004,Some Three,,call me,UK,,2026-01-01T00:00:00Z
9005,Some Four,four@exämple.org,(202) 555-0142,US,,2026-01-01T00:00:00Z
9006,Some Five,five@example.org,0049 30 23125014,,,2026-01-01T00:00:00Z
"""
DEVIANT = {
    "9001": ("nia.new@example.org", None, "+493023125014", None, "DE", None),
    "9002": (None, "double..dot@example.org", "+442079460018", None, "GB", None),
    "9003": ("two@example.org", None, None, "020 7946 0018", None, "ZZ"),
    "9004": (None, None, None, "call me", "GB", None),
    "9005": ("four@exämple.org", None, "+12025550142", None, "US", None),
    # 00 is dialled in most countries and not in all: without a country nobody knows.
    "9006": ("five@example.org", None, None, "0049 30 23125014", None, None),
}
"""(email, email_raw, phone, phone_raw, country, country_raw), worked out by hand."""

ODD_ORDERS = """\
900001,9001,1,1,10.00,,placed,,2026-03-01T00:00:00Z
900002,9001,1,1,NA,EUR,paid,2026-03-02T00:30:00+01:00,2026-03-02T00:00:00Z
900003,9001,,2,20.50,USD,,2026-03-01T23:59:59Z,2026-03-02T00:00:00Z
900004,9100,2,3,30.25,GBP,shipped,2026-03-02T12:00:00Z,2026-03-02T12:00:00Z
"""
DAY_THREE = """\
order_id,customer_id,product_id,quantity,amount,currency,status,ordered_at,updated_at
900001,9001,1,1,11.00,GBP,placed,2026-03-04T10:00:00Z,2026-03-04T10:00:00Z
900004,9002,2,3,30.25,GBP,returned,2026-03-02T12:00:00Z,2026-03-04T11:00:00Z
900005,9001,1,1,5.05,EUR,placed,2026-03-04T12:00:00Z,2026-03-04T12:00:00Z
"""
"""One order has a day and a currency now, one is another customer's, one is new; 9100 has none any more."""


@frozen
class Shop:
    """The demo's project, its deliveries, and its silver by other readers."""

    root: Path

    def deliver(self, day: Day) -> None:
        """The day's files land, and with them rows that the demo does not make."""
        with application(self.root, None, Silent()) as app:
            for delivery in day.deliveries:
                deliver(delivery, self.root / "data", app.tools.engine)
        self.land("customers.csv", ODD_CUSTOMERS)
        self.land(f"orders/{DAYS[0].date}.csv", ODD_ORDERS if day is DAYS[0] else "")

    def land(self, file: str, text: str) -> None:
        """Text at the end of a file, which may be new."""
        with (self.root / "data" / file).open("a", encoding="utf-8") as lines:
            lines.write(text)

    def run(self) -> dict[str, BuildReport]:
        """`lakekit run`: what is new is ingested, and silver is built."""
        with application(self.root, None, Silent()) as app:
            report = app.run_all()
            assert report.exit_code == 0, report
            return {build.dataset: build for build in report.builds}

    def transform(self, *, refresh: bool = False) -> dict[str, BuildReport]:
        """`lakekit transform`."""
        with application(self.root, None, Silent()) as app:
            return {build.dataset: build for build in app.transform(refresh=refresh).builds}

    @property
    def truth(self) -> Mapping[str, list[Row]]:
        """What silver has to be."""
        return silver(self.root / "data", DEVIANT)

    def path(self, dataset: str) -> Path:
        """The table's folder."""
        return self.root / "lake" / dataset.replace(".", "/")

    @property
    def rows(self) -> Mapping[str, list[Row]]:
        """The rows of all tables, by Polars."""
        return {name: ordered(pl.read_delta(str(self.path(name))).rows()) for name in TABLES}

    @property
    def versions(self) -> Mapping[str, int]:
        """The newest version of each table, by delta-rs."""
        return {name: DeltaTable(self.path(name)).version() for name in TABLES}


@frozen
class Seen:
    """What silver was after a run, and what it had to be."""

    builds: Mapping[str, BuildReport]
    rows: Mapping[str, list[Row]]
    truth: Mapping[str, list[Row]]

    @property
    def scopes(self) -> Mapping[str, Scope | None]:
        """What each table was built from."""
        return {name: build.scope for name, build in self.builds.items()}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("shop")
    write_project(root, project_files(["retail"]))
    yield Shop(root)
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="module")
def first(shop: Shop) -> Seen:
    shop.deliver(DAYS[0])
    return Seen(shop.run(), shop.rows, shop.truth)


@pytest.fixture(scope="module")
def second(shop: Shop, first: Seen) -> Seen:
    shop.deliver(DAYS[1])
    return Seen(shop.run(), shop.rows, shop.truth)


@pytest.fixture(scope="module")
def third(shop: Shop, second: Seen) -> Seen:
    """Nothing is new but a few orders."""
    shop.land("orders/2026-03-04.csv", DAY_THREE)
    return Seen(shop.run(), shop.rows, shop.truth)


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


def test_new_orders_alone_touch_their_customers_and_no_others(third: Seen) -> None:
    built = {name: scope for name, scope in third.scopes.items() if scope}
    assert built == {"silver.orders": Scope.KEYS, "silver.customer_360": Scope.KEYS}
    books = third.builds["silver.customer_360"].books
    assert (books.made, books.removed) == (2, 3)
    assert 9100 not in [row[0] for row in third.rows["silver.customer_360"]]


def test_a_run_with_nothing_new_builds_nothing_and_a_full_refresh_makes_the_same_rows(shop: Shop, third: Seen) -> None:
    before = shop.versions
    assert {build.ending for build in shop.run().values()} == {Ending.NOTHING_NEW}
    assert shop.versions == before
    assert {build.ending for build in shop.transform(refresh=True).values()} == {Ending.PUBLISHED}
    assert shop.versions != before
    assert shop.rows == third.rows


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
