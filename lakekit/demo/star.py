"""A glance at the demo's star: what was sold to whom, by where they lived when they bought it."""

from __future__ import annotations

from attrs import frozen
from sqlglot import exp, parse_one

from lakekit.app.table_files import rows_of
from lakekit.app.tools import Tools
from lakekit.domain.names import parse_dataset
from lakekit.ports.engine import Input

FACTS = "gold.fact_sales"
TABLES = (FACTS, "gold.dim_customer", "gold.dim_date")

REVENUE = """
WITH sales AS (
  SELECT
    CASE
      WHEN c.customer_id IS NOT NULL THEN coalesce(c.country, '(no country)')
      WHEN c._version_key = '00000000000000000000000000000001' THEN '(guests)'
      ELSE '(unknown)'
    END AS country,
    d.year, d.month, d.month_name, f.amount
  FROM fact_sales AS f
  JOIN dim_customer AS c ON f.customer_key = c._version_key
  JOIN dim_date AS d ON f.order_date_key = d.date_key
  WHERE f.currency = 'EUR' AND f.status NOT IN ('cancelled', 'returned')
), ranked AS (
  SELECT country, row_number() OVER (ORDER BY sum(amount) DESC, country) AS place
  FROM sales WHERE country NOT LIKE '(%' GROUP BY country
)
SELECT s.country, s.month_name, s.year, count(*), sum(s.amount)
FROM sales AS s LEFT JOIN ranked AS r ON s.country = r.country
WHERE s.country IN ('(unknown)', '(guests)') OR r.place <= 3
GROUP BY s.country, s.year, s.month, s.month_name, r.place
ORDER BY r.place IS NULL, r.place, s.country, s.year, s.month
"""
"""As a user would ask it: every sale has a row in each dimension, so that inner joins lose none."""


@frozen
class Revenue:
    """Orders and euros of the customers of one country, in one month."""

    country: str
    month: str
    orders: int
    euros: str


def revenue(tools: Tools) -> tuple[Revenue, ...]:
    """Of the three countries with the most, of guests, and of customers of whom nothing is known."""
    inputs = {name.partition(".")[2]: _table(tools, name) for name in TABLES}
    query = parse_one(REVENUE, read="duckdb", into=exp.Select)
    return tuple(
        Revenue(str(country), f"{month} {year}", int(str(orders)), str(euros))
        for country, month, year, orders, euros in tools.engine.rows(query, inputs)
    )


def _table(tools: Tools, name: str) -> Input:
    table = parse_dataset(name).table
    snapshot = tools.tables.snapshot(table)
    content = tools.tables.content(table, snapshot.version) if snapshot else None
    return rows_of(content.files, content.snapshot.columns) if content else Input(())
