"""Made-up events of a web shop's tracker."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from random import Random

from lakekit.demo.rows import Flaw, timestamp

COLUMNS = ("event_id", "customer_id", "session_id", "event_type", "product_id", "happened_at", "device")
FLAWS = (
    Flaw("missing_value", "event_id", ("",)),
    Flaw("not_allowed", "event_type", ("clik", "test", "page view")),
    Flaw("cast_failed", "happened_at", ("2026-03-02T25:10:00Z", "2026-02-31T10:00:00Z", "1772409600")),
    Flaw("missing_value", "happened_at", ("",)),
)

_DEVICES = ("phone", "phone", "desktop", "tablet")
_TYPES = ("page_view", "page_view", "page_view", "product_view", "product_view", "add_to_cart", "checkout")
_SHOP = timezone(timedelta(hours=1))
"""Some devices tell the time of the shop, with its offset, and not UTC."""


def events(rng: Random, first: int, count: int, since: datetime, customers: int, products: int) -> list[dict[str, str]]:
    """`count` events numbered from `first`, in order, within a day of `since`; some visitors are unknown."""
    seconds = sorted(rng.randrange(86_400) for _ in range(count))
    return [
        _event(rng, first + n, since + timedelta(seconds=second), customers, products)
        for n, second in enumerate(seconds)
    ]


def _event(rng: Random, number: int, at: datetime, customers: int, products: int) -> dict[str, str]:
    kind = rng.choice(_TYPES)
    values = (
        f"E-{number:06d}",
        str(rng.randint(1, customers)) if rng.random() < 0.7 else "",
        f"S-{number // 6:05d}-{rng.randint(1, 3)}",
        kind,
        "" if kind == "page_view" else str(rng.randint(1, products)),
        timestamp(at) if number % 4 else at.astimezone(_SHOP).isoformat(),
        rng.choice(_DEVICES),
    )
    return dict(zip(COLUMNS, values, strict=True))
