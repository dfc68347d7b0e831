"""Dimensions by the command line, on Sail: planned, run as planned, in SQL and in Python; what is told of mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lakekit.cli.main import run
from tests.integration.transforms.feeds import CHANGES, COLUMNS, QUERY, Versions
from tests.integration.transforms.lakes import Lake
from tests.sail import SAIL

pytestmark = SAIL

FUNCTION = """
from lakekit.plugin.transforms import transform


@transform(
    inputs={"e": "bronze.e"},
    materialization="scd2",
    keys=["k"],
    sequence_by="at",
    except_=["op", "n", "seen"],
    delete_when="op = 'd'",
)
def dim(e):
    return e.selectExpr("k", "at", "n", "upper(city) AS city", "name", "op", "1 AS seen")
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, {"e": COLUMNS})
    made.begin()
    made.transform("gold.was", QUERY, **{**CHANGES, "incremental": ["bronze.e"]})
    made.write("transforms/gold/dim.py", FUNCTION)
    feed(made, "1,1,0,Bern,x,u", "1,5,0,Oslo,x,u", ",1,0,Oslo,x,u")
    return made


def feed(lake: Lake, *rows: str) -> None:
    """What the source's file has."""
    lake.write("data/e.csv", "\n".join(["k,at,n,city,name,op", *rows, ""]))


def test_a_plan_of_dimensions_is_run_as_it_stands(lake: Lake, capfd: pytest.CaptureFixture[str]) -> None:
    def lakekit(*arguments: str, code: int = 0) -> str:
        capfd.readouterr()
        found = run(["--project-dir", str(lake.root), *arguments])
        told = capfd.readouterr()
        assert found == code, told
        return told.out + told.err

    told = lakekit("run")
    assert "gold.was_events: 1 event quarantined: null_key (1)" in told
    assert Versions(lake, "gold.was").told("city") == ["1 Bern [1, 5)", "1 Oslo [5, None)"]
    assert Versions(lake).told("city") == ["1 BERN [1, 5)", "1 OSLO [5, None)"]
    feed(lake, "1,1,0,Bern,x,u", "1,5,0,Oslo,x,u", "1,3,0,Rome,x,u", "1,7,0,,x,d", "2,7,0,Graz,x,u")
    assert "gold.was_events" in lakekit("plan")
    plan = lake.root / "plan.json"
    plan.write_text(lakekit("plan", "--json"))
    builds = {b["dataset"] for b in json.loads(plan.read_text())["transforms"]}
    assert builds == {"gold.dim_events", "gold.dim", "gold.was_events", "gold.was"}
    lakekit("run", "--plan", str(plan))
    lakekit("run", "--plan", str(plan), code=2)
    late = ["1 Bern [1, 3)", "1 Rome [3, 5)", "1 Oslo [5, 7)", "2 Graz [7, None)"]
    assert Versions(lake, "gold.was").told("city") == late
    assert Versions(lake).told("city") == [v.replace(v.split()[1], v.split()[1].upper()) for v in late]


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ('keys=["k"]', 'keys=["kk"]', "transform.unknown_column", "dim.py:8:11"),
        ('"n", "seen"]', '"n", "sen"]', "transform.unknown_column", "dim.py:10:25"),
        ('sequence_by="at"', 'sequence_by="name"', "dimension.bad_type", "dim.py:9:17"),
        ('"1 AS seen"', '"1 AS seen", "2 AS valid_to"', "dimension.own_column", "dim.py"),
        ("op = 'd'", "opp = 'd'", "runtime.unknown_column", "dim.py:11:5"),
    ],
)
def test_what_a_function_makes_is_held_to_its_options_before_it_runs(
    lake: Lake, capfd: pytest.CaptureFixture[str], old: str, new: str, code: str, place: str
) -> None:
    assert FUNCTION.count(old) == 1
    lake.write("transforms/gold/dim.py", FUNCTION.replace(old, new))
    capfd.readouterr()
    assert run(["--project-dir", str(lake.root), "run", "bronze.e", "gold.dim"]) in (1, 2)
    told = capfd.readouterr().err
    assert code in told
    assert place in told
    assert not lake.path("gold.dim").exists()
