"""A query at a moment, the columns that it holds equal, and its order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lakekit.domain.schema import TableColumn
from lakekit.sql.query.joined import joined
from lakekit.sql.query.moments import at, reads_the_clock
from lakekit.sql.query.ordering import in_order
from lakekit.sql.query.parsed import read_query

MOMENT = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
DAY, STAMP = "CAST('2026-01-31' AS DATE)", "CAST('2026-01-31T12:30:00.000000Z' AS TIMESTAMP)"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT current_date AS d", f"SELECT {DAY} AS d"),
        ("SELECT CURRENT_DATE ( ) AS d", f"SELECT {DAY} AS d"),
        ("SELECT curdate() AS d", f"SELECT {DAY} AS d"),
        ("SELECT now() - interval 1 day AS t", f"SELECT {STAMP} - interval 1 day AS t"),
        ("SELECT x FROM a WHERE t < current_timestamp", f"SELECT x FROM a WHERE t < {STAMP}"),
        ("SELECT localtimestamp() AS t", "SELECT CAST('2026-01-31T12:30:00.000000' AS TIMESTAMP_NTZ) AS t"),
        ("SELECT unix_timestamp() AS s", "SELECT CAST('1769862600' AS BIGINT) AS s"),
    ],
)
def test_what_tells_the_time_tells_that_moment(query: str, expected: str) -> None:
    assert reads_the_clock(query)
    assert at(query, MOMENT) == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 'now()' AS t",
        "SELECT a.current_date FROM a",
        "SELECT d AS current_date FROM a",
        "SELECT `current_date` FROM a",
        "SELECT now FROM a -- now()",
        "SELECT unix_timestamp(t) AS s, to_date(t) AS d FROM a",
    ],
)
def test_names_texts_and_other_functions_stay(query: str) -> None:
    assert not reads_the_clock(query)
    assert at(query, MOMENT) == query


INPUTS = {
    "bronze.orders": (TableColumn("id", "long"), TableColumn("who", "string")),
    "bronze.people": (TableColumn("name", "string"), TableColumn("city", "long")),
    "bronze.cities": (TableColumn("city", "long"), TableColumn("title", "string")),
}
WHO = (("bronze.orders", "who"), ("bronze.people", "name"))
CITY = (("bronze.people", "city"), ("bronze.cities", "city"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT id FROM bronze.orders o JOIN bronze.people p ON o.who = p.name", [WHO]),
        ("SELECT id FROM bronze.orders JOIN bronze.people ON orders.who <=> NAME", [WHO]),
        ("SELECT id FROM bronze.orders, bronze.people WHERE who = name AND id > 5", [WHO]),
        ("SELECT title FROM bronze.people JOIN bronze.cities USING (city)", [CITY]),
        ("WITH p AS (SELECT name AS n FROM bronze.people) SELECT id FROM bronze.orders JOIN p ON who = p.n", [WHO]),
        ("SELECT id FROM bronze.orders JOIN (SELECT * FROM bronze.people) AS q ON who = q.name", [WHO]),
        ("SELECT id FROM bronze.orders JOIN (SELECT upper(name) AS n FROM bronze.people) q ON who = q.n", []),
        ("SELECT id FROM bronze.orders WHERE id = 5 AND who = 'x'", []),
        (
            "SELECT id FROM bronze.orders o JOIN bronze.people p ON who = name JOIN bronze.cities c ON p.city = c.city",
            [WHO, CITY],
        ),
    ],
)
def test_columns_that_are_held_equal(query: str, expected: list) -> None:
    assert list(joined(read_query(query), INPUTS)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a LIMIT 1000000"),
        ("SELECT a FROM t ORDER BY a LIMIT 3", "SELECT a FROM t ORDER BY a LIMIT 3"),
    ],
)
def test_a_query_whose_order_counts_has_a_limit(query: str, expected: str) -> None:
    assert in_order(query) == expected
