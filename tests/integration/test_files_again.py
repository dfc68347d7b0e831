"""A dataset that reads each file once, and files that come again under another name or time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from lakekit.domain.batch import Counts
from lakekit.domain.report import Ending
from tests.integration.projects import Project

ROWS = ("1,2026-01-01T00:00:00Z,n", "x,,", "2,2026-01-01T00:00:00Z,n")
ONCE, REPEATED = Counts(3, 2, 1, 0), Counts(3, 0, 0, 3)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.settings(load_type="incremental")
    made.contract()
    made.suite({"check": "rows", "min": 1})
    made.file("a.csv", *ROWS)
    assert ingested(made) == ONCE
    return made


def ingested(project: Project) -> Counts:
    """The books of one run; none where there was nothing to read."""
    (batch,) = project.ingest()
    assert batch.ending in (Ending.PUBLISHED, Ending.NOTHING_NEW)
    return batch.counts


def holds(project: Project, *ids: int) -> None:
    assert project.rows() == sorted(ids)
    assert len(project.rows("_row", "_errors/bronze/things")) == len(ids) // 2


def test_a_touched_file_counts_as_duplicates_once(project: Project) -> None:
    file = project.root / "data" / "a.csv"
    os.utime(file, ns=(1, 1))
    assert ingested(project) == REPEATED
    assert ingested(project) == Counts()
    holds(project, 1, 2)


def test_a_renamed_file_counts_as_duplicates(project: Project) -> None:
    file = project.root / "data" / "a.csv"
    file.rename(file.with_name("b.csv"))
    assert ingested(project) == REPEATED
    file.with_name("b.csv").rename(file)
    assert ingested(project) == Counts()
    holds(project, 1, 2)


def test_a_file_delivered_again_after_it_was_archived_counts_as_duplicates(project: Project) -> None:
    (project.root / "data" / "a.csv").unlink()
    project.file("again.csv", *ROWS)
    assert ingested(project) == REPEATED
    holds(project, 1, 2)


def test_a_copy_beside_the_first_is_new(project: Project) -> None:
    file = project.root / "data" / "a.csv"
    shutil.copy(file, file.with_name("b.csv"))
    assert ingested(project) == ONCE
    holds(project, 1, 1, 2, 2)


def test_a_file_with_another_content_is_new_whatever_its_name(project: Project) -> None:
    project.file("a.csv", "3,2026-01-01T00:00:00Z,n")
    project.file("b.csv", *ROWS)
    assert ingested(project) == Counts(4, 1, 0, 3)
    assert project.rows() == [1, 2, 3]
