"""What columns of functions are made of: told by the plan of their last build, and by nobody before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lakekit.cli.main import run
from tests.integration.transforms.feeds import COLUMNS
from tests.integration.transforms.lakes import Lake
from tests.sail import SAIL

pytestmark = SAIL

FUNCTION = """
from pyspark.sql import functions as f

from lakekit.plugin.transforms import transform


@transform(inputs={"e": "bronze.e"}, lineage={"told": ["bronze.e.n"]})
def made(e):
    shout = f.udf(lambda text: text, "string")
    rows = e.where("op <> 'd'").select("k", f.upper("city").alias("town"), f.lit(1).alias("one"))
    return rows.mapInArrow(renamed, "k long, told string") if IN_PYTHON else rows


def renamed(batches):
    return (batch.select(["k", "town"]).rename_columns(["k", "told"]) for batch in batches)
"""
Lakekit = Callable[..., Any]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, {"e": COLUMNS})
    made.begin()
    made.write("data/e.csv", "k,at,n,city,name,op\n1,1,0,Bern,x,u\n")
    made.write("transforms/silver/made.py", FUNCTION.replace("IN_PYTHON", "False"))
    made.transform("gold.last", "SELECT town FROM silver.made")
    return made


@pytest.fixture
def lakekit(lake: Lake, capfd: pytest.CaptureFixture[str]) -> Lakekit:
    def call(*arguments: str) -> Any:
        capfd.readouterr()
        assert run(["--project-dir", str(lake.root), *arguments]) == 0
        return json.loads(capfd.readouterr().out)

    return call


def told(document: Any) -> dict[str, tuple[bool, list[str], list[str]]]:
    """Of each column whether it is known, what it is made of, and what steers it."""
    return {
        c["column"]: (c["known"], [_source(b) for b in c["columns"]], [_steering(s) for s in c["steered_by"]])
        for c in document["columns"]
    }


def _source(below: Any) -> str:
    return f"{below['how']} {below['dataset']}.{below['column']}"


def _steering(by: Any) -> str:
    return f"{by['how']} {'.'.join(by['source'])}"


def test_a_build_tells_of_what_the_columns_of_a_function_are_made(lake: Lake, lakekit: Lakekit) -> None:
    lakekit("run", "--json")
    assert told(lakekit("lineage", "silver.made", "--json")) == {
        "k": (True, ["IDENTITY bronze.e.k"], ["FILTER bronze.e.op"]),
        "town": (True, ["TRANSFORMATION bronze.e.city"], ["FILTER bronze.e.op"]),
        "one": (True, [], ["FILTER bronze.e.op"]),
    }
    (town,) = lakekit("lineage", "gold.last.town", "--json")["columns"]
    assert _source(town["columns"][0]["columns"][0]) == "TRANSFORMATION bronze.e.city"
    (city,) = lakekit("lineage", "bronze.e.city", "--down", "--json")["columns"]
    assert [_source(below) for below in city["columns"]] == ["TRANSFORMATION silver.made.town"]


def test_of_code_that_was_not_built_yet_it_is_not_known(lake: Lake, lakekit: Lakekit) -> None:
    lakekit("run", "--json")
    lake.write("transforms/silver/made.py", FUNCTION.replace("IN_PYTHON", "0"))
    assert {known for known, *_ in told(lakekit("lineage", "silver.made", "--json")).values()} == {False}


def test_what_a_plan_does_not_tell_the_author_does(lake: Lake, lakekit: Lakekit) -> None:
    lake.write("transforms/silver/made.py", FUNCTION.replace("IN_PYTHON", "True"))
    lake.write("transforms/gold/last.sql", "SELECT told FROM silver.made")
    lakekit("run", "--json")
    assert told(lakekit("lineage", "silver.made", "--json")) == {
        "k": (False, [], []),
        "told": (True, ["TRANSFORMATION bronze.e.n"], []),
    }


def test_lineage_events_have_it(lake: Lake, lakekit: Lakekit) -> None:
    settings = lake.root / "config/dev.yaml"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "lineage": "openlineage"}))
    lakekit("run", "--json")
    lines = (lake.root / ".lakekit/lineage.jsonl").read_text().splitlines()
    facets = [
        output["facets"]["columnLineage"]["fields"]
        for event in map(json.loads, lines)
        if event["job"]["name"] == "transform.silver.made"
        for output in event["outputs"]
    ]
    assert [set(fields) for fields in facets] == [{"k", "town", "one"}] * 2
    (field, _) = facets[0]["town"]["inputFields"]
    assert (field["field"], field["transformations"][0]["subtype"]) == ("city", "TRANSFORMATION")
