"""What silver has to be, from the raw files: read by csv and DuckDB, judged and written in one way by plain Python,
joined by DuckDB. Nothing here knows lakekit, or its plugin."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb

Row = tuple[Any, ...]
Read = Callable[[str], Any]

TABLES = {
    "customers": "customer_id BIGINT, name TEXT, email TEXT, email_raw TEXT, phone TEXT, phone_raw TEXT,"
    " country TEXT, country_raw TEXT, birth_date DATE, updated_at TIMESTAMPTZ",
    "orders": "order_id BIGINT, customer_id BIGINT, product_id BIGINT, quantity INT, amount DECIMAL(12,2),"
    " currency TEXT, currency_raw TEXT, status TEXT, ordered_at TIMESTAMPTZ, ordered_date DATE,"
    " delivered_at TIMESTAMPTZ, updated_at TIMESTAMPTZ",
    "products": "product_id BIGINT, name TEXT, category TEXT, price DECIMAL(10,2), active BOOLEAN,"
    " updated_at TIMESTAMPTZ",
    "behavior": "event_id TEXT, customer_id BIGINT, session_id TEXT, event_type TEXT, product_id BIGINT,"
    " happened_at TIMESTAMPTZ, event_date DATE, device TEXT",
}
CURRENCIES = ("EUR", "GBP", "USD")
STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled", "returned")
CATEGORIES = ("tents", "packs", "clothing", "cooking")
EVENTS = ("page_view", "product_view", "add_to_cart", "checkout")

CUSTOMER_360 = """
SELECT
  k.customer_id, c.customer_id IS NOT NULL, c.name, c.email, c.phone, c.country,
  (SELECT count(*) FROM orders AS o WHERE o.customer_id = k.customer_id),
  (SELECT count(*) FROM orders AS o WHERE o.customer_id = k.customer_id AND o.status IN ('cancelled', 'returned')),
  (SELECT min(ordered_at) FROM orders AS o WHERE o.customer_id = k.customer_id),
  (SELECT max(ordered_at) FROM orders AS o WHERE o.customer_id = k.customer_id),
  coalesce(s.spent['EUR'], 0), coalesce(s.spent['GBP'], 0), coalesce(s.spent['USD'], 0),
  (
    SELECT count(*) FROM orders AS o WHERE o.customer_id = k.customer_id
    AND coalesce(o.status, '') NOT IN ('cancelled', 'returned') AND (o.amount IS NULL OR o.currency IS NULL)
  ),
  (
    SELECT first(f.category ORDER BY f.n DESC, f.category) FROM (
      SELECT p.category, count(*) AS n FROM orders AS o JOIN products AS p USING (product_id)
      WHERE o.customer_id = k.customer_id GROUP BY ALL
    ) AS f
  ),
  (SELECT count(DISTINCT session_id) FROM behavior AS b WHERE b.customer_id = k.customer_id),
  (SELECT count(*) FROM behavior AS b WHERE b.customer_id = k.customer_id AND event_type = 'page_view'),
  (SELECT count(*) FROM behavior AS b WHERE b.customer_id = k.customer_id AND event_type = 'product_view'),
  (SELECT count(*) FROM behavior AS b WHERE b.customer_id = k.customer_id AND event_type = 'add_to_cart'),
  (SELECT count(*) FROM behavior AS b WHERE b.customer_id = k.customer_id AND event_type = 'checkout'),
  (SELECT min(happened_at) FROM behavior AS b WHERE b.customer_id = k.customer_id),
  (SELECT max(happened_at) FROM behavior AS b WHERE b.customer_id = k.customer_id),
  (
    SELECT count(DISTINCT product_id) FROM behavior AS b WHERE b.customer_id = k.customer_id AND EXISTS (
      FROM orders AS o WHERE o.customer_id = b.customer_id AND o.product_id = b.product_id
      AND o.ordered_at >= b.happened_at
    )
  )
