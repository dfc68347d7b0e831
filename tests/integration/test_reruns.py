"""Runs after something went wrong, was mended, or was set otherwise: no row is lost, none is doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.domain.report import BatchReport, Ending
from tests.integration.projects import COLUMNS, Project

DAY = "2026-01-0{}T00:00:00Z"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.contract(keys=("id",))
    return made


def row(number: int, day: int | None = None) -> str:
    return f"{number},{DAY.format(day or number)},n"


def only(batches: list[BatchReport]) -> BatchReport:
    (batch,) = batches
    return batch


def failed(batches: list[BatchReport], code: str) -> None:
    batch = only(batches)
    assert batch.failure, batch
    assert batch.failure.code == code


FULL = {"load_type": "full"}
BY_FILES = {"load_type": "incremental"}
BY_MARK = {"load_type": "incremental", "watermark_column": "at"}


@pytest.mark.parametrize("source", [FULL, BY_FILES, BY_MARK])
def test_a_file_that_could_not_be_read_can_be_mended(project: Project, source: dict[str, object]) -> None:
    project.settings(**source)
    project.file("a.csv", "1,2,3", header="id,id,note")
    assert only(project.ingest()).ending is Ending.FAILED
    project.file("a.csv", row(1), row(2))

    assert only(project.ingest()).ending is Ending.PUBLISHED
    assert project.rows() == [1, 2]


@pytest.mark.parametrize("source", [FULL, BY_FILES, BY_MARK])
def test_a_renamed_column_stops_before_its_values_are_missed(project: Project, source: dict[str, object]) -> None:
    project.settings(**source)
    project.file("a.csv", row(1), header="ID ,at,note")
    failed(project.ingest(), "source.renamed_column")
    project.file("a.csv", row(1))

    project.ingest()
    assert project.rows() == [1]


def test_a_file_of_something_else_is_not_taken_for_rows(project: Project) -> None:
    project.settings(**BY_FILES)
    project.file("passwd.csv", "root,x", header="user,secret")

    ended = project.ingest()
    failed(ended, "source.foreign_columns")
    assert "`delimiter`" in ended[0].failure.lines[-1]
    assert project.rows() == []


def test_rows_of_a_held_batch_outlive_their_file(project: Project) -> None:
    project.settings(**BY_FILES)
    project.suite({"check": "rows", "min": 2})
    project.file("a.csv", row(1)).rename(project.root / "data" / "a.csv")
    assert only(project.ingest()).ending is Ending.HELD
    (project.root / "data" / "a.csv").unlink()
    project.file("b.csv", row(2), row(3))
    assert only(project.ingest()).ending is Ending.HELD
    project.suite({"check": "rows", "min": 1})

    project.ingest()
    assert project.rows() == [1, 2, 3]


def test_a_held_batch_is_read_anew_when_its_file_was_mended(project: Project) -> None:
    project.settings(**BY_FILES)
    project.suite({"check": "rows", "min": 2})
    project.file("a.csv", row(1))
    assert only(project.ingest()).ending is Ending.HELD
    assert project.rows() == []
    project.file("a.csv", row(1), row(2))

    project.ingest()
    assert project.rows() == [1, 2]


def test_from_full_to_a_watermark_doubles_nothing(project: Project) -> None:
    project.settings(**FULL)
    project.file("a.csv", row(1), row(2))
    project.ingest()
    project.settings(**BY_MARK)
    project.file("b.csv", row(2), row(3))

    assert only(project.ingest()).counts.duplicates == 3
    assert project.rows() == [1, 2, 3]


def test_another_state_key_doubles_nothing(project: Project) -> None:
    project.settings(**BY_MARK)
    project.file("a.csv", row(1), row(2))
    project.ingest(until=DAY.format(1))
    project.settings(**BY_MARK, watermark_state_key="second")

    project.ingest()
    assert project.rows() == [1, 2]


def test_a_watermark_of_another_column_is_refused(project: Project) -> None:
    columns = {**COLUMNS, "seen": "timestamp"}
    project.contract(columns, keys=("id",))
    project.settings(**BY_MARK)
    project.file("a.csv", f"{row(5)},2020-01-01", header="id,at,note,seen")
    project.ingest()
    project.settings(**{**BY_MARK, "watermark_column": "seen"})

    failed(project.ingest(), "watermark.column_changed")


def test_from_a_watermark_to_new_files_is_refused(project: Project) -> None:
    project.settings(**BY_MARK)
    project.file("a.csv", row(1))
    project.ingest()
    project.settings(**BY_FILES)

    failed(project.ingest(), "ingest.mode_changed")


def test_a_full_load_after_increments_replaces_what_they_left(project: Project) -> None:
    project.settings(**BY_FILES)
    project.file("a.csv", row(1))
    project.ingest()
    project.file("b.csv", row(2))
    project.ingest()
    (project.root / "data" / "a.csv").unlink()
    project.settings(**FULL)

    project.ingest()
    assert project.rows() == [2]


def test_new_files_after_a_full_load_count_those_that_it_replaced(project: Project) -> None:
    project.settings(**FULL)
    first = project.file("a.csv", row(1))
    project.ingest()
    kept = first.read_text()
    first.unlink()
    project.file("b.csv", row(2))
    project.ingest()
    project.settings(**BY_FILES)
    first.write_text(kept)

    project.ingest()
    assert project.rows() == [1, 2]


def test_one_row_dated_in_the_future_hides_none_of_the_next(project: Project) -> None:
    project.settings(**BY_MARK)
    project.file("a.csv", row(1), "9,9999-12-31T00:00:00Z,n")
    project.ingest()
    project.file("b.csv", row(2))
    project.ingest()
    project.file("c.csv", row(3))

    project.ingest()
    assert project.rows() == [1, 2, 3, 9]


def test_an_emptied_source_of_a_full_load_empties_the_table(project: Project) -> None:
    project.settings(**FULL)
    project.file("a.csv", row(1))
    project.ingest()
    project.file("a.csv")

    assert only(project.ingest()).ending is Ending.PUBLISHED
    assert project.rows() == []


def test_an_emptied_source_meets_the_gate_first(project: Project) -> None:
    project.settings(**FULL)
    project.suite({"check": "rows", "min": 1})
    project.file("a.csv", row(1))
    project.ingest()
    project.file("a.csv")

    assert only(project.ingest()).ending is Ending.HELD
    assert project.rows() == [1]


def test_a_column_that_the_contract_gains_is_added_and_one_that_it_loses_is_refused(project: Project) -> None:
    project.settings(**BY_FILES)
    project.file("a.csv", row(1))
    project.ingest()
    project.contract({**COLUMNS, "more": "int"}, keys=("id",))
    project.file("b.csv", f"{row(2)},7", header="id,at,note,more")
    project.ingest()
    assert project.rows("id, more") == [(1, None), (2, 7)]
    project.contract({"id": "long"}, keys=("id",))

    failed(project.ingest(), "contract.column_removed")
