"""Made-up customers: names put together at random, addresses and phone numbers reserved for fiction."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from lakekit.demo.rows import Flaw, timestamp

COLUMNS = ("customer_id", "name", "email", "phone", "country", "birth_date", "updated_at")
FLAWS = (
    Flaw("pattern_mismatch", "email", ("name.example.com", "name@", "@example.org", "name at example.net")),
    Flaw("missing_value", "customer_id", ("",)),
    Flaw("cast_failed", "birth_date", ("1990-02-30", "1985-13-01", "31.12.1979")),
    Flaw("pattern_mismatch", "country", ("Germany", "gb", "U.S.")),
)

_FIRST = (
    "Ada",
    "Ben",
    "Caro",
    "Dev",
    "Elin",
    "Femi",
    "Gia",
    "Hugo",
    "Ines",
    "Jun",
    "Kofi",
    "Lena",
    "Milo",
    "Nia",
)
_LAST = (
    "Amberley",
    "Brookfen",
    "Coldwater",
    "Dunmarsh",
    "Elmhollow",
    "Fairmoor",
    "Greywick",
    "Hazelby",
    "Ironbeck",
)
_COUNTRIES = ("DE", "ES", "FR", "GB", "IE", "IT", "NL", "PT", "SE", "US")
_PHONES = (
    *("+1-{area}-555-01{line:02d}",) * 4,
    "+1 ({area}) 555-01{line:02d}",
    "+1.{area}.555.01{line:02d}",
    " +1 {area} 555 01{line:02d}",
    "+1{area}55501{line:02d}",
    "+1-{area}-555-01{line:02d} after six",
)


def customers(rng: Random, first: int, count: int, until: datetime) -> list[dict[str, str]]:
    """`count` grown-up customers numbered from `first`, last changed in the three years before `until`."""
    return [_customer(rng, number, until) for number in range(first, first + count)]


def moved(rng: Random, customer: dict[str, str], at: datetime) -> dict[str, str]:
    """The same customer, of another country since `at`."""
    elsewhere = [country for country in _COUNTRIES if country != customer["country"]]
    return {**customer, "country": rng.choice(elsewhere), "updated_at": timestamp(at)}


def _customer(rng: Random, number: int, until: datetime) -> dict[str, str]:
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    # RFC 2606 keeps these domains, and the numbering plan 555-0100 to 555-0199, for examples and fiction.
    domain = rng.choice(("example.com", "example.net", "example.org"))
    values = (
        str(number),
        f"{first} {last}",
        _address(number, f"{first}.{last}.{number}@{domain}"),
        _phone(number, rng.choice((202, 303, 404, 505)), rng.randint(0, 99)),
        rng.choice(_COUNTRIES),
        str(until.date() - timedelta(days=rng.randint(18 * 366, 90 * 365))),
        timestamp(until - timedelta(seconds=rng.randint(1, 3 * 365 * 86_400))),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _address(number: int, text: str) -> str:
    """Most people write theirs in lower case."""
    return text if number % 5 == 0 else text.lower()


def _phone(number: int, area: int, line: int) -> str:
    """As its owner wrote it, which is not always a number."""
    return _PHONES[number % len(_PHONES)].format(area=area, line=line)
