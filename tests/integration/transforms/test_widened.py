"""Contracts of transforms that let columns be wider: the table follows in the commit of the build, and loses no row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import write_deltalake

from lakekit.domain.report import BuildReport
from tests.integration.transforms.lakes import Lake

LONG = 2**40
FIRST = [(1, "x", 10), (2, "y", 20), (3, "y", 30)]
THEN = [(2, "y", LONG), (4, "z", 40)]
UPSERTED = [(1, "x", 10), (2, "y", LONG), (3, "y", 30), (4, "z", 40)]
OVERWRITTEN = [(1, "x", 10), *THEN]
WAYS: list[tuple[dict[str, object], list[tuple[int, str, int]]]] = [
    ({}, THEN),
    ({"materialization": "append", "incremental": ["bronze.a"]}, THEN),
    ({"materialization": "merge", "keys": ["k"], "incremental": ["bronze.a"], "affected_by": ["k"]}, THEN),
    ({"materialization": "merge", "keys": ["k"]}, UPSERTED),
    ({"materialization": "partition", "partition_by": ["day"]}, OVERWRITTEN),
    ({"materialization": "merge", "keys": ["k"], "partition_by": ["day"]}, UPSERTED),
]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, {"a": {"k": "long", "day": "string", "v": "long"}})
    made.begin()
    source(made, FIRST, pl.Int32)
    return made


def source(lake: Lake, rows: Sequence[tuple[Any, ...]], type_: type[pl.DataType]) -> None:
    """All rows of `bronze.a`, from now on."""
    frame = pl.DataFrame(rows, schema={"k": pl.Int64, "day": pl.String, "v": type_}, orient="row")
    write_deltalake(lake.at("bronze.a"), frame, mode="overwrite", schema_mode="overwrite")


def transform(lake: Lake, options: dict[str, object], **evolution: str) -> None:
    columns = [
        {"name": "k", "type": "long"},
        {"name": "day", "type": "string"},
        {"name": "v", "type": "int", "min": 0},
    ]
    told = {"name": "t", "columns": columns, "evolution": evolution}
    lake.write("config/schema_definitions/t.schema.json", json.dumps(told))
    lake.transform("silver.t", "SELECT k, day, v FROM bronze.a", contract="t", **options)


def type_of_v(lake: Lake) -> str:
    return {field.name: field.type.type for field in lake.table("silver.t").schema().fields}["v"]


def rows(lake: Lake) -> list[tuple[Any, ...]]:
    return sorted(pl.read_delta(lake.at("silver.t")).select("k", "day", "v").iter_rows())


def build(lake: Lake, *, refresh: bool = False) -> BuildReport:
    return lake.build(refresh=refresh)["silver.t"]


def codes(lake: Lake) -> tuple[str | None, str | None]:
    """Of what stops the plan, and the build."""
    plan, report = lake.plan()["silver.t"], build(lake)
    return plan.failure and plan.failure.code, report.failure and report.failure.code


@pytest.mark.parametrize(("options", "expected"), WAYS)
def test_the_table_is_widened_in_the_commit_of_the_build(
    lake: Lake, options: dict[str, object], expected: list[tuple[int, str, int]]
) -> None:
    transform(lake, options, type_change="widen")
    assert build(lake).failure is None
    assert (type_of_v(lake), rows(lake)) == ("integer", FIRST)
    before = lake.table("silver.t").version()

    source(lake, THEN, pl.Int64)
    (column,) = lake.plan()["silver.t"].columns or ()
    assert (column.name, column.before, column.after) == ("v", "int", "long")
    assert build(lake).failure is None
    assert (type_of_v(lake), rows(lake)) == ("long", expected)
    assert lake.table("silver.t").version() == before + 1
    assert lake.left() == []

    source(lake, [(9, "x", LONG)], pl.Int64)
    assert build(lake).failure is None
    assert (9, "x", LONG) in rows(lake)


@pytest.mark.parametrize("options", [options for options, _ in WAYS[:4:3]])
def test_without_a_word_of_the_contract_nothing_is_widened(lake: Lake, options: dict[str, object]) -> None:
    transform(lake, options)
    build(lake)
    source(lake, THEN, pl.Int64)
    assert build(lake).failure is not None
    assert (type_of_v(lake), rows(lake)) == ("integer", FIRST)


@pytest.mark.parametrize("type_", [pl.Float64, pl.Int16])
def test_what_is_not_wider_than_the_contract_is_refused(lake: Lake, type_: type[pl.DataType]) -> None:
    transform(lake, {}, type_change="widen")
    build(lake)
    frame = pl.DataFrame([(1, "x", 1)], schema={"k": pl.Int64, "day": pl.String, "v": pl.Int64}, orient="row")
    write_deltalake(lake.at("bronze.a"), frame.cast({"v": type_}), mode="overwrite", schema_mode="overwrite")
    _, stopped = codes(lake)
    assert stopped is not None
    assert rows(lake) == FIRST


def test_a_table_that_was_widened_is_not_made_narrow(lake: Lake) -> None:
    transform(lake, {}, type_change="widen")
    source(lake, THEN, pl.Int64)
    build(lake)
    source(lake, FIRST, pl.Int32)
    assert codes(lake) == ("transform.column_changed",) * 2
    assert build(lake, refresh=True).failure is None
    assert (type_of_v(lake), rows(lake)) == ("integer", FIRST)


def test_readers_of_a_table_that_was_widened_are_planned_by_what_it_has(lake: Lake) -> None:
    transform(lake, {}, type_change="widen")
    source(lake, THEN, pl.Int64)
    lake.transform("gold.u", "SELECT v FROM silver.t")
    lake.build()
    lake.transform("gold.u", "SELECT v, k FROM silver.t")
    (column,) = lake.plan()["gold.u"].columns or ()
    assert (column.name, column.after) == ("k", "long")
    assert lake.build()["gold.u"].failure is None


def test_the_rules_of_the_contract_hold_for_wider_values(lake: Lake) -> None:
    transform(lake, {"materialization": "merge", "keys": ["k"]}, type_change="widen")
    build(lake)
    source(lake, [(2, "y", -LONG)], pl.Int64)
    report = build(lake)
    assert report.failure is not None
    assert report.failure.code == "gate.contract"
    assert (type_of_v(lake), rows(lake)) == ("integer", FIRST)


def test_a_table_that_keeps_a_feed_of_changes_is_not_written_anew_for_a_type(lake: Lake) -> None:
    transform(lake, {"materialization": "merge", "keys": ["k"]}, type_change="widen")
    build(lake)
    lake.table("silver.t").alter.set_table_properties({"delta.enableChangeDataFeed": "true"})
    source(lake, THEN, pl.Int64)
    assert codes(lake) == ("transform.column_not_widened",) * 2
    assert rows(lake) == FIRST
