"""A source that differs from its contract: told once, and dealt with as the contract says; no value is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.drift import Drift
from lakekit.domain.report import BatchReport, Ending
from lakekit.domain.schema import TableColumn
from tests.integration.projects import COLUMNS, Project

BY_FILES = {"load_type": "incremental"}
DAY = "2026-01-01T00:00:00Z"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.settings(**BY_FILES)
    made.contract()
    return made


def only(batches: list[BatchReport]) -> BatchReport:
    (batch,) = batches
    return batch


def stopped(project: Project, code: str) -> None:
    failure = only(project.ingest()).failure
    assert failure is not None
    assert failure.code == code
    assert project.rows() == []


def drift(project: Project) -> tuple[str, ...]:
    """What a run tells; none where it tells nothing."""
    found = only(project.ingest()).drift
    return found.lines() if found else ()


def standing(project: Project) -> Drift:
    with application(project.root, None, Silent()) as app:
        (dataset,) = app.status()
        return dataset.drift


def parquet(project: Project, name: str, query: str) -> None:
    (project.root / "data").mkdir(exist_ok=True)
    duckdb.sql(query).write_parquet(str(project.root / "data" / name))


def test_drift_is_told_with_the_batch_in_which_it_comes_and_not_again_until_it_changes(project: Project) -> None:
    project.file("1.csv", f"1,{DAY},n")
    assert drift(project) == ()
    project.file("2.csv", f"2,{DAY},blue", header="id,at,colour")
    assert drift(project) == ("+ colour string", "- note")
    project.file("3.csv", f"3,{DAY},red", header="id,at,colour")
    assert drift(project) == ()
    assert standing(project) == Drift((TableColumn("colour", "string"),), ("note",))
    project.file("4.csv", f"4,{DAY},n")
    assert only(project.ingest()).drift == Drift()
    assert standing(project) == Drift()
    assert project.rows("id, note, _extra") == [
        *((1, "n", None), (2, None, {"colour": "blue"}), (3, None, {"colour": "red"}), (4, "n", None)),
    ]
    told = [json.loads(line) for line in (project.root / ".lakekit/logs/lakekit.jsonl").read_text().splitlines()]
    assert [line["difference"] for line in told if line["event"] == "drift"] == [["+ colour string", "- note"], []]


@pytest.mark.parametrize(
    ("kind", "header", "code"),
    [
        ({"new_column": "stop"}, "id,at,note,colour", "source.new_column"),
        ({"missing_column": "stop"}, "id,at", "source.missing_column"),
        ({"renamed_case": "stop"}, "ID,at,note", "source.renamed_column"),
        ({}, "ID,at,note", "source.renamed_column"),
    ],
)
def test_what_the_contract_stops_at_lands_nothing_and_can_be_mended(
    project: Project, kind: Mapping[str, str], header: str, code: str
) -> None:
    project.contract(evolution=kind)
    project.file("1.csv", ",".join(["1", DAY, "n", "x"][: header.count(",") + 1]), header=header)
    stopped(project, code)
    project.file("1.csv", f"1,{DAY},n")
    assert only(project.ingest()).ending is Ending.PUBLISHED
    assert project.rows("id, note") == [(1, "n")]


def test_a_column_under_another_case_is_read_where_the_contract_lets_it(project: Project) -> None:
    project.contract(evolution={"renamed_case": "read"})
    project.file("1.csv", f"1,{DAY},n", header=" ID,At,note")
    project.file("2.csv", f"2,{DAY},n")
    assert drift(project) == ("~ at, now called At", "~ id, now called  ID")
    assert project.rows('id, "at" IS NULL, _extra') == [(1, False, None), (2, False, None)]


def test_two_columns_that_could_be_meant_are_nobodys(project: Project) -> None:
    project.contract(evolution={"renamed_case": "read"})
    parquet(project, "1.csv.parquet", f"SELECT 1 AS id, '{DAY}' AS at, 'a' AS \"Note \", 'b' AS \" note\"")
    project.settings(path="data/*", **BY_FILES)
    assert drift(project) == ("+  note string", "+ Note  string", "- note")
    assert project.rows("id, note, _extra") == [(1, None, {" note": "b", "Note ": "a"})]


def test_a_new_column_becomes_one_of_the_table_where_the_contract_adds_it(project: Project) -> None:
    project.contract(evolution={"new_column": "add"})
    project.settings(path="data/*", **BY_FILES)
    project.file("1.csv", f"1,{DAY},n")
    project.ingest()
    parquet(project, "2.parquet", f"SELECT 2 AS id, '{DAY}' AS at, 5 AS size, 'x' AS _own, [1] AS list, 'y' AS ID_")
    project.ingest()
    parquet(project, "3.parquet", f"SELECT 3 AS id, '{DAY}' AS at, 'big' AS size")
    project.file("4.csv", f"4,{DAY},n,7", header="id,at,note,size")
    report = only(project.ingest())
    assert (report.counts.published, report.counts.quarantined) == (1, 1)
    assert project.rows("id, size, typeof(size), list, _extra") == [
        (1, None, "INTEGER", None, None),
        (2, 5, "INTEGER", "[1]", {"_own": "x"}),
        (4, 7, "INTEGER", None, None),
    ]
    assert only(project.ingest()).ending is Ending.NOTHING_NEW


def test_a_column_that_was_added_is_missed_in_no_file(project: Project) -> None:
    project.contract(evolution={"new_column": "add", "missing_column": "stop"})
    project.file("1.csv", f"1,{DAY},n,x", header="id,at,note,more")
    assert drift(project) == ("+ more string",)
    project.file("2.csv", f"2,{DAY},n,y", header="id,at,note,more")
    assert drift(project) == ()
    assert standing(project).lines() == ("+ more string",)
    project.file("3.csv", f"3,{DAY},n")
    assert only(project.ingest()).drift == Drift()
    assert project.rows("id, more") == [(1, "x"), (2, "y"), (3, None)]


def test_nobody_has_classified_an_added_column_so_it_has_no_statistics(project: Project) -> None:
    project.contract(evolution={"new_column": "add"})
    project.file("1.csv", f"1,{DAY},n,ann@example.org", header="id,at,note,mail")
    project.ingest()
    assert project.rows("mail") == ["ann@example.org"]
    log = (project.root / "lake/bronze/things/_delta_log").glob("*.json")
    assert all("ann@" not in file.read_text() for file in log)


def test_a_full_load_that_added_a_column_is_not_made_again_for_it(project: Project) -> None:
    project.settings(load_type="full")
    project.contract(evolution={"new_column": "add"})
    project.file("1.csv", f"1,{DAY},n,x", header="id,at,note,more")
    project.ingest()
    assert only(project.ingest()).ending is Ending.NOTHING_NEW
    project.file("1.csv", f"2,{DAY},n")
    project.ingest()
    assert project.rows("id, more") == [(2, None)]


def test_a_type_that_does_not_fit_quarantines_its_rows_or_stops(project: Project) -> None:
    project.settings(path="data/*", **BY_FILES)
    project.contract({**COLUMNS, "size": "int"})
    parquet(project, "1.parquet", f"SELECT 1 AS id, '{DAY}' AS at, unnest([1.0, 2.5]) AS size")
    report = only(project.ingest())
    assert (report.counts.published, report.counts.quarantined) == (1, 1)
    assert report.drift is not None
    assert report.drift.lines() == ("- note", "~ size int, now decimal(2,1)")
    project.contract({**COLUMNS, "size": "int"}, evolution={"type_change": "stop"})
    parquet(project, "2.parquet", f"SELECT 2 AS id, '{DAY}' AS at, 3.5::DOUBLE AS size")
    failure = only(project.ingest()).failure
    assert failure is not None
    assert failure.code == "source.type_changed"


def test_a_wrong_policy_is_told_at_its_place(project: Project) -> None:
    project.contract(evolution={"new_colum": "add"})
    project.file("1.csv", f"1,{DAY},n")
    with pytest.raises(Exception, match="did you mean 'new_column'"):
        project.ingest()
    project.contract(evolution={"new_column": "ad"})
    with pytest.raises(Exception, match="'new_column' cannot be 'ad'"):
        project.ingest()
