"""What the star has to say of each fact, from the raw files: versions and look-ups by plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from deltalake import DeltaTable

from tests.integration.retail.truth import Row, customer, customers, products

UNKNOWN, NONE = "unknown", "none"
CALENDAR = (date(2025, 1, 1), date(2027, 12, 31))

Version = tuple[datetime, tuple[Any, ...]]
"""Since when, and what."""

Told = Iterable[tuple[int, datetime | None, tuple[Any, ...]]]
"""A key, since when, and what, in no order."""

_MEMBER = f"CASE d._version_key WHEN '{'0' * 32}' THEN 'unknown' WHEN '{'0' * 31}1' THEN 'none' END"
SEEN = f"""
SELECT
  f.{{key}}, {_MEMBER.replace("d.", "c.")}, c.customer_id, c.valid_from, c.country,
  {_MEMBER.replace("d.", "p.")}, p.product_id, p.valid_from, p.price, day.date_key, day.date
FROM {{facts}} AS f
JOIN dim_customer AS c ON f.customer_key = c._version_key
JOIN dim_product AS p ON f.product_key = p._version_key
JOIN dim_date AS day ON f.{{day}} = day.date_key
"""
"""Inner joins: a fact that has no row in a dimension is lost."""


def versions(told: Told) -> Mapping[int, Sequence[Version]]:
    """The versions of each key, by time; the greatest of what was told of one moment counts."""
    moments: dict[int, dict[datetime, tuple[Any, ...]]] = defaultdict(dict)
    for key, since, what in told:
        if since is not None:
            old = moments[key].get(since)
            moments[key][since] = what if old is None else max(old, what, key=str)
    found: dict[int, list[Version]] = {}
    for key, events in moments.items():
        made: list[Version] = []
        for since, what in sorted(events.items()):
            if not made or made[-1][1] != what:
                made.append((since, what))
        found[key] = made
    return found


def people(folders: Iterable[Path], deviant: Mapping[str, Sequence[str | None]]) -> Mapping[int, Sequence[Version]]:
    """Where customers lived, by all lists that there have been."""
    rows = (customer(row, deviant) for folder in folders for row in customers(folder))
    return versions((row[0], row[9], (row[6],)) for row in rows)


def goods(folders: Iterable[Path]) -> Mapping[int, Sequence[Version]]:
    """What products were, by all lists that there have been."""
    rows = (row for folder in folders for row in products(folder))
    return versions((row[0], row[5], row[1:5]) for row in rows)


def member(
    known: Mapping[int, Sequence[Version]], key: int | None, at: datetime | None, place: int, lacking: str
) -> Row:
    """(what member, key, since, value at `place`) of the version that holds at a moment."""
    held = [version for version in known.get(key or 0, ()) if at is not None and version[0] <= at]
    if key is None or not held:
        return (lacking if key is None else UNKNOWN, None, None, None)
    since, what = held[-1]
    return (None, key, since.astimezone(UTC), what[place])


def sales(
    orders: Iterable[Row], who: Mapping[int, Sequence[Version]], what: Mapping[int, Sequence[Version]]
) -> list[Row]:
    """A row per order of silver, as SEEN asks for it."""
    return [
        (o[0], *member(who, o[1], o[8], 0, NONE), *member(what, o[2], o[8], 2, UNKNOWN), *day(o[8])) for o in orders
    ]


def behavior(
    events: Iterable[Row], who: Mapping[int, Sequence[Version]], what: Mapping[int, Sequence[Version]]
) -> list[Row]:
    """A row per event of silver, as SEEN asks for it."""
    return [(e[0], *member(who, e[1], e[5], 0, NONE), *member(what, e[4], e[5], 2, NONE), *day(e[5])) for e in events]


def day(at: datetime | None) -> Row:
    """The key of the day in UTC, and the day; 0 where the calendar has none."""
    found = at.astimezone(UTC).date() if at else None
    if found is None or not CALENDAR[0] <= found <= CALENDAR[1]:
        return (0, None)
    return (found.year * 10_000 + found.month * 100 + found.day, found)


def seen(lake: Path, facts: str, key: str, day_key: str) -> list[Row]:
    """The facts with their dimensions, by DuckDB over the files that delta-rs names; by key, moments in UTC."""
    rows = asked(lake, SEEN.format(facts=facts, key=key, day=day_key))
    told = [tuple(v.astimezone(UTC) if isinstance(v, datetime) else v for v in row) for row in rows]
    return sorted(told, key=lambda row: row[0])


def asked(lake: Path, query: str) -> list[Row]:
    """A question to the tables of gold."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for table in (lake / "gold").iterdir():
            files = connection.read_parquet(DeltaTable(table).file_uris(), union_by_name=True)
            files.create_view(table.name)
        return connection.execute(query).fetchall()


def euros(rows: Iterable[tuple[str | None, int | None, Decimal | None]]) -> dict[tuple[str, int], Decimal]:
    """Sums by country and month."""
    found: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for country, month, amount in rows:
        found[country or "", month or 0] += amount or 0
    return dict(found)
