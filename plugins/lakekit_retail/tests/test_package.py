"""What the plugin offers, as lakekit reads it."""

from __future__ import annotations

import json
import re

import pycountry

from lakekit.plugin.manager import load_plugins
from lakekit_retail import lakekit_transforms

SILVER = {"customer_changes", "customers", "orders", "products", "behavior", "customer_360"}
GOLD = {"dim_customer", "dim_product", "dim_date", "fact_sales", "fact_behavior"}
(PACKAGE,) = lakekit_transforms()


def test_it_is_installed_and_nothing_of_it_is_in_dispute() -> None:
    plugins = load_plugins()
    assert plugins.transforms("retail") == PACKAGE.folder
    assert not [problem for problem in plugins.problems() if problem.plugin == "retail"]


def test_each_dataset_has_a_file_and_a_contract() -> None:
    silver, gold = (
        {
            path.stem: path.read_text("utf-8")
            for path in (PACKAGE.folder / "transforms" / layer).iterdir()
            if path.is_file()
        }
        for layer in ("silver", "gold")
    )
    assert (set(silver), set(gold)) == (SILVER, GOLD)
    contracts = {path.name.partition(".")[0] for path in (PACKAGE.folder / "config" / "schema_definitions").iterdir()}
    named = [re.search(r"^ *contract[:=] *\"?(\w+)", text, flags=re.MULTILINE) for text in (silver | gold).values()]
    assert {match[1] for match in named if match} == contracts
    assert all(named)


def test_what_tells_who_somebody_is_is_tagged_in_every_contract() -> None:
    personal = {"name", "email", "email_raw", "phone", "phone_raw", "birth_date"}
    for dataset in ("customers", "customer_360", "dim_customer"):
        file = PACKAGE.folder / "config" / "schema_definitions" / f"{dataset}.schema.json"
        columns = json.loads(file.read_text("utf-8"))["columns"]
        assert {c["name"] for c in columns if "pii" in c} == {c["name"] for c in columns} & personal


def test_every_currency_is_known() -> None:
    query = (PACKAGE.folder / "transforms" / "silver" / "orders.sql").read_text("utf-8")
    assert {currency.alpha_3 for currency in pycountry.currencies} <= set(re.findall("'([A-Z]{3})'", query))
