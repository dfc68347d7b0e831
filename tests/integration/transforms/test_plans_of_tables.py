"""What plans say of the tables that builds write: columns that come and go, rows that give way, what is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lakekit.domain.planning import Loss
from lakekit.domain.schema import ColumnChange
from tests.integration.transforms.lakes import Lake

FIRST = "SELECT k, CAST(v AS string) AS v, n FROM bronze.a"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, {"a": {"k": "long", "v": "double", "n": "long"}})
    made.begin()
    made.append("a", [(1, 0.5, 1), (2, 1.5, 2)])
    made.transform("silver.t", FIRST)
    return made


def changes(lake: Lake, *, refresh: bool = False) -> set[tuple[str, str | None, str | None]]:
    """Of `silver.t`, as a plan tells them."""
    told = lake.plan(refresh=refresh)["silver.t"].columns
    assert told is not None
    return {(c.name, c.before, c.after) for c in told}


def test_of_a_table_that_is_not_there_all_columns_are_new(lake: Lake) -> None:
    lake.transform("silver.t", "SELECT k, CAST(v AS string) AS v, k + n AS sum FROM bronze.a")
    assert changes(lake) == {("k", None, "long"), ("v", None, "string"), ("sum", None, "?")}
    assert lake.plan()["silver.t"].replaced is None


def test_the_types_of_a_contract_hold_before_anything_has_run(lake: Lake) -> None:
    columns = [{"name": "k", "type": "long"}, {"name": "sum", "type": "decimal(20,0)"}]
    lake.write("config/schema_definitions/t.schema.json", json.dumps({"name": "t", "columns": columns}))
    lake.transform("silver.t", "SELECT k, k + n AS sum FROM bronze.a", contract="t")
    assert changes(lake) == {("k", None, "long"), ("sum", None, "decimal(20,0)")}


def test_where_nothing_is_built_nothing_changes(lake: Lake) -> None:
    lake.build()
    plan = lake.plan()["silver.t"]
    assert (plan.columns, plan.replaced, plan.losses) == (None, None, ())


def test_a_new_column_is_told_and_made(lake: Lake) -> None:
    lake.build()
    lake.transform("silver.t", "SELECT k, CAST(v AS string) AS v, n, v AS raw FROM bronze.a")
    assert changes(lake) == {("raw", None, "double")}
    plan = lake.plan()["silver.t"]
    assert (plan.failure, plan.replaced and plan.replaced[:2], plan.losses) == (None, (1, 2), ())
    assert lake.build()["silver.t"].failure is None


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT k, CAST(v AS string) AS v FROM bronze.a", ("n", "long", None)),
        ("SELECT k, CAST(v AS string) AS v, CAST(n AS int) AS n FROM bronze.a", ("n", "long", "int")),
        ("SELECT k, v, n FROM bronze.a", ("v", "string", "double")),
        ("WITH w AS (SELECT * FROM bronze.a) SELECT w.k, v, n FROM w", ("v", "string", "double")),
    ],
)
def test_a_column_that_goes_or_changes_stops_the_plan_as_it_stops_the_build(
    lake: Lake, query: str, told: tuple[str, str, str | None]
) -> None:
    lake.build()
    lake.transform("silver.t", query)
    lake.transform("gold.u", "SELECT k FROM silver.t")
    assert changes(lake) == {told}
    plan = lake.plan()["silver.t"]
    built = lake.build()["silver.t"]
    assert plan.failure is not None
    assert built.failure is not None
    assert plan.failure.lines == built.failure.lines
    assert plan.failure.code == "transform.column_changed"

    assert changes(lake, refresh=True) == {told}
    assert lake.plan(refresh=True)["silver.t"].losses == (Loss.COLUMNS,)
    lake.build(refresh=True)
    assert changes(lake, refresh=True) == set()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT K, CAST(v AS varchar(10)) AS V, N FROM bronze.a",
        "SELECT n, v, k FROM (SELECT k, concat(v) AS v, n FROM bronze.a)",
        "SELECT k, CAST(v AS string) AS v, n FROM bronze.a UNION ALL SELECT k, 'x', 0 FROM bronze.a",
    ],
)
def test_what_may_be_the_same_column_is_no_change(lake: Lake, query: str) -> None:
    lake.build()
    lake.transform("silver.t", query)
    assert changes(lake) == set()


def test_a_source_whose_table_is_wider_than_its_contract_is_as_its_table_is(tmp_path: Path) -> None:
    lake = Lake(tmp_path, {"a": {"k": "long"}})
    lake.begin()
    lake.append("a", [(1,)])
    columns = [{"name": "k", "type": "int"}]
    lake.write("config/schema_definitions/a.schema.json", json.dumps({"name": "a", "columns": columns}))
    lake.transform("silver.t", "SELECT k FROM bronze.a")
    lake.build()
    assert changes(lake, refresh=True) == set()


def test_a_type_that_changes_upstream_stops_what_hands_it_on(lake: Lake) -> None:
    lake.transform("gold.u", "SELECT k, v FROM silver.t")
    lake.build()
    lake.transform("silver.t", "SELECT k, v, n FROM bronze.a")
    plans = lake.plan(refresh=True)
    assert plans["gold.u"].columns == (ColumnChange("v", "string", "double"),)


@pytest.mark.parametrize(
    ("options", "lost"),
    [
        ({"materialization": "append", "incremental": ["bronze.a"]}, ()),
        ({"materialization": "merge", "keys": ["k"]}, (Loss.GATHERED,)),
        ({}, ()),
    ],
)
def test_a_rebuild_tells_what_its_inputs_may_not_give_again(
    lake: Lake, options: dict[str, object], lost: tuple[Loss, ...]
) -> None:
    lake.transform("silver.t", FIRST, **options)
    lake.build()
    plan = lake.plan(refresh=True)["silver.t"]
    assert (plan.replaced and plan.replaced[1], plan.losses) == (2, lost)
    lake.append("a", [(3, 2.5, 3)])
    assert lake.plan()["silver.t"].losses == ()


def test_rows_of_others_that_give_way_are_told(lake: Lake) -> None:
    lake.build()
    lake.table("silver.t").delete("k = 1")
    assert lake.plan()["silver.t"].losses == (Loss.FOREIGN,)


def test_of_a_function_no_columns_are_known(lake: Lake) -> None:
    lake.write(
        "transforms/silver/f.py",
        "from lakekit.plugin.transforms import transform\n\n\n"
        '@transform(inputs={"a": "bronze.a"})\ndef f(a):\n    return a\n',
    )
    assert lake.plan()["silver.f"].columns is None
