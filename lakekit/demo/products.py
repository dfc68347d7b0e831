"""Made-up products of an outdoor shop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from lakekit.demo.rows import Flaw, timestamp

COLUMNS = ("product_id", "name", "category", "price", "active", "updated_at")
FLAWS = (
    Flaw("cast_failed", "price", ("12,99", "free", "1e999")),
    Flaw("below_minimum", "price", ("-5.00",)),
    Flaw("not_allowed", "category", ("Tents", "misc")),
    Flaw("missing_value", "name", ("",)),
)

_KINDS = {
    "tents": ("Tent", "Tarp", "Bivouac"),
    "packs": ("Rucksack", "Daypack", "Duffel"),
    "clothing": ("Jacket", "Fleece", "Socks", "Gloves"),
    "cooking": ("Stove", "Pot", "Flask"),
}
_LINES = ("Alder", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Glen", "Heath")


def products(rng: Random, first: int, count: int, until: datetime) -> list[dict[str, str]]:
    """`count` products numbered from `first`, each told last some months before `until`."""
    return [_product(rng, number, until) for number in range(first, first + count)]


def repriced(rng: Random, product: Mapping[str, str], at: datetime) -> dict[str, str]:
    """The same product, at another price since `at`."""
    return {**product, "price": money(rng.randint(499, 39900)), "updated_at": timestamp(at)}


def money(cents: int) -> str:
    """An amount with two digits after the point."""
    return f"{cents // 100}.{cents % 100:02d}"


def _product(rng: Random, number: int, until: datetime) -> dict[str, str]:
    category = rng.choice(sorted(_KINDS))
    values = (
        str(number),
        f"{rng.choice(_LINES)} {rng.choice(_KINDS[category])} {number}",
        category,
        money(rng.randint(499, 39900)),
        rng.choice(("true", "true", "true", "false")),
        timestamp(until - timedelta(days=60 + number % 90, minutes=number)),
    )
    return dict(zip(COLUMNS, values, strict=True))
