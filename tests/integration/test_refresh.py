"""Loading a dataset anew, and asking first what a run would read."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.batch import Counts, Mode
from lakekit.domain.report import BatchReport, DatasetPlan, Ending
from tests.integration.projects import Project

ALONG = {"load_type": "incremental", "watermark_column": "at"}
FIRST = ("1,2026-01-01T00:00:00Z,n", "2,2026-01-03T00:00:00Z,n", "x,2026-01-02T00:00:00Z,n")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.contract()
    made.file("a.csv", *FIRST)
    return made


def refreshed(project: Project) -> BatchReport:
    with application(project.root, None, Silent()) as app:
        (batch,) = app.ingest(full_refresh=True).batches
        return batch


def planned(project: Project, *, full_refresh: bool = False) -> DatasetPlan:
    with application(project.root, None, Silent()) as app:
        (plan,) = app.plan(full_refresh=full_refresh)
        return plan


@pytest.mark.parametrize("settings", [ALONG, {"load_type": "incremental"}, {"load_type": "full"}])
def test_a_refresh_puts_what_the_source_has_now_in_place_of_what_was_read(
    project: Project, settings: dict[str, str]
) -> None:
    project.settings(**settings)
    project.ingest()
    assert project.rows() == [1, 2]
    project.file("a.csv", "3,2025-12-31T00:00:00Z,n", "4,2025-12-30T00:00:00Z,n", "4,,n")
    batch = refreshed(project)
    assert batch.ending is Ending.PUBLISHED
    assert batch.counts.read == 3
    assert project.rows() == ([3, 4] if settings is ALONG else [3, 4, 4])


@pytest.mark.parametrize("settings", [ALONG, {"load_type": "incremental"}])
def test_after_a_refresh_increments_go_on_from_what_it_read(project: Project, settings: dict[str, str]) -> None:
    project.settings(**settings)
    project.ingest()
    project.file("a.csv", "3,2025-12-30T00:00:00Z,n")
    refreshed(project)
    (again,) = project.ingest()
    assert again.ending is Ending.NOTHING_NEW
    # Older than all that was read before the refresh, and newer than what it read.
    project.file("b.csv", "4,2025-12-31T00:00:00Z,n")
    (more,) = project.ingest()
    assert more.counts.published == 1
    assert project.rows() == [3, 4]


def test_a_refresh_is_how_a_watermark_column_is_exchanged_or_changes_its_type(project: Project) -> None:
    project.settings(**ALONG)
    project.ingest()
    project.settings(load_type="incremental", watermark_column="id")
    (refused,) = project.ingest()
    assert refused.failure
    assert refused.failure.code == "watermark.column_changed"
    assert "--full-refresh" in refused.failure.lines[-1]
    assert refreshed(project).counts == Counts(3, 2, 1)
    project.file("b.csv", "7,2026-01-03T00:00:00Z,n")
    (more,) = project.ingest()
    assert more.counts.published == 1
    assert project.rows() == [1, 2, 7]


def test_a_plan_says_what_a_run_then_does_and_leaves_nothing(project: Project) -> None:
    project.settings(load_type="incremental")
    first = planned(project)
    assert (first.mode, first.batch, [f.path for f in first.bounds.files] if first.bounds else None) == (
        Mode.FILES,
        None,
        ["data/a.csv"],
    )
    assert not (project.root / "lake").exists()
    project.ingest()
    assert planned(project).bounds is None
    assert planned(project, full_refresh=True).mode is Mode.FULL
    project.file("b.csv", "9,,n")
    told = planned(project).bounds
    assert told
    assert [f.path for f in told.files] == ["data/b.csv"]


def test_a_plan_names_the_batch_that_waits_and_what_cannot_be_read(project: Project) -> None:
    project.settings(load_type="incremental")
    project.suite({"check": "rows", "min": 100})
    project.ingest()
    assert planned(project).batch == 1
    project.settings(load_type="incremental", path="nowhere/*.csv", watermark_state_key="other")
    failure = planned(project).failure
    assert failure
    assert failure.code == "source.no_files"
