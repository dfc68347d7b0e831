"""What could make an increment wrong without anybody noticing: each either gives what a rebuild gives, or stops."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from lakekit.domain.build import Pin, Scope
from lakekit.domain.report import Ending
from lakekit.project.selection import EVERYTHING
from tests.integration.transforms.lakes import Lake, multiset

COLUMNS = {"a": {"k": "long", "g": "string", "v": "long"}, "b": {"k": "long", "name": "string"}}
BY_K = {"materialization": "merge", "keys": ["k"], "incremental": ["bronze.a"], "affected_by": ["k"]}
FIRST = (
    "SELECT k, g, v FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY v) AS r FROM bronze.a) AS n WHERE r = 1"
)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, COLUMNS)
    made.begin()
    made.append("a", [(1, "x", 1), (2, "y", 2)])
    made.append("b", [(1, "p")])
    return made


def test_an_input_that_was_dropped_and_made_anew_is_read_in_full(lake: Lake) -> None:
    lake.transform("silver.t", FIRST, **BY_K)
    lake.build()
    shutil.rmtree(lake.path("bronze.a"))
    lake.append("a", [(3, "z", 3)])
    lake.append("a", [(4, "z", 4)])
    report = lake.build()["silver.t"]
    assert (report.scope, report.ending) == (Scope.FULL, Ending.PUBLISHED)
    assert lake.rows("silver.t") == multiset([("z", 3, 3), ("z", 4, 4)])


def test_an_input_that_was_replaced_by_another_table_is_read_in_full(lake: Lake) -> None:
    lake.transform("silver.t", "SELECT k FROM bronze.a", materialization="append", incremental=["bronze.a"])
    lake.build()
    write_deltalake(lake.path("bronze.a"), pl.DataFrame({"k": [7], "g": ["q"], "v": [7]}), mode="overwrite")
    lake.build()
    assert lake.rows("silver.t") == multiset([(7,)])


def test_an_input_that_was_put_back_takes_its_rows_along(lake: Lake) -> None:
    lake.transform("silver.t", FIRST, **BY_K)
    version = lake.table("bronze.a").version()
    lake.append("a", [(1, "x", 0), (3, "z", 3)])
    lake.build()
    lake.table("bronze.a").restore(version)
    assert lake.build()["silver.t"].scope is Scope.KEYS
    assert lake.rows("silver.t") == multiset([("x", 1, 1), ("y", 2, 2)])


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("SELECT * FROM bronze.a", {"materialization": "append", "incremental": ["bronze.a"]}),
        ("SELECT * FROM bronze.a", BY_K),
    ],
)
def test_a_column_that_is_new_in_the_input_is_new_in_the_table_and_empty_before(
    lake: Lake, query: str, options: dict[str, Any]
) -> None:
    lake.transform("silver.t", query, **options)
    lake.build()
    rows = pl.DataFrame({"k": [3], "g": ["z"], "v": [3], "w": ["new"]})
    write_deltalake(lake.path("bronze.a"), rows, mode="append", schema_mode="merge")
    report = lake.build()["silver.t"]
    assert report.scope in (Scope.NEW_ROWS, Scope.KEYS)
    assert lake.rows("silver.t") == multiset([("x", 1, 1, None), ("y", 2, 2, None), ("z", 3, 3, "new")])


NASTY = ["a b", "50%", "x=y", "ü/é", "%2F", "a+b", "'", None]


def test_partitions_are_replaced_whatever_their_values_are_spelled_like(lake: Lake) -> None:
    lake.append("a", [(n, value, 9) for n, value in enumerate(NASTY, 10)])
    lake.transform(
        "silver.t", "SELECT g, count(*) AS n FROM bronze.a GROUP BY g", materialization="partition", partition_by=["g"]
    )
    lake.build()
    lake.append("a", [(n, value, 9) for n, value in enumerate(NASTY, 10)])
    lake.build()
    assert lake.rows("silver.t") == multiset([("x", 1), ("y", 1), *((value, 2) for value in NASTY)])


def test_rows_are_merged_within_partitions_whatever_their_values_are_spelled_like(lake: Lake) -> None:
    lake.append("a", [(n, value, 9) for n, value in enumerate(NASTY, 10)])
    lake.transform("silver.t", FIRST, **BY_K, partition_by=["g"])
    lake.build()
    lake.append("a", [(n, value, 0) for n, value in enumerate(NASTY, 10)])
    lake.build()
    assert lake.rows("silver.t") == multiset([("x", 1, 1), ("y", 2, 2), *((v, n, 0) for n, v in enumerate(NASTY, 10))])


@pytest.mark.parametrize(
    "expression",
    ["v = 1", "v", "CAST(v AS INT)", "CAST(v AS SMALLINT)", "CAST('2026-01-02' AS DATE)", "CAST(NULL AS STRING)"],
)
def test_partitions_of_any_type_that_can_be_one_are_replaced(lake: Lake, expression: str) -> None:
    query = f"SELECT {expression} AS p, k FROM bronze.a"
    lake.transform("silver.t", query, materialization="partition", partition_by=["p"])
    lake.build()
    lake.append("a", [(3, "z", 3)])
    report = lake.build()["silver.t"]
    assert report.ending is Ending.PUBLISHED, report.failure
    assert lake.table("silver.t").count() == 3


@pytest.mark.parametrize("type_", ["DECIMAL(10, 2)", "DOUBLE", "TIMESTAMP"])
def test_a_column_that_cannot_split_a_table_is_refused_before_there_is_one(lake: Lake, type_: str) -> None:
    query = f"SELECT CAST('2026' AS {type_}) AS p, k FROM bronze.a".replace("'2026' AS T", "'2026-01-01' AS T")
    lake.transform("silver.t", query, materialization="partition", partition_by=["p"])
    report = lake.build()["silver.t"]
    assert report.failure is not None
    assert report.failure.code == "table.bad_partition"
    assert not lake.path("silver.t").exists()


def test_no_table_is_split_by_what_is_personal(lake: Lake) -> None:
    columns = [{"name": "g", "type": "string", "pii": "name"}, {"name": "k", "type": "long"}]
    lake.write("config/schema_definitions/t.schema.json", json.dumps({"name": "t", "columns": columns}))
    lake.transform("silver.t", "SELECT g, k FROM bronze.a", partition_by=["g"], contract="t")
    report = lake.build()["silver.t"]
    assert report.failure is not None
    assert report.failure.code == "table.bad_partition"
    assert not lake.path("silver.t").exists()


def test_partitions_are_replaced_also_in_a_table_that_is_split_by_others(lake: Lake) -> None:
    lake.transform("silver.t", "SELECT g, k, v FROM bronze.a", partition_by=["v"])
    lake.build()
    lake.transform("silver.t", "SELECT g, k, v FROM bronze.a", materialization="partition", partition_by=["g"])
    lake.build()
    lake.table("bronze.a").delete("g = 'y'")
    lake.append("a", [(3, "x", 2)])
    lake.build()
    assert lake.rows("silver.t") == multiset([("x", 1, 1), ("y", 2, 2), ("x", 3, 2)])


def test_partitions_are_replaced_also_in_a_table_that_is_not_split(lake: Lake) -> None:
    lake.transform("silver.t", "SELECT g, k FROM bronze.a")
    lake.build()
    lake.transform("silver.t", "SELECT g, k FROM bronze.a", materialization="partition", partition_by=["g"])
    lake.build()
    lake.append("a", [(3, "x", 3)])
    lake.build()
    assert lake.rows("silver.t") == multiset([("x", 1), ("y", 2), ("x", 3)])


def test_a_build_reads_no_older_version_than_the_build_before_it(lake: Lake) -> None:
    lake.transform("silver.t", "SELECT k FROM bronze.a")
    old = lake.table("bronze.a")
    lake.append("a", [(3, "z", 3)])
    lake.build()
    pins = {"bronze.a": Pin("bronze.a", str(old.metadata().id), old.version())}
    with lake.transforms() as (transforms, run):
        transforms.build(EVERYTHING, run, pins=pins)
    assert lake.rows("silver.t") == multiset([(1,), (2,), (3,)])


def test_a_merge_keeps_one_row_for_each_key_where_others_than_the_key_are_affected(lake: Lake) -> None:
    options = {**BY_K, "affected_by": ["g"]}
    lake.transform("silver.t", "SELECT k, g, v FROM bronze.a", **options)
    lake.build()
    lake.append("a", [(1, "z", 9)])
    report = lake.build()["silver.t"]
    assert report.failure is not None
    assert report.failure.code == "transform.duplicate_keys"
    assert lake.rows("silver.t") == multiset([("x", 1, 1), ("y", 2, 2)])


def test_rows_whose_affected_value_is_null_are_made_anew(lake: Lake) -> None:
    query = "SELECT g, sum(v) AS v, count(*) AS k FROM bronze.a GROUP BY g"
    options = {"materialization": "partition", "partition_by": ["g"], "affected_by": ["g"]}
    lake.append("a", [(3, None, 5)])
    lake.transform("silver.t", query, **options, incremental=["bronze.a"])
    lake.build()
    lake.append("a", [(4, None, 6)])
    assert lake.build()["silver.t"].scope is Scope.KEYS
    assert lake.rows("silver.t") == multiset([("x", 1, 1), ("y", 1, 2), (None, 2, 11)])


def test_a_delete_condition_without_a_value_deletes_nothing(lake: Lake) -> None:
    lake.append("a", [(3, None, None)])
    lake.transform("silver.t", FIRST, **BY_K, delete_when="v > 1")
    lake.build()
    assert lake.rows("silver.t") == multiset([("x", 1, 1), (None, 3, None)])
    lake.append("a", [(1, "x", None)])
    lake.build()
    assert sorted(k for _, k, _ in lake.rows("silver.t")) == [1, 3]


def test_an_input_that_is_read_twice_is_not_built_by_new_rows(lake: Lake) -> None:
    query = "SELECT a.k, o.v FROM bronze.a AS a JOIN bronze.a AS o ON a.k = o.k"
    lake.transform("silver.t", query, materialization="append", incremental=["bronze.a"])
    report = lake.build()["silver.t"]
    assert report.failure is not None
    assert report.failure.code == "transform.not_incremental"


def test_a_log_that_was_cleaned_up_makes_all_rows_anew(lake: Lake) -> None:
    lake.transform("silver.t", "SELECT k FROM bronze.a", materialization="append", incremental=["bronze.a"])
    lake.build()
    for number in range(3, 15):
        lake.append("a", [(number, "z", 1)])
    table = lake.table("bronze.a")
    table.create_checkpoint()
    for version in range(table.version()):
        (lake.path("bronze.a") / f"_delta_log/{version:020}.json").unlink(missing_ok=True)
    report = lake.build()["silver.t"]
    assert report.scope is Scope.FULL
    assert "can no longer be told" in report.instead
    assert lake.rows("silver.t") == multiset([(k,) for k in range(1, 15)])


def test_a_column_that_others_added_to_the_table_stops_the_build(lake: Lake) -> None:
    lake.transform("silver.t", FIRST, **BY_K)
    lake.build()
    rows = pl.DataFrame({"k": [9], "g": ["q"], "v": [9], "more": ["m"]})
    write_deltalake(lake.path("silver.t"), rows, mode="append", schema_mode="merge")
    report = lake.build()["silver.t"]
    assert report.failure is not None
    assert report.failure.code == "transform.column_changed"


def test_two_projects_with_one_transform_of_the_same_name_never_mix_their_rows(lake: Lake, tmp_path: Path) -> None:
    lake.transform("silver.t", "SELECT k FROM bronze.a", materialization="append", incremental=["bronze.a"])
    other = Lake(tmp_path / "other", COLUMNS)
    other.begin()
    other.transform("silver.t", "SELECT k + 100 AS k FROM bronze.a", materialization="append", incremental=["bronze.a"])
    (tmp_path / "other" / "lake").symlink_to(tmp_path / "lake")
    lake.build()
    assert other.build()["silver.t"].scope is Scope.FULL
    assert lake.rows("silver.t") == multiset([(101,), (102,)])
    lake.append("a", [(3, "z", 3)])
    lake.build()
    assert lake.rows("silver.t") == multiset([(1,), (2,), (3,)])
    assert DeltaTable(lake.path("silver.t")).transaction_version("lakekit/silver.t/transform") == 3
