"""The demo's project on Sail, day by day, and what other readers see of it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest
from attrs import frozen
from deltalake import DeltaTable

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.demo.files import deliver
from lakekit.demo.retail import Day, retail
from lakekit.domain.build import Scope
from lakekit.domain.report import BuildReport
from tests.integration.retail import star
from tests.integration.retail.truth import Row, ordered, silver

LACKS = [name for name in ("pysail", "lakekit_retail", "holidays") if find_spec(name) is None]
ON_SAIL = [pytest.mark.sail, pytest.mark.skipif(bool(LACKS), reason=f"not installed: {', '.join(LACKS)}")]

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


def _late_customers() -> str:
    """Two customers with many orders: one moved in the middle of February, the other was elsewhere for ten days."""
    listed = [r.values for r in DAYS[1].delivery("bronze.customers").records if r.reason is None]
    settled = {row["customer_id"]: row for row in listed if row["updated_at"] < "2026-02-01"}
    orders = Counter(r.values["customer_id"] for r in DAYS[0].delivery("bronze.orders").records if r.reason is None)
    one, other = [settled[who] for who, _ in orders.most_common() if who in settled][:2]
    rows = (
        {**one, "country": "CH", "updated_at": "2026-02-15T00:00:00Z"},
        {**other, "country": "CH", "updated_at": "2026-02-10T00:00:00Z"},
        {**other, "updated_at": "2026-02-20T00:00:00Z"},
    )
    return "".join(",".join(row.values()) + "\n" for row in rows)


LATE_CUSTOMERS = _late_customers()
LATE_PRODUCTS = "1,Late Tarp,tents,12.34,true,2026-03-01T12:00:00Z\n"

GOLD = ("gold.dim_customer", "gold.dim_product", "gold.dim_date", "gold.fact_sales", "gold.fact_behavior")


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
        """`lakekit run`: what is new is ingested, and silver and gold are built. Lists that the next day replaces are
        kept for the truth."""
        kept = self.root / "kept" / str(len(self.kept))
        kept.mkdir(parents=True)
        for file in ("customers.csv", "products.csv"):
            shutil.copy(self.root / "data" / file, kept)
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

    @property
    def kept(self) -> list[Path]:
        """The folders of the lists that there have been, one of each run."""
        return sorted((self.root / "kept").glob("*"), key=lambda folder: int(folder.name))

    @property
    def true_star(self) -> Mapping[str, list[Row]]:
        """What the star has to say of each fact."""
        who, what, told = star.people(self.kept, DEVIANT), star.goods(self.kept), self.truth
        return {
            "gold.fact_sales": star.sales(told["silver.orders"], who, what),
            "gold.fact_behavior": star.behavior(told["silver.behavior"], who, what),
        }

    @property
    def star(self) -> Mapping[str, list[Row]]:
        """What it says."""
        lake = self.root / "lake"
        return {
            "gold.fact_sales": star.seen(lake, "fact_sales", "order_id", "order_date_key"),
            "gold.fact_behavior": star.seen(lake, "fact_behavior", "event_id", "date_key"),
        }

    @property
    def gold(self) -> Mapping[str, list[Row]]:
        """The rows of all tables of gold, by Polars."""
        return {name: sorted(pl.read_delta(str(self.path(name))).rows(), key=str) for name in GOLD}

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
        return {name: DeltaTable(self.path(name)).version() for name in (*TABLES, *GOLD)}


@frozen
class Seen:
    """What silver and the star were after a run, and what they had to be."""

    builds: Mapping[str, BuildReport]
    rows: Mapping[str, list[Row]]
    truth: Mapping[str, list[Row]]
    star: Mapping[str, list[Row]]
    true_star: Mapping[str, list[Row]]

    @classmethod
    def after_a_run(cls, shop: Shop) -> Seen:
        """What a run leaves."""
        return cls(shop.run(), shop.rows, shop.truth, shop.star, shop.true_star)

    @property
    def scopes(self) -> Mapping[str, Scope | None]:
        """What each table was built from."""
        return {name: build.scope for name, build in self.builds.items()}
