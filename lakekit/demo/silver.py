"""A glance at the demo's silver.customer_360: figures, and a few rows that show nobody."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen
from sqlglot import exp

from lakekit.app.personal import hashed, personal_key
from lakekit.app.tools import Tools
from lakekit.domain.transform import Transform
from lakekit.ports.engine import Input
from lakekit.sql.tree import cast, column, named, table

PACKAGE = "retail"
"""The transforms of the demo, which the plugin lakekit_retail brings."""

DATASET = "silver.customer_360"
COLUMNS = ("customer_id", "email", "country", "orders", "spent_eur", "sessions", "favourite_category")
"""What is shown of a customer."""

FIGURES = ("orders", "sessions", "products_seen_and_bought")
ROWS = 3
_TABLE = "customers"


@frozen
class Glance:
    """Customers, how many of them have an account, the sums of FIGURES, and the ROWS customers with the most orders:
    COLUMNS as texts, personal ones hashed."""

    customers: int
    accounts: int
    figures: Mapping[str, int]
    rows: tuple[tuple[str | None, ...], ...]


def glance(tools: Tools, transform: Transform) -> Glance:
    """Of the newest version of the table that `transform`, that of DATASET, has made."""
    snapshot = tools.tables.snapshot(transform.dataset.table)
    files = tools.tables.files(transform.dataset.table, snapshot.version) if snapshot else ()
    inputs = {_TABLE: Input(files)}
    ((customers, accounts, *sums),) = tools.engine.rows(_figures(), inputs)
    key = personal_key(tools)
    rows = tools.engine.rows(_most_orders(), inputs)
    figures = {name: int(str(told)) for name, told in zip(FIGURES, sums, strict=True)}
    shown = tuple(_shown(row, transform.personal, key) for row in rows)
    return Glance(int(str(customers)), int(str(accounts)), figures, shown)


def _shown(row: tuple[object, ...], personal: frozenset[str], key: bytes) -> tuple[str | None, ...]:
    told = {name: None if value is None else str(value) for name, value in zip(COLUMNS, row, strict=True)}
    return tuple(hashed(value, key) if value and name in personal else value for name, value in told.items())


def _figures() -> exp.Select:
    sums = [exp.Sum(this=column(name)) for name in FIGURES]
    known = exp.CountIf(this=column("has_account"))
    return exp.Select(expressions=[exp.Count(this=exp.Star()), known, *sums]).from_(table(_TABLE))


def _most_orders() -> exp.Select:
    told = [named(cast(column(name), "string"), name) for name in COLUMNS]
    rows = exp.Select(expressions=told).from_(table(_TABLE, "c"))
    return rows.order_by(column("orders", "c").desc(), column("customer_id", "c")).limit(ROWS)
