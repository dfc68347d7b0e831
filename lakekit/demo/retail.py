"""Two days of a made-up retail business: what is delivered, and the truth about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from attrs import frozen

from lakekit.demo import behavior, customers, orders, products
from lakekit.demo.rows import Delivery, Record, soiled, timestamp, with_copies

Row = dict[str, str]

FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
MOVING_SHARE = 0.05
LATE_SHARE = 0.04
"""The share of customers who moved before day one, and of whom that is told on day two alone."""

REPRICED_SHARE = 0.15
NEVER_KNOWN = 2
"""How many order, and are never in a list of customers."""


@frozen
class Sizes:
    """How many of each there are on day one, and how many are new on day two."""

    customers: tuple[int, int] = (480, 24)
    products: tuple[int, int] = (90, 6)
    orders: tuple[int, int] = (3000, 480)
    events: tuple[int, int] = (1400, 600)


@frozen
class Day:
    """The files of one day. A path that an earlier day delivered too is delivered anew, in its place."""

    date: str
    deliveries: tuple[Delivery, ...]

    def delivery(self, dataset: str) -> Delivery:
        """The day's file of one dataset."""
        return next(d for d in self.deliveries if d.dataset == dataset)


def retail(seed: int, sizes: Sizes = Sizes()) -> tuple[Day, Day]:
    """Day one and day two: customers and products as whole lists, orders and events as what is new.

    The same seed gives the same two days.
    """
    # Made-up data, the same each time; nothing secret.
    rng, history = Random(seed), Random(f"history of {seed}")  # noqa: S311
    days = (FIRST_DAY, FIRST_DAY + timedelta(days=1))
    known = (sizes.customers[0], sizes.products[0])
    people = _customers(rng, history, *sizes.customers)
    goods = _products(rng, history, *sizes.products)
    strangers = range(known[0] + 1, sum(sizes.customers) + NEVER_KNOWN + 1)
    placed = orders.by_others(history, orders.first_delivery(rng, days[1], sizes.orders[0], *known), strangers)
    followed = orders.next_delivery(rng, placed, days[1], sizes.orders[1], *known)
    seen = [
        _events(rng, 1, days[0], sizes.events[0], *known),
        _events(rng, 1 + sizes.events[0], days[1], sizes.events[1], *known),
    ]
    return (
        _day(days[0], people[0], goods[0], placed, seen[0]),
        _day(days[1], people[1], goods[1], followed, seen[1]),
    )


def _day(at: datetime, people: list[Record], goods: list[Record], placed: list[Record], seen: list[Record]) -> Day:
    date = at.date().isoformat()
    return Day(
        date,
        (
            Delivery("bronze.customers", "customers.csv", customers.COLUMNS, tuple(people)),
            Delivery("bronze.products", "products.csv", products.COLUMNS, tuple(goods)),
            Delivery("bronze.orders", f"orders/{date}.csv", orders.COLUMNS, tuple(placed)),
            Delivery("bronze.behavior", f"behavior/{date}.parquet", behavior.COLUMNS, tuple(seen)),
        ),
    )


def _customers(rng: Random, history: Random, count: int, new: int) -> tuple[list[Record], list[Record]]:
    known = customers.customers(rng, 1, count, FIRST_DAY)
    joined = customers.customers(rng, 1 + count, new, FIRST_DAY + timedelta(days=1))
    at = FIRST_DAY + timedelta(hours=30)
    later = [customers.moved(rng, row, at) if rng.random() < MOVING_SHARE else row for row in known]
    lists = (known, [*_told_late(history, known, later), *joined])
    first, second = (with_copies(rng, soiled(rng, rows, customers.FLAWS)) for rows in lists)
    return first, second


def _told_late(history: Random, known: list[Row], later: list[Row]) -> list[Row]:
    """The list of day two, in which a few had moved in the two weeks before day one. Of those among them that have
    moved again since, it has both rows: what came between the two that are known."""
    told = []
    for before, after in zip(known, later, strict=True):
        at = FIRST_DAY - timedelta(minutes=history.randint(1, 14 * 24 * 60))
        if history.random() >= LATE_SHARE * (4 if after is not before else 1) or before["updated_at"] >= timestamp(at):
            told.append(after)
            continue
        told.append(customers.moved(history, before, at))
        if after is not before:
            told.append(after)
    return told


def _products(rng: Random, history: Random, count: int, new: int) -> tuple[list[Record], list[Record]]:
    known = products.products(rng, 1, count, FIRST_DAY)
    added = products.products(rng, 1 + count, new, FIRST_DAY)
    since = [FIRST_DAY + timedelta(minutes=history.randint(-2 * 24 * 60, 48 * 60 - 1)) for _ in known]
    now = [
        products.repriced(history, row, at) if history.random() < REPRICED_SHARE else row
        for row, at in zip(known, since, strict=True)
    ]
    return soiled(rng, known, products.FLAWS), soiled(rng, [*now, *added], products.FLAWS)


def _events(rng: Random, first: int, since: datetime, count: int, customers: int, products: int) -> list[Record]:
    rows = behavior.events(rng, first, count, since, customers, products)
    return with_copies(rng, soiled(rng, rows, behavior.FLAWS))
