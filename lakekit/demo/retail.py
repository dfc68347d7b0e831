"""Two days of a made-up retail business: what is delivered, and the truth about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from attrs import frozen

from lakekit.demo import behavior, customers, orders, products
from lakekit.demo.rows import Delivery, Record, soiled, with_copies

FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
MOVING_SHARE = 0.05


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
    rng = Random(seed)  # noqa: S311  # made-up data, the same each time; nothing secret
    days = (FIRST_DAY, FIRST_DAY + timedelta(days=1))
    known = (sizes.customers[0], sizes.products[0])
    people = _customers(rng, *sizes.customers)
    goods = _products(rng, *sizes.products)
    placed = orders.first_delivery(rng, days[1], sizes.orders[0], *known)
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


def _customers(rng: Random, count: int, new: int) -> tuple[list[Record], list[Record]]:
    known = customers.customers(rng, 1, count, FIRST_DAY)
    joined = customers.customers(rng, 1 + count, new, FIRST_DAY + timedelta(days=1))
    at = FIRST_DAY + timedelta(hours=30)
    later = [customers.moved(rng, row, at) if rng.random() < MOVING_SHARE else row for row in known]
    lists = (known, [*later, *joined])
    first, second = (with_copies(rng, soiled(rng, rows, customers.FLAWS)) for rows in lists)
    return first, second


def _products(rng: Random, count: int, new: int) -> tuple[list[Record], list[Record]]:
    known = products.products(rng, 1, count)
    added = products.products(rng, 1 + count, new)
    return soiled(rng, known, products.FLAWS), soiled(rng, [*known, *added], products.FLAWS)


def _events(rng: Random, first: int, since: datetime, count: int, customers: int, products: int) -> list[Record]:
    rows = behavior.events(rng, first, count, since, customers, products)
    return with_copies(rng, soiled(rng, rows, behavior.FLAWS))
