"""Made-up orders, exported whenever one of them changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from attrs import evolve

from lakekit.demo.products import money
from lakekit.demo.rows import BROKEN_LINE, Flaw, Record, soiled, timestamp, with_copies

COLUMNS = (
    *("order_id", "customer_id", "product_id", "quantity", "amount", "currency"),
    *("status", "ordered_at", "updated_at"),
)
FLAWS = (
    Flaw("cast_failed", "amount", ("12,50", "1e999", "19.9O", "n/a")),
    Flaw("cast_failed", "quantity", ("2.5", "two", "1_000")),
    Flaw("below_minimum", "quantity", ("0", "-3")),
    Flaw("cast_failed", "ordered_at", ("2026-02-30T10:00:00Z", "31/12/2025", "0000-00-00")),
    Flaw("not_allowed", "status", ("shiped", "UNKNOWN", "-")),
    Flaw("missing_value", "order_id", ("",)),
    Flaw("cast_failed", "customer_id", ("guest",)),
    Flaw("cursor_missing", "updated_at", ("",)),
    BROKEN_LINE,
)

OTHERS = 0.03
"""The share of orders that are not by a customer of whom the shop has heard."""

_HISTORY = timedelta(days=28)
_CURRENCIES = ("EUR", "EUR", "EUR", "GBP", "USD")
_STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled", "returned")
_LATE = timedelta(hours=48)
"""How long before the end of the earlier delivery a late order was changed: less than the lookback."""


def first_delivery(rng: Random, until: datetime, count: int, customers: int, products: int) -> list[Record]:
    """Four weeks of orders up to `until`, in the order of their last change."""
    rows = [
        _order(rng, n, _moment(rng, until - _HISTORY, until), until, customers, products) for n in range(1, count + 1)
    ]
    return with_copies(rng, soiled(rng, sorted(rows, key=_changed), FLAWS))


def next_delivery(
    rng: Random, before: Sequence[Record], since: datetime, count: int, customers: int, products: int
) -> list[Record]:
    """The day after `since`: new orders, changes of known ones, late ones, copies of the newest `before`."""
    until, first = since + timedelta(days=1), len(before) + 1
    clean = [record for record in before if record.reason is None and not record.copy]
    new = [_order(rng, first + n, _moment(rng, since, until), until, customers, products) for n in range(count)]
    changed = [_changed_order(rng, record, since, until) for record in rng.sample(clean, count // 4)]
    late = [
        _order(rng, first + count + n, _moment(rng, since - _LATE, since), since, customers, products)
        for n in range(count // 12)
    ]
    records = soiled(rng, sorted([*new, *changed], key=_changed), FLAWS)
    arrived = [evolve(record, late=True) for record in soiled(rng, late, FLAWS)]
    return [
        *arrived,
        *with_copies(rng, records),
        *(evolve(record, copy=True) for record in clean[-count // 40 :]),
    ]


def by_others(rng: Random, records: Sequence[Record], strangers: Sequence[int]) -> list[Record]:
    """The records, a few orders of which are by guests, who have no account, or by one of `strangers`."""
    clean = [record.values["order_id"] for record in records if record.reason is None]
    buyers = {order: {"customer_id": _buyer(rng, strangers)} for order in clean if rng.random() < OTHERS}
    return [evolve(r, values={**r.values, **buyers.get(r.values["order_id"], {})}) for r in records]


def _buyer(rng: Random, strangers: Sequence[int]) -> str:
    return str(rng.choice(strangers)) if strangers and rng.random() < 0.5 else ""


def moment(text: str) -> datetime:
    """The time that a clean `updated_at` names."""
    return datetime.fromisoformat(text)


def _order(rng: Random, number: int, at: datetime, until: datetime, customers: int, products: int) -> dict[str, str]:
    quantity, price = rng.randint(1, 5), rng.randint(499, 39900)
    values = (
        str(100_000 + number),
        str(rng.randint(1, customers)),
        str(rng.randint(1, products)),
        str(quantity),
        money(quantity * price),
        rng.choice(_CURRENCIES),
        rng.choice(_STATUSES),
        timestamp(at),
        timestamp(_moment(rng, at, min(until, at + timedelta(days=5)))),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _changed_order(rng: Random, record: Record, since: datetime, until: datetime) -> dict[str, str]:
    status = rng.choice([status for status in _STATUSES if status != record.values["status"]])
    return {**record.values, "status": status, "updated_at": timestamp(_moment(rng, since, until))}


def _changed(row: Mapping[str, str]) -> str:
    return row["updated_at"]


def _moment(rng: Random, since: datetime, until: datetime) -> datetime:
    """A second of [since, until)."""
    return since + timedelta(seconds=rng.randrange(int((until - since).total_seconds()) or 1))
