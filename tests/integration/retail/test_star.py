"""The star of the demo's project on Sail: what each fact says of its customer, product and day is what the raw files
say of the moment of the fact, however late they said it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lakekit.domain.build import Scope
from lakekit.domain.report import Ending
from tests.integration.retail import star
from tests.integration.retail.shop import ON_SAIL, Seen, Shop

pytestmark = ON_SAIL

FACTS = ("gold.fact_sales", "gold.fact_behavior")
KEYS = (
    ("fact_sales", "customer_key", "dim_customer", "_version_key"),
    ("fact_sales", "product_key", "dim_product", "_version_key"),
    ("fact_sales", "order_date_key", "dim_date", "date_key"),
    ("fact_sales", "delivery_date_key", "dim_date", "date_key"),
    ("fact_behavior", "customer_key", "dim_customer", "_version_key"),
    ("fact_behavior", "product_key", "dim_product", "_version_key"),
    ("fact_behavior", "date_key", "dim_date", "date_key"),
)
COUNTRY, MEMBER = 4, 1


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("day", ["first", "second", "third", "late"])
def test_the_star_says_what_the_raw_files_say(day: str, facts: str, request: pytest.FixtureRequest) -> None:
    seen: Seen = request.getfixturevalue(day)
    assert seen.star[facts] == seen.true_star[facts]
    members = {row[MEMBER] for row in seen.true_star[facts]}
    assert members == {None, star.UNKNOWN, star.NONE}


def test_facts_of_customers_who_were_not_known_are_repaired_when_they_are(first: Seen, second: Seen) -> None:
    before = {row[0] for row in first.star["gold.fact_sales"] if row[MEMBER] == star.UNKNOWN}
    after = {row[0] for row in second.star["gold.fact_sales"] if row[MEMBER] == star.UNKNOWN}
    assert len(before - after) > 5
    assert before & after


def test_a_version_told_late_makes_the_facts_in_its_interval_anew_and_no_others(third: Seen, late: Seen) -> None:
    for facts in FACTS:
        before, after = ({row[0]: row for row in seen.star[facts]} for seen in (third, late))
        moved = {key for key in after if before[key] != after[key]}
        build = late.builds[facts]
        assert build.scope is Scope.KEYS
        assert (build.books.added, build.books.removed) == (len(moved), len(moved))
        assert build.books.made >= len(moved) > 0
    assert late.builds["gold.fact_sales"].books.made > late.builds["gold.fact_sales"].books.added


def test_sums_by_country_and_month_are_those_of_the_raw_files(shop: Shop, late: Seen) -> None:
    amounts = {row[0]: row[4] for row in late.truth["silver.orders"]}
    told = [(row[COUNTRY], row[10].month if row[10] else None, amounts[row[0]]) for row in late.true_star[FACTS[0]]]
    query = """
        SELECT c.country, d.month, f.amount FROM fact_sales AS f
        JOIN dim_customer AS c ON f.customer_key = c._version_key JOIN dim_date AS d ON f.order_date_key = d.date_key
    """
    found = star.euros(star.asked(shop.root / "lake", query))  # type: ignore[arg-type]
    assert found == star.euros(told)
    assert sum(found.values()) == sum(amount or Decimal() for amount in amounts.values())


@pytest.mark.parametrize(("facts", "key", "dimension", "named"), KEYS)
def test_every_key_of_a_fact_is_that_of_one_row_of_its_dimension(
    shop: Shop, late: Seen, facts: str, key: str, dimension: str, named: str
) -> None:
    query = f"""
        SELECT count(*), count(DISTINCT (SELECT count(*) FROM {dimension} AS d WHERE d.{named} = f.{key})),
          min((SELECT count(*) FROM {dimension} AS d WHERE d.{named} = f.{key}))
        FROM {facts} AS f
    """
    ((rows, kinds, least),) = star.asked(shop.root / "lake", query)
    assert (rows > 100, kinds, least) == (True, 1, 1)


def test_a_run_with_nothing_new_builds_nothing_and_a_full_refresh_makes_the_same_rows(shop: Shop, late: Seen) -> None:
    before, gold = shop.versions, shop.gold
    assert {build.ending for build in shop.run().values()} == {Ending.NOTHING_NEW}
    assert shop.versions == before
    builds = shop.transform(refresh=True).values()
    assert {build.ending for build in builds} == {Ending.PUBLISHED}
    assert shop.versions != before
    assert shop.rows == late.rows
    assert shop.gold == gold
