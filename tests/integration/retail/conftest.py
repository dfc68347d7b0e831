"""The demo's project as it is after each of its days; made once, and asked by all tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from lakekit.demo.scaffold import project_files, write_project
from tests.integration.retail.shop import DAY_THREE, DAYS, LATE_CUSTOMERS, LATE_PRODUCTS, Seen, Shop


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("shop")
    write_project(root, project_files(["retail"]))
    yield Shop(root)
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="package")
def first(shop: Shop) -> Seen:
    shop.deliver(DAYS[0])
    return Seen.after_a_run(shop)


@pytest.fixture(scope="package")
def second(shop: Shop, first: Seen) -> Seen:
    shop.deliver(DAYS[1])
    return Seen.after_a_run(shop)


@pytest.fixture(scope="package")
def third(shop: Shop, second: Seen) -> Seen:
    """Nothing is new but a few orders."""
    shop.land("orders/2026-03-04.csv", DAY_THREE)
    return Seen.after_a_run(shop)


@pytest.fixture(scope="package")
def late(shop: Shop, third: Seen) -> Seen:
    """Nothing is new but what was true before: where two customers lived, and what a product cost."""
    shop.land("customers.csv", LATE_CUSTOMERS)
    shop.land("products.csv", LATE_PRODUCTS)
    return Seen.after_a_run(shop)
