"""`lakekit test` on Sail, which means what Spark means: queries and functions, and a case that is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lakekit.cli.main import run
from tests.integration.transforms.lakes import Lake
from tests.sail import SAIL

pytestmark = SAIL

COLUMNS = {
    "orders": {"id": "long", "mail": "string", "amount": "long"},
    "people": {"mail": "string", "city": "string"},
}
QUERY = """
SELECT o.id, o.mail, p.city, o.amount / 4 AS quarter, array(p.city, NULL) AS cities,
       named_struct('n', o.id, 'none', CAST(NULL AS int)) AS told, current_date() AS today,
       CAST(o.amount AS decimal(10,3)) AS exact
FROM bronze.orders AS o LEFT JOIN bronze.people AS p ON o.mail <=> p.mail ORDER BY o.id DESC
"""
FUNCTION = """
from lakekit.plugin.transforms import transform
from pyspark.sql import functions as f


@transform(inputs={"orders": "silver.orders"})
def cities(orders):
    return orders.groupBy("city").agg(f.sum("exact").alias("total"))
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, COLUMNS)
    made.begin()
    people = [{"name": "mail", "type": "string", "pii": "mail"}, {"name": "city", "type": "string"}]
    made.write("config/schema_definitions/people.schema.json", json.dumps({"name": "people", "columns": people}))
    made.append("orders", [(1, "ann@corp.org", 10), (2, "bob@corp.org", 7), (3, None, 1)])
    made.append("people", [("ann@corp.org", "Bern")])
    made.transform("silver.orders", QUERY)
    made.write("transforms/gold/cities.py", FUNCTION)
    return made


def test_cases_of_queries_and_functions_are_run_and_written(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--project-dir", str(lake.root), "test"]
    assert run([*at, "--create", "silver.orders"]) == 0
    text = (lake.root / "tests/transforms/silver_orders.yaml").read_text("utf-8")
    assert "corp.org" not in text
    assert ".example" in text
    cases = [
        {
            "name": "totals",
            "transform": "gold.cities",
            "inputs": {"silver.orders": [{"city": "Bern", "exact": 1}, {"city": "Bern", "exact": "2.5"}]},
            "expect": [{"city": "Bern", "total": "3.500"}],
        },
        {
            "name": "in order",
            "transform": "silver.orders",
            "inputs": {"bronze.orders": [{"id": 1, "amount": 1}, {"id": 2, "amount": 2}]},
            "now": "2026-01-31",
            "ordered": True,
            "expect": [
                {"id": 2, "quarter": 0.5, "today": "2026-01-31", "cities": [None, None], "told": {"n": 2}},
                {"id": 1, "quarter": 0.25, "today": "2026-01-31", "cities": [None, None], "told": {"n": 1}},
            ],
        },
    ]
    lake.write("tests/transforms/more.yaml", json.dumps({"cases": cases}))
    capsys.readouterr()
    assert run([*at, "--json"]) == 0, capsys.readouterr().out
    told = json.loads(capsys.readouterr().out)["cases"]
    assert [case["name"] for case in told if case["passed"]] == ["totals", "in order", told[2]["name"]]
    lake.transform("silver.orders", QUERY.replace("/ 4", "/ 5"))
    assert run([*at, "in *"]) == 1
    assert "quarter is 0.4, expected 0.5" in capsys.readouterr().out