FROM (
  SELECT customer_id FROM customers UNION SELECT customer_id FROM orders UNION SELECT customer_id FROM behavior
) AS k
LEFT JOIN customers AS c ON c.customer_id = k.customer_id
LEFT JOIN (
  SELECT customer_id, map_from_entries(array_agg((currency, total))) AS spent FROM (
    SELECT customer_id, currency, sum(amount) AS total FROM orders
    WHERE coalesce(status, '') NOT IN ('cancelled', 'returned') AND currency IS NOT NULL AND amount IS NOT NULL
    GROUP BY ALL
  ) AS by_currency GROUP BY customer_id
) AS s ON s.customer_id = k.customer_id
WHERE k.customer_id IS NOT NULL
"""


def silver(data: Path, deviant: Mapping[str, Sequence[str | None]]) -> dict[str, list[Row]]:
    """The rows of each silver table, in order, columns as its contract has them. `deviant` has the (email, email_raw,
    phone, phone_raw, country, country_raw) of customers whose values the demo does not make, by their number."""
    arrived = _delivered(_orders(data))
    made = {
        "customers": [customer(row, deviant) for row in _newest(customers(data), 0, 6)],
        "orders": [_order(row, arrived.get(row[0])) for row in _newest(_orders(data), 0, 8)],
        "products": list(_newest(products(data), 0, 0)),
        "behavior": [(*row[:6], _day(row[5]), row[6]) for row in _newest(_behavior(data), 0, 0)],
    }
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {name} ({columns})")
            places = ", ".join("?" for _ in made[name][0])
            connection.execute("BEGIN")
            connection.executemany(f"INSERT INTO {name} VALUES ({places})", made[name])
            connection.execute("COMMIT")
        made["customer_360"] = connection.execute(CUSTOMER_360).fetchall()
    return {f"silver.{name}": ordered(rows) for name, rows in made.items()}


def ordered(rows: Iterable[Row]) -> list[Row]:
    """By the first column, moments in UTC."""
    told = [tuple(v.astimezone(UTC) if isinstance(v, datetime) else v for v in row) for row in rows]
    return sorted(told, key=lambda row: row[0])


def customer(row: Row, deviant: Mapping[str, Sequence[str | None]]) -> Row:
    """A row of a list of customers, written in one way."""
    number, name, email, phone, country, born, updated = row
    told = deviant.get(str(number)) or (*_either(email, email.lower()), *_dialled(phone), *_either(country, country))
    return (number, name, *told, born, updated)


def _dialled(text: str) -> Row:
    return (None, text) if re.search("[a-z]", text) else ("+" + re.sub(r"\D", "", text), None)


def _either(text: str | None, canonical: str | None) -> Row:
    return canonical, None if canonical else text


def _order(row: Row, delivered_at: datetime | None) -> Row:
    *before, status, ordered_at, updated = row
    return (*before, None, status, ordered_at, _day(ordered_at), delivered_at, updated)


def _delivered(rows: Iterable[Row]) -> dict[int, datetime]:
    """When each order was told first that it is delivered."""
    found: dict[int, datetime] = {}
    for number, *_, status, _, updated in rows:
        if status == "delivered":
            found[number] = min(updated, found.get(number, updated))
    return found


def _day(at: datetime | None) -> date | None:
    return at.astimezone(UTC).date() if at else None


def _newest(rows: Iterable[Row], key: int, latest: int) -> Iterator[Row]:
    """Of the rows with one key the last one, by a column where one is named (nothing is before all), then by place."""
    kept: dict[Any, Row] = {}
    for row in rows:
        old = kept.get(row[key])
        if old is None or not latest or old[latest] is None or (row[latest] and row[latest] >= old[latest]):
            kept[row[key]] = row
    return iter(kept.values())


def customers(data: Path) -> Iterator[Row]:
    """The rows of the list of customers that bronze keeps."""
    email = _matching(r"[^@\s]+@[^@\s]+\.[^@\s]+")
    readers = (_must(int), _text, email, _text, _matching("[A-Z]{2}"), _may(date.fromisoformat), _may(_moment))
    return _read(_lines(data / "customers.csv"), readers)


def products(data: Path) -> Iterator[Row]:
    """The rows of the list of products that bronze keeps."""
    active: Read = lambda text: text != "false"  # noqa: E731
    readers = (_must(int), _must(str), _among(CATEGORIES), _may(_money), active, _may(_moment))
    return _read(_lines(data / "products.csv"), readers)


def _orders(data: Path) -> Iterator[Row]:
    readers = (_must(_whole), _may(_whole), _may(_whole), _may(_pieces), _may(_money), _among(CURRENCIES))
    later = (_among(STATUSES), _may(_moment), _must(_moment))
    for file in sorted((data / "orders").glob("*.csv")):
        yield from _read(_lines(file), (*readers, *later))


def _behavior(data: Path) -> Iterator[Row]:
    readers: tuple[Read, ...] = (_must(str), _same, _text, _among(EVENTS), _same, _must(_moment), _text)
    for file in sorted((data / "behavior").glob("*.parquet")):
        rows = duckdb.execute("FROM read_parquet($1, file_row_number=true) ORDER BY file_row_number", [str(file)])
        yield from _read((row[:-1] for row in rows.fetchall()), readers)


def _lines(file: Path) -> Iterator[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from list(csv.reader(lines))[1:]


def _read(rows: Iterable[Sequence[Any]], readers: Sequence[Read]) -> Iterator[Row]:
    """The rows that have as many values as there are readers, none of which refuses its own."""
    for row in rows:
        try:
            yield tuple(reader(value) for reader, value in zip(readers, row, strict=True))
        except (ValueError, InvalidOperation):
            continue


def _must(reader: Read) -> Read:
    def read(value: str | None) -> Any:
        if not value:
            raise ValueError
        return reader(value)

    return read


def _may(reader: Read) -> Read:
    return lambda value: reader(value) if value else None


def _matching(pattern: str) -> Read:
    return lambda text: _held(text, re.fullmatch(pattern, text) is not None) if text else None


def _among(allowed: Sequence[str]) -> Read:
    return lambda text: _held(text, text in allowed) if text else None


def _held(value: Any, held: bool) -> Any:
    if not held:
        raise ValueError
    return value


def _text(text: str | None) -> str | None:
    return text or None


def _same(value: Any) -> Any:
    return value


def _whole(text: str) -> int:
    return _held(int(text), "_" not in text)


def _pieces(text: str) -> int:
    return _held(_whole(text), int(text) > 0)


def _money(text: str) -> Decimal | None:
    return None if text == "NA" else _held(Decimal(text), "e" not in text and Decimal(text) >= 0)


def _moment(text: str) -> datetime:
    return _held(datetime.fromisoformat(text), "T" in text)
