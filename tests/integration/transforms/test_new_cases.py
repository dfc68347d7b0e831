"""Cases that are written from rows of the lake: they pass, and have no personal value of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lakekit.app.cases.sample import Wish
from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.compose.cases import Created
from lakekit.domain.errors import ConfigError
from lakekit.project.selection import Selection
from tests.integration.transforms.lakes import Lake
from tests.integration.transforms.test_cases import cases

COLUMNS = {
    "orders": {"id": "long", "mail": "string", "note": "string", "amount": "long"},
    "people": {"mail": "string", "name": "string", "phone": "long", "city": "string"},
}
PERSONAL = {"mail", "name", "phone"}
PEOPLE = [
    ("ann.smith@corp.org", "Ann Smith", 41791234567, "Bern"),
    ("bob@corp.org", "Bob", 41797654321, "Oslo"),
    ("cyd@x.net", "Zoë Ŕ", 41790000000, "Rome"),
]
ORDERS = [(n, PEOPLE[n % 3][0], f"call {PEOPLE[n % 3][1].upper()} at {PEOPLE[n % 3][2]}", n * 10) for n in range(30)]
QUERY = """
WITH p AS (SELECT mail AS address, name, phone, city FROM bronze.people)
SELECT o.id, upper(p.name) AS name, p.phone, p.city, o.note, o.amount
FROM bronze.orders AS o JOIN p ON o.mail = p.address
"""


FIVE = Wish()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, COLUMNS)
    made.begin()
    people = [{"name": c, "type": t, **({"pii": c} if c in PERSONAL else {})} for c, t in COLUMNS["people"].items()]
    made.write("config/schema_definitions/people.schema.json", json.dumps({"name": "people", "columns": people}))
    made.append("people", PEOPLE)
    made.append("orders", ORDERS)
    made.transform("silver.called", QUERY)
    return made


def create(lake: Lake, name: str = "silver.called", wish: Wish = FIVE) -> tuple[Created, Any, str]:
    """The report, the case, and the text of its file."""
    with application(lake.root, None, Silent()) as app:
        made = cases(app).create(name, wish, lambda: app.tools)
    text = (lake.root / made.file).read_text("utf-8")
    return made, yaml.safe_load(text)["cases"][0], text


def passes(lake: Lake) -> bool:
    with application(lake.root, None, Silent()) as app:
        return all(report.passed for report in cases(app).run(Selection()))


def test_rows_that_belong_together_are_picked_and_the_case_passes(lake: Lake) -> None:
    made, case, _ = create(lake, wish=Wish(4))
    assert made.given == {"bronze.orders": 4, "bronze.people": 3}
    assert len(case["expect"]) == 4
    assert passes(lake)


def test_no_personal_value_of_the_lake_reaches_the_file(lake: Lake) -> None:
    _, case, text = create(lake, wish=Wish(30))
    real = [str(value) for row in PEOPLE for value in row[:3]]
    # A short name such as Bob may stand within a word: three letters of many at random are often somebody's.
    assert [value for value in real if re.search(rf"\b{re.escape(value)}\b", text, re.IGNORECASE)] == []
    given = case["inputs"]
    assert len({row["mail"] for row in given["bronze.people"]}) == 3
    assert {row["mail"] for row in given["bronze.orders"]} == {row["mail"] for row in given["bronze.people"]}
    assert all("@" in row["mail"] for row in given["bronze.people"])
    assert all(len(str(row["phone"])) == 11 for row in given["bronze.people"])
    assert {row["city"] for row in given["bronze.people"]} == {"Bern", "Oslo", "Rome"}
    assert len(case["expect"]) == 30


def test_keys_say_which_rows(lake: Lake) -> None:
    _, case, _ = create(lake, wish=Wish(5, {"id": "7"}))
    assert [row["id"] for row in case["inputs"]["bronze.orders"]] == [7]
    assert [row["city"] for row in case["inputs"]["bronze.people"]] == ["Oslo"]
    _, case, _ = create(lake, wish=Wish(2, {"city": "Rome"}))
    assert {row["id"] % 3 for row in case["inputs"]["bronze.orders"]} == {2}


def test_keys_that_no_row_has_make_no_case(lake: Lake) -> None:
    with pytest.raises(ConfigError, match=r"case\.no_rows"):
        create(lake, wish=Wish(5, {"id": "99999"}))
    assert not list(lake.root.glob("tests/transforms/*"))


def test_a_case_that_is_there_stays(lake: Lake) -> None:
    first, _, text = create(lake)
    second, _, _ = create(lake)
    assert first.file != second.file
    assert (lake.root / first.file).read_text("utf-8") == text


def test_columns_that_nothing_depends_on_are_left_out(lake: Lake) -> None:
    lake.transform("silver.cities", "SELECT DISTINCT city FROM bronze.people")
    _, case, _ = create(lake, "silver.cities")
    assert {key for row in case["inputs"]["bronze.people"] for key in row} == {"city"}


def test_a_query_that_asks_the_time_gets_a_case_at_a_moment(lake: Lake) -> None:
    lake.transform("silver.seen", "SELECT id, current_timestamp() AS at FROM bronze.orders")
    _, case, _ = create(lake, "silver.seen")
    assert case["now"]
    assert passes(lake)


def test_keys_that_no_input_has_are_told_and_nothing_is_written(lake: Lake) -> None:
    with pytest.raises(ConfigError) as caught:
        create(lake, wish=Wish(5, {"citty": "Rome"}))
    assert (caught.value.code, caught.value.next) == ("case.unknown_column", "did you mean 'city'?")
    with pytest.raises(ConfigError) as caught:
        create(lake, wish=Wish(5, {"id": "Ann Smith"}))
    assert caught.value.code == "case.bad_value"
    assert "Ann" not in str(caught.value.lines())
    assert not (lake.root / "tests").exists()


def test_rows_on_which_the_transform_fails_are_told_and_nothing_is_written(lake: Lake) -> None:
    lake.transform("silver.keyed", "SELECT city FROM bronze.people", materialization="merge", keys=["city"])
    lake.append("people", PEOPLE)
    with pytest.raises(ConfigError) as caught:
        create(lake, "silver.keyed")
    assert caught.value.code == "case.not_made"
    assert not (lake.root / "tests").exists()


def test_what_is_joined_to_a_personal_column_is_as_personal(tmp_path: Path) -> None:
    lake = Lake(tmp_path, {"orders": {"id": "long", "customer": "long"}, "people": {"no": "long", "city": "string"}})
    lake.begin()
    people = [{"name": "no", "type": "long", "pii": "number"}, {"name": "city", "type": "string"}]
    lake.write("config/schema_definitions/people.schema.json", json.dumps({"name": "people", "columns": people}))
    lake.append("people", [(70_001, "Bern"), (70_002, "Oslo")])
    lake.append("orders", [(n, 70_001 + n % 2) for n in range(10)])
    lake.transform("silver.placed", "SELECT id, city FROM bronze.orders JOIN bronze.people ON customer = no")
    made, case, text = create(lake, "silver.placed")
    assert {"70001", "70002"}.isdisjoint(re.findall(r"\d+", text))  # a fake may begin as they do
    assert [row["city"] for row in case["expect"]] == ["Bern", "Oslo", "Bern", "Oslo", "Bern"]
    assert made.left_out == ()


def test_nothing_is_picked_of_an_input_to_which_no_row_belongs(lake: Lake) -> None:
    lake.append("orders", [(99, "nobody@x.org", "", 1)])
    made, case, _ = create(lake, wish=Wish(5, {"id": "99"}))
    assert made.given == {"bronze.orders": 1, "bronze.people": 0}
    assert case["expect"] == []
    assert passes(lake)
