"""Made-up products of an outdoor shop."""

from __future__ import annotations

from random import Random

from lakekit.demo.rows import Flaw

COLUMNS = ("product_id", "name", "category", "price", "active")
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


def products(rng: Random, first: int, count: int) -> list[dict[str, str]]:
    """`count` products numbered from `first`."""
    return [_product(rng, number) for number in range(first, first + count)]


def money(cents: int) -> str:
    """An amount with two digits after the point."""
    return f"{cents // 100}.{cents % 100:02d}"


def _product(rng: Random, number: int) -> dict[str, str]:
    category = rng.choice(sorted(_KINDS))
    values = (
        str(number),
        f"{rng.choice(_LINES)} {rng.choice(_KINDS[category])} {number}",
        category,
        money(rng.randint(499, 39900)),
        rng.choice(("true", "true", "true", "false")),
    )
    return dict(zip(COLUMNS, values, strict=True))
