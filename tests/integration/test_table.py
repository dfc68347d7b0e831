"""`lakekit table` tells what a table is made of, and whose each of its versions is."""

from __future__ import annotations

from pathlib import Path

import pytest
from deltalake import DeltaTable

from lakekit.app.telemetry import Silent
from lakekit.compose import Application, application
from lakekit.domain.errors import TableError
from lakekit.domain.upkeep import Wishes
from tests.integration.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two batches, each with a bad row; then another's commit, then upkeep."""
    project = Project(tmp_path)
    project.settings(load_type="incremental", watermark_column="at", lookback="1d")
    project.contract(keys=("id",))
    for day in (1, 2):
        project.file("things.csv", f"{day},2026-01-0{day}T00:00:00Z,a", "x,,y")
        project.ingest()
    delta(project).alter.set_table_properties({"delta.logRetentionDuration": "interval 30 days"})
    with opened(project) as app:
        app.optimize((), Wishes(), lambda *_: None, dry_run=False)
    return project


def opened(project: Project) -> Application:
    return application(project.root, None, Silent())


def delta(project: Project, table: str = "bronze/things") -> DeltaTable:
    return DeltaTable(project.root / "lake" / table)


def test_history_tells_batches_upkeep_and_what_others_did(project: Project) -> None:
    with opened(project) as app:
        versions = app.table_history("things", 20, quarantine=False)
    assert [v.version for v in versions] == list(range(delta(project).version(), -1, -1))
    told = [(v.operation, v.batch, v.watermark.value[:10] if v.watermark else None) for v in versions]
    assert told[:2] == [("OPTIMIZE", 2, "2026-01-02"), ("SET TBLPROPERTIES", None, None)]
    assert [of[1:] for of in told if of[0] == "WRITE"] == [(2, "2026-01-02"), (1, "2026-01-01")]
    assert all(v.at and v.at.endswith("+00:00") for v in versions)


def test_history_stops_at_its_limit(project: Project) -> None:
    with opened(project) as app:
        assert len(app.table_history("things", 2, quarantine=True)) == 2


def test_a_table_is_told_with_its_columns_and_files(project: Project) -> None:
    with opened(project) as app:
        detail = app.table("bronze.things", quarantine=False)
        rejected = app.table("things", quarantine=True)
    table = delta(project)
    assert [c.name for c in detail.columns] == [field.name for field in table.schema().fields]
    assert detail.shape.files == tuple(table.get_add_actions(flatten=True).column("size_bytes").to_pylist())
    assert (detail.table, rejected.table) == ("bronze/things", "_errors/bronze/things")


@pytest.fixture
def empty(tmp_path: Path) -> Project:
    """A project that has ingested nothing."""
    project = Project(tmp_path)
    project.settings(load_type="full")
    project.contract()
    return project


@pytest.mark.parametrize("quarantine", [False, True])
def test_a_table_that_was_never_written_is_an_error_that_says_what_to_do(empty: Project, quarantine: bool) -> None:
    with opened(empty) as app:
        with pytest.raises(TableError) as shown:
            app.table("things", quarantine=quarantine)
        with pytest.raises(TableError) as listed:
            app.table_history("things", 1, quarantine=quarantine)
    assert [caught.value.code for caught in (shown, listed)] == ["table.missing"] * 2
    assert shown.value.next
