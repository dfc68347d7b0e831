"""A run that is told to stop at the first failure begins nothing after it, and says what it left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.report import Ending
from lakekit.project.selection import EVERYTHING, Selection

CONTRACT = '{"name": "any", "columns": [{"name": "id", "type": "long"}]}'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Three datasets, the second of which has no file."""
    contracts = tmp_path / "config" / "schema_definitions"
    contracts.mkdir(parents=True)
    (contracts / "any.schema.json").write_text(CONTRACT)
    sources = "".join(
        f"  {name}: {{path: {name}.csv, load_type: full, contract: any}}\n" for name in ("first", "second", "third")
    )
    (tmp_path / "config" / "dev.yaml").write_text(f"lake: ./lake\nsources:\n{sources}")
    for name in ("first", "third"):
        (tmp_path / f"{name}.csv").write_text("id\n1\n")
    return tmp_path


def endings(project: Path, selection: Selection = EVERYTHING, *, fail_fast: bool = False) -> list[Ending]:
    with application(project, None, Silent()) as app:
        report = app.ingest(selection, fail_fast=fail_fast)
        assert report.exit_code == (1 if Ending.FAILED in {b.ending for b in report.batches} else 0)
        return [batch.ending for batch in report.batches]


def test_a_failure_stops_no_other_dataset_unless_it_is_told_to(project: Path) -> None:
    assert endings(project, fail_fast=True) == [Ending.PUBLISHED, Ending.FAILED, Ending.NOT_RUN]
    assert endings(project) == [Ending.NOTHING_NEW, Ending.FAILED, Ending.PUBLISHED]


def test_an_excluded_dataset_is_not_read(project: Path) -> None:
    assert endings(project, Selection(exclude=("second", "thi*")), fail_fast=True) == [Ending.PUBLISHED]


def test_a_selection_of_nothing_is_a_run_of_nothing_where_that_is_meant(project: Path) -> None:
    assert endings(project, Selection(("silver.*",), may_be_empty=True)) == []
