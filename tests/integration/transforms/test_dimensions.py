"""Dimensions as their users meet them: what becomes of both tables, run by run; read back without lakekit."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lakekit.domain.build import Scope
from lakekit.domain.report import BuildReport, Ending
from tests.integration.transforms.feeds import (
    CHANGES,
    COLUMNS,
    NAMES,
    QUERY,
    SCD2,
    Fed,
    Raw,
    Versions,
    begun,
    events_of,
    raw,
)


@pytest.fixture
def fed(tmp_path: Path) -> Fed:
    """Changes with deletes and truncates, read as they come."""
    return begun(tmp_path, {**CHANGES, "incremental": ["bronze.e"]})


def code(report: BuildReport) -> str | None:
    return report.failure and report.failure.code


def note(fed: Fed, dataset: str) -> dict[str, Any]:
    """What the newest commit says."""
    told: dict[str, Any] = json.loads(fed.lake.table(dataset).history(1)[0]["userMetadata"])["lakekit.build"]
    return told


def versions(fed: Fed, *columns: str) -> list[str]:
    return Versions(fed.lake).told(*columns or ("city",))


def test_an_event_that_comes_late_changes_what_was_and_a_repeated_one_nothing(fed: Fed) -> None:
    fed.feed([raw(1, 1, "Bern"), raw(1, 5, "Oslo"), raw(2, 2, "Rome")])
    fed.build()
    assert versions(fed) == ["1 Bern [1, 5)", "1 Oslo [5, None)", "2 Rome [2, None)"]
    fed.feed([raw(1, 3, "Graz"), raw(1, 5, "Oslo")])
    reports = fed.build()
    assert [reports[name].scope for name in ("gold.dim_events", "gold.dim")] == [Scope.NEW_ROWS, Scope.KEYS]
    assert (reports["gold.dim"].books.added, reports["gold.dim"].books.removed) == (2, 1)
    assert versions(fed) == ["1 Bern [1, 3)", "1 Graz [3, 5)", "1 Oslo [5, None)", "2 Rome [2, None)"]


def test_deletes_end_and_truncates_end_all(fed: Fed) -> None:
    fed.feed([raw(1, 1, "Bern"), raw(2, 1, "Oslo"), raw(1, 3, op="d")])
    fed.build()
    assert versions(fed) == ["1 Bern [1, 3)", "2 Oslo [1, None)"]
    fed.feed([raw(None, 2, op="t"), raw(1, 4, "Bern")])
    report = fed.build()["gold.dim"]
    assert (report.scope, report.instead) == (Scope.FULL, "gold.dim_events has events of all keys")
    assert versions(fed) == ["1 Bern [1, 2)", "1 Bern [4, None)", "2 Oslo [1, 2)"]


@pytest.mark.parametrize("incremental", [True, False])
def test_the_current_rows_of_type_2_are_those_of_type_1(tmp_path: Path, incremental: bool) -> None:
    more = {"incremental": ["bronze.e"]} if incremental else {}
    fed = begun(tmp_path, {**CHANGES, **more, "ignore_null_updates": True})
    fed.lake.transform("gold.now", QUERY, **{**CHANGES, **more, "ignore_null_updates": True, "materialization": "scd1"})
    feed = [
        [raw(1, 1, "Bern", name=None), raw(2, 5, "Oslo"), raw(3, 1, "Rome")],
        [raw(2, 6, None), raw(3, 7, op="d"), raw(1, 0, "Graz")],
        [raw(None, 4, op="t"), raw(1, 5, None, name="y"), raw(2, 5, "Oslo")],
    ]
    for batch in feed:
        fed.feed(batch)
        fed.build()
        frame = pl.read_delta(str(fed.lake.path("gold.dim"))).filter("is_current")
        now = pl.read_delta(str(fed.lake.path("gold.now")))
        assert set(frame.select(now.columns).iter_rows()) == set(now.iter_rows())
        assert fed.rows() == fed.expected()


def test_events_without_a_key_or_a_sequence_count_for_nothing_and_are_counted(fed: Fed) -> None:
    fed.feed([raw(1, 1, "Bern"), raw(None, 1, "Oslo"), raw(2, None, "Rome"), raw(3, None, "Rome")])
    reports = fed.build()
    told = [(reason.code, reason.rows) for reason in reports["gold.dim_events"].quarantined]
    assert told == [("null_key", 1), ("null_sequence", 2)]
    assert note(fed, "gold.dim_events")["quarantined"] == [
        {"code": "null_key", "column": "", "rows": 1},
        {"code": "null_sequence", "column": "", "rows": 2},
    ]
    assert versions(fed) == ["1 Bern [1, None)"]
    assert fed.lake.table("gold.dim_events").count() == 4
    fed.feed([raw(1, 2, "Graz")])
    assert fed.build()["gold.dim_events"].quarantined == ()


def test_events_that_are_in_no_order_are_refused_until_something_tells_them_apart(tmp_path: Path) -> None:
    fed = begun(tmp_path, {**SCD2, "except": ["op"], "incremental": ["bronze.e"]})
    fed.lake.transform("gold.cities", "SELECT DISTINCT city FROM gold.dim")
    fed.feed([raw(1, 1, "Bern")])
    fed.build()
    before = fed.lake.table("gold.dim").version()
    fed.feed([raw(1, 2, "Oslo", n=1), raw(1, 2, "Rome", n=2), raw(2, 2, "Graz"), raw(2, 2, "Graz")])
    reports = fed.build()
    assert {name: r.ending for name, r in reports.items()} == {
        "gold.dim_events": Ending.PUBLISHED,
        "gold.dim": Ending.FAILED,
        "gold.cities": Ending.NOT_RUN,
    }
    failure = reports["gold.dim"].failure
    assert failure is not None
    assert (failure.code, failure.exit_code) == ("dimension.tie", 1)
    assert any("k: (1)" in line for line in failure.lines)
    assert fed.lake.table("gold.dim").version() == before
    fed.lake.transform("gold.dim", QUERY, **{**SCD2, "except": ["op"], "incremental": ["bronze.e"], "tie_break": ["n"]})
    assert all(report.ending.well for report in fed.build().values())
    assert versions(fed) == ["1 Bern [1, 2)", "1 Rome [2, None)", "2 Graz [2, None)"]
    assert fed.lake.rows("gold.cities") == {("Bern",): 1, ("Rome",): 1, ("Graz",): 1}


def test_new_code_corrects_what_it_tells_again_and_keeps_what_inputs_no_longer_have(fed: Fed) -> None:
    fed.feed([raw(1, 1, "bern"), raw(1, 2, "oslo"), raw(2, 1, "rome")])
    fed.build()
    fed.lake.table("bronze.e").delete("at = 1 AND k = 1")
    fed.lake.transform("gold.dim", QUERY.replace("city", "upper(city) AS city"), **CHANGES, incremental=["bronze.e"])
    fed.build()
    assert versions(fed) == ["1 bern [1, 2)", "1 OSLO [2, None)", "2 ROME [1, None)"]
    assert note(fed, "gold.dim_events")["generation"] == 2
    fed.feed([raw(1, 3, "graz")])
    fed.build()
    assert versions(fed) == ["1 bern [1, 2)", "1 OSLO [2, 3)", "1 GRAZ [3, None)", "2 ROME [1, None)"]
    assert note(fed, "gold.dim_events")["generation"] == 2


@pytest.mark.parametrize("incremental", [True, False])
def test_a_full_refresh_keeps_history(tmp_path: Path, incremental: bool) -> None:
    fed = begun(tmp_path, {**CHANGES, **({"incremental": ["bronze.e"]} if incremental else {})})
    fed.feed([raw(1, 1, "Bern"), raw(2, 1, "Oslo")])
    fed.build()
    fed.feed([raw(1, 2, "Graz")])
    fed.build()
    before = fed.rows()
    fed.lake.table("bronze.e").delete("at = 1")
    assert all(r.ending is Ending.PUBLISHED for r in fed.build(refresh=True).values())
    assert fed.rows() == before
    fed.feed([raw(2, 3, "Rome")])
    fed.build()
    assert fed.rows() == fed.expected()


def test_columns_come_and_are_left_out_and_otherwise_stay_as_they_are(fed: Fed) -> None:
    fed.feed([raw(1, 1, "Bern"), raw(2, 1, "Oslo")])
    fed.build()
    options = {**CHANGES, "incremental": ["bronze.e"]}
    fed.lake.transform("gold.dim", QUERY.replace("name,", "name, upper(city) AS shout,"), **options)
    fed.feed([raw(1, 2, "Graz")])
    assert all(report.ending.well for report in fed.build().values())
    assert versions(fed, "city", "shout") == ["1 Bern BERN [1, 2)", "1 Graz GRAZ [2, None)", "2 Oslo OSLO [1, None)"]
    for query in (QUERY, QUERY.replace("name,", "name, length(city) AS shout,")):
        fed.lake.transform("gold.dim", query, **options)
        reports = fed.build()
        assert (code(reports["gold.dim_events"]), reports["gold.dim"].ending) == (
            "dimension.column_changed",
            Ending.NOT_RUN,
        )
    fed.lake.transform("gold.dim", QUERY, **{**options, "except": ["op", "n", "shout"]})
    assert fed.build()["gold.dim_events"].ending is Ending.PUBLISHED
    assert all(report.ending.well for report in fed.build(refresh=True).values())
    assert versions(fed) == ["1 Bern [1, 2)", "1 Graz [2, None)", "2 Oslo [1, None)"]


def test_a_column_that_is_left_out_goes_from_the_dimension_when_that_is_asked_for(fed: Fed) -> None:
    fed.feed([raw(1, 1, "Bern", name="x"), raw(1, 2, "Bern", name="y")])
    fed.build()
    assert versions(fed, "name") == ["1 x [1, 2)", "1 y [2, None)"]
    fed.lake.transform("gold.dim", QUERY, **{**CHANGES, "incremental": ["bronze.e"], "except": ["op", "n", "name"]})
    reports = fed.build()
    assert code(reports["gold.dim"]) == "transform.column_changed"
    reports = fed.build(refresh=True)
    assert all(report.ending.well for report in reports.values()), reports
    assert versions(fed, "city") == ["1 Bern [1, None)"]
    assert "name" not in [f.name for f in fed.lake.table("gold.dim").schema().fields]
    options = {**CHANGES, "incremental": ["bronze.e"], "except": ["op", "n", "name"]}
    fed.lake.transform("gold.dim", QUERY.replace(" name,", ""), **options)
    fed.feed([raw(1, 3, "Oslo", name="z")])
    assert all(report.ending.well for report in fed.build().values())
    assert versions(fed, "city") == ["1 Bern [1, 3)", "1 Oslo [3, None)"]
    assert set(pl.read_delta(str(fed.lake.path("gold.dim_events"))).filter(pl.col("at") == 3)["name"]) == {None}


def test_events_that_others_delete_are_gone_from_the_dimension(fed: Fed) -> None:
    fed.feed([raw(1, 1, "Bern"), raw(1, 2, "wrong"), raw(2, 1, "Oslo"), raw(3, 3, "Rome")])
    fed.build()
    fed.lake.table("gold.dim_events").delete("city = 'wrong' OR k = 3")
    reports = fed.build()
    assert (reports["gold.dim_events"].ending, reports["gold.dim"].scope) == (Ending.NOTHING_NEW, Scope.KEYS)
    assert versions(fed) == ["1 Bern [1, None)", "2 Oslo [1, None)"]
    fed.feed([raw(3, 4, "Graz")])
    fed.build()
    assert versions(fed) == ["1 Bern [1, None)", "2 Oslo [1, None)", "3 Graz [4, None)"]


def test_a_truncate_that_others_delete_is_taken_back(fed: Fed) -> None:
    fed.feed([raw(1, 1, "Bern"), raw(None, 2, op="t")])
    fed.build()
    assert versions(fed) == ["1 Bern [1, 2)"]
    fed.lake.table("gold.dim_events").delete("_operation = 'truncate'")
    fed.build()
    assert versions(fed) == ["1 Bern [1, None)"]


def test_a_dimension_that_others_changed_is_made_anew_of_its_events(fed: Fed) -> None:
    fed.feed([raw(1, 1, "Bern"), raw(2, 1, "Oslo")])
    fed.build()
    fed.lake.table("gold.dim").delete("k = 1")
    reports = fed.build()
    assert (reports["gold.dim_events"].ending, reports["gold.dim"].scope) == (Ending.NOTHING_NEW, Scope.FULL)
    assert fed.rows() == fed.expected()


def test_events_and_dimension_survive_upkeep_and_a_restore(fed: Fed) -> None:
    fed.feed([raw(1, 1, "Bern")])
    fed.build()
    version = {name: fed.lake.table(name).version() for name in ("gold.dim_events", "gold.dim")}
    fed.feed([raw(1, 2, "Oslo"), raw(2, 2, "Rome")])
    fed.build()
    fed.lake.table("gold.dim_events").optimize.compact()
    fed.lake.table("gold.dim").optimize.compact()
    assert {r.ending for r in fed.build().values()} == {Ending.NOTHING_NEW}
    for name, number in version.items():
        fed.lake.table(name).restore(number)
    fed.build()
    assert fed.rows() == fed.expected()
    assert fed.lake.table("gold.dim_events").count() == 3


def test_a_dimension_can_be_partitioned(tmp_path: Path) -> None:
    fed = begun(tmp_path, {**CHANGES, "incremental": ["bronze.e"], "partition_by": ["city"]})
    fed.feed([raw(1, 1, "Bern"), raw(2, 1, "Oslo")])
    fed.build()
    fed.feed([raw(1, 2, "Oslo"), raw(2, 3, None)])
    fed.build()
    assert versions(fed) == ["1 Bern [1, 2)", "1 Oslo [2, None)", "2 Oslo [1, 3)", "2 None [3, None)"]
    assert fed.lake.table("gold.dim").metadata().partition_columns == ["city"]
    assert fed.lake.table("gold.dim_events").metadata().partition_columns == []


def contract(fed: Fed, **of: dict[str, Any]) -> None:
    kept = {"k": "long", "at": "long", "city": "string", "name": "string"}
    columns = [{"name": name, "type": kind, **of.get(name, {})} for name, kind in kept.items()]
    fed.lake.write("config/schema_definitions/dim.schema.json", json.dumps({"name": "dim", "columns": columns}))
    fed.lake.transform("gold.dim", QUERY, **CHANGES, incremental=["bronze.e"], contract="dim")


def test_rows_that_break_its_contract_are_published_by_no_one_and_their_events_are_kept(fed: Fed) -> None:
    contract(fed, city={"allowed": ["Bern", "Oslo"]})
    fed.feed([raw(1, 1, "Bern")])
    fed.build()
    fed.feed([raw(1, 2, "Rome")])
    reports = fed.build()
    assert (reports["gold.dim_events"].ending, code(reports["gold.dim"])) == (Ending.PUBLISHED, "gate.contract")
    assert versions(fed) == ["1 Bern [1, None)"]
    fed.feed([raw(1, 2, "Oslo", op="d")])
    fed.lake.table("gold.dim_events").delete("city = 'Rome'")
    fed.build()
    assert versions(fed) == ["1 Bern [1, 2)"]


def test_a_suite_judges_the_dimension_and_holds_it(fed: Fed) -> None:
    contract(fed)
    fed.lake.write("config/dq.yaml", '{"suites": {"gold.dim": [{"check": "rows", "max": 1}]}}')
    fed.feed([raw(1, 1, "Bern")])
    assert fed.build()["gold.dim"].ending is Ending.PUBLISHED
    fed.feed([raw(2, 1, "Oslo"), raw(3, 1, "Oslo")])
    reports = fed.build()
    assert (reports["gold.dim_events"].ending, reports["gold.dim"].ending) == (Ending.PUBLISHED, Ending.HELD)
    assert versions(fed) == ["1 Bern [1, None)"]


def test_personal_columns_get_no_statistics_in_either_table_and_intervals_do(fed: Fed) -> None:
    contract(fed, name={"pii": "name"})
    fed.feed([raw(1, 1, "Bern", name="Ann")])
    fed.build()
    for dataset in ("gold.dim_events", "gold.dim"):
        log = "".join(p.read_text() for p in (fed.lake.path(dataset) / "_delta_log").glob("*.json"))
        assert "Ann" not in log
        assert "Bern" in log
    (low,) = fed.lake.table("gold.dim").get_add_actions(flatten=False).column("min").to_pylist()
    assert low["valid_from"] == 1


@pytest.mark.parametrize("told_by", ["e", "dim"])
def test_keys_that_are_personal_are_in_no_error(tmp_path: Path, told_by: str) -> None:
    """Whether their own contract says so or that of a source."""
    fed = begun(
        tmp_path, {**SCD2, "keys": ["name"], "incremental": ["bronze.e"]}, QUERY.replace("name,", "trim(name) AS name,")
    )
    fed.feed([raw(1, 1, "Bern", name="Ann"), raw(1, 1, "Oslo", name="Ann")])
    assert "name: (Ann)" in str(fed.build()["gold.dim"].failure)
    kept = COLUMNS if told_by == "e" else {c: t for c, t in COLUMNS.items() if c not in ("op", "n")}
    columns = [{"name": c, "type": t, **({"pii": "name"} if c == "name" else {})} for c, t in kept.items()]
    fed.lake.write(
        f"config/schema_definitions/{told_by}.schema.json", json.dumps({"name": told_by, "columns": columns})
    )
    if told_by == "dim":
        options = {**SCD2, "keys": ["name"], "incremental": ["bronze.e"], "contract": "dim"}
        fed.lake.transform("gold.dim", QUERY.replace("name,", "trim(name) AS name,"), **options)
    failure = fed.build()["gold.dim"].failure
    assert failure is not None
    assert failure.code == "dimension.tie"
    assert "Ann" not in str(failure)
    assert "hmac:" in str(failure)


BY_TIME = {"materialization": "scd2", "keys": ["k"], "snapshot": True, "except": ["op", "n", "at"]}


def moments(fed: Fed, *columns: str) -> list[str]:
    """The versions, moments as the numbers of the commits of events that told of them."""
    frame = pl.read_delta(str(fed.lake.path("gold.dim"))).sort("k", "valid_from")
    at = sorted(set(pl.read_delta(str(fed.lake.path("gold.dim_events")))["_read_at"]))
    number = lambda moment: at.index(moment) + 1 if isinstance(moment, datetime) else None  # noqa: E731
    told = columns or ("city",)
    return [
        f"{' '.join(str(r[c]) for c in ('k', *told))} [{number(r['valid_from'])}, {number(r['valid_to'])})"
        for r in frame.iter_rows(named=True)
    ]


def test_snapshots_without_a_sequence_are_of_the_moment_in_which_they_were_read(tmp_path: Path) -> None:
    fed = begun(tmp_path, BY_TIME)
    fed.replace([raw(1, 1, "Bern"), raw(2, 1, "Oslo"), raw(2, 1, "Oslo")])
    fed.build()
    assert moments(fed) == ["1 Bern [1, None)", "2 Oslo [1, None)"]
    fed.replace([raw(2, 9, "Oslo"), raw(1, 1, "Bern")])
    report = fed.build()["gold.dim_events"]
    assert (report.books.made, report.books.added) == (2, 0)
    fed.replace([raw(1, 2, "Graz"), raw(3, 1, None)])
    assert fed.build()["gold.dim_events"].books.added == 3
    assert moments(fed) == ["1 Bern [1, 2)", "1 Graz [2, None)", "2 Oslo [1, 2)", "3 None [2, None)"]
    fed.replace([raw(1, 2, "Graz"), raw(2, 1, "Oslo"), raw(3, 1, None)])
    fed.build()
    assert moments(fed)[2:] == ["2 Oslo [1, 2)", "2 Oslo [3, None)", "3 None [2, None)"]
    assert fed.build()["gold.dim_events"].ending is Ending.NOTHING_NEW


@pytest.mark.parametrize("rows", [[], [raw(None, 1, "Oslo")]])
def test_a_snapshot_without_a_row_that_counts_is_refused(tmp_path: Path, rows: list[Raw]) -> None:
    fed = begun(tmp_path, BY_TIME)
    fed.replace([raw(1, 1, "Bern")])
    fed.build()
    fed.replace(rows)
    reports = fed.build()
    assert (code(reports["gold.dim_events"]), reports["gold.dim"].ending) == (
        "dimension.empty_snapshot",
        Ending.NOT_RUN,
    )
    assert moments(fed) == ["1 Bern [1, None)"]


def test_new_rows_that_are_of_no_snapshot_end_nothing(tmp_path: Path) -> None:
    options = {**SCD2, "snapshot": True, "incremental": ["bronze.e"]}
    fed = begun(tmp_path, options, f"{QUERY} WHERE name = 'x'")
    fed.feed([raw(1, 1, "Bern")])
    fed.build()
    fed.lake.append("e", [raw(1, 2, "Oslo", name="other")])
    assert all(report.ending.well for report in fed.build().values())
    assert fed.rows() == fed.expected()


def test_a_key_that_a_snapshot_lacks_ends_in_its_scope_alone_or_nowhere(tmp_path: Path) -> None:
    for number, (options, ends) in enumerate([({"scope": ["name"]}, True), ({"absent": "keep"}, False)]):
        fed = begun(tmp_path / str(number), {**BY_TIME, **options})
        fed.replace([raw(1, 1, "Bern", name="x"), raw(2, 1, "Oslo", name="x"), raw(3, 1, "Rome", name="y")])
        fed.build()
        fed.replace([raw(1, 1, "Graz", name="x")])
        fed.build()
        lost = "2 Oslo [1, 2)" if ends else "2 Oslo [1, None)"
        assert moments(fed) == ["1 Bern [1, 2)", "1 Graz [2, None)", lost, "3 Rome [1, None)"]


def test_a_snapshot_that_tells_a_key_twice_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    fed = begun(tmp_path, BY_TIME)
    fed.replace([raw(1, 1, "Bern")])
    fed.build()
    fed.replace([raw(1, 1, "Graz"), raw(1, 1, "Oslo")])
    reports = fed.build()
    assert (code(reports["gold.dim_events"]), reports["gold.dim"].ending) == ("dimension.tie", Ending.NOT_RUN)
    fed.replace([raw(1, 1, "Graz")])
    fed.build()
    assert moments(fed) == ["1 Bern [1, 2)", "1 Graz [2, None)"]


def test_a_snapshot_keeps_rows_without_a_key_once(tmp_path: Path) -> None:
    fed = begun(tmp_path, BY_TIME)
    for at in (1, 2, 3):
        fed.replace([raw(1, 1, "Bern", name=str(at)), raw(None, 1, "Oslo")])
        told = fed.build()["gold.dim_events"].quarantined
        assert [reason.rows for reason in told] == ([1] if at == 1 else [])
    assert fed.lake.table("gold.dim_events").count() == 4


def test_a_snapshot_with_a_sequence_counts_where_it_belongs_however_late_it_comes(tmp_path: Path) -> None:
    fed = begun(tmp_path, {**SCD2, "snapshot": True})
    for rows in (
        [raw(1, 1, "Bern"), raw(2, 1, "Oslo")],
        [raw(1, 5, "Bern"), raw(2, 5, "Rome")],
        [raw(1, 3, "Graz")],
        [raw(1, 7, "Bern")],
    ):
        fed.replace(rows)
        fed.said += events_of(fed.dimension, [dict(zip(NAMES, row, strict=True)) for row in rows])
        fed.build()
        assert fed.rows() == fed.expected()
    assert versions(fed) == [
        "1 Bern [1, 3)",
        "1 Graz [3, 5)",
        "1 Bern [5, None)",
        "2 Oslo [1, 3)",
        "2 Rome [5, 7)",
    ]
