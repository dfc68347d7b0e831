"""`lakekit table` tells what a table is made of, and whose each of its versions is."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from deltalake import DeltaTable

from lakekit.app.leases import lease
from lakekit.app.telemetry import Silent
from lakekit.compose import Application, application
from lakekit.domain.batch import Mode
from lakekit.domain.errors import ConfigError, LakekitError, LeaseError, TableError
from lakekit.domain.schema import ColumnChange
from lakekit.domain.upkeep import Wishes
from lakekit.domain.versions import Difference, Restoring
from lakekit.project.selection import EVERYTHING
from tests.integration.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two batches, each with a bad row; then another's commit, then upkeep."""
    project = Project(tmp_path)
    project.settings(load_type="incremental", watermark_column="at", lookback="1d")
    project.contract(keys=("id",))
    for day in (1, 2):
        project.file("things.csv", f"{day},2026-01-0{day}T00:00:00Z,a", f"x{day},,y")
        project.ingest()
    delta(project).alter.set_table_properties({"delta.logRetentionDuration": "interval 30 days"})
    with opened(project) as app:
        app.optimize(EVERYTHING, Wishes(), lambda *_: None, dry_run=False)
    return project


def opened(project: Project) -> Application:
    return application(project.root, None, Silent())


def restore(project: Project, version: int, *, quarantine: bool = False, dry_run: bool = False) -> Restoring:
    """What was announced, and is also what was told in the end, but for the version that was made."""
    heard: list[Restoring] = []
    with opened(project) as app:
        told = app.table_restore("things", version, heard.append, quarantine=quarantine, dry_run=dry_run)
    assert heard == [evolve(told, made=None)]
    return told


def diff(project: Project, before: int, after: int | None = None, *, quarantine: bool = False) -> Difference:
    with opened(project) as app:
        return app.table_diff("things", before, after, quarantine=quarantine)


def version_of(project: Project, batch: int, *, quarantine: bool = False) -> int:
    """The version that published a batch."""
    with opened(project) as app:
        versions = app.table_history("things", 100, quarantine=quarantine)
    return next(v.version for v in versions if v.batch == batch and v.operation == "WRITE")


def vacuum_all(project: Project) -> None:
    delta(project).vacuum(0, dry_run=False, enforce_retention_duration=False)


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


def test_a_restore_tells_what_moves_and_a_dry_run_moves_nothing(project: Project) -> None:
    before = delta(project).version()
    told = restore(project, version_of(project, 1), dry_run=True)
    assert (told.now.batch, told.then.batch, told.made) == (2, 1, None)
    assert told.then.watermark is not None
    assert told.then.watermark.value.startswith("2026-01-01")
    assert [(f.count, f.rows) for f in (told.gone, told.back)] == [(1, 2), (1, 1)]
    assert told.onward is not None
    assert (told.onward.mode, told.onward.again) == (Mode.CURSOR, True)
    assert told.onward.low is not None
    assert told.onward.low.value.startswith("2025-12-31")  # a day of lookback
    assert delta(project).version() == before


def test_what_a_restore_took_away_is_read_again_once_and_its_rejects_are_known(project: Project) -> None:
    project.file("things.csv", "2,2026-01-02T00:00:00Z,a", "3,2026-01-03T00:00:00Z,a", "x2,,y")
    rejected = project.rows("_row", "_errors/bronze/things")
    told = restore(project, version_of(project, 1))
    assert told.made == delta(project).version() - 1  # the beginning of the next generation follows
    assert project.rows() == [1]
    (report,) = project.ingest()
    assert (report.number, report.counts.read, report.counts.published) == (1, 3, 2)
    assert project.rows() == [1, 2, 3]
    assert project.rows("_row", "_errors/bronze/things") == rejected


def test_a_restore_that_is_repeated_makes_no_version(project: Project) -> None:
    version = version_of(project, 1)
    restore(project, version)
    before = delta(project).version()
    again = restore(project, version)
    assert (again.nothing, again.made) == (True, None)
    assert delta(project).version() == before


def test_a_restore_that_takes_no_batch_back_lets_ingest_go_on(project: Project) -> None:
    told = restore(project, version_of(project, 2))
    assert told.onward is not None
    assert not told.onward.again
    assert [report.ending.value for report in project.ingest()] == ["nothing_new"]


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_version_whose_files_were_vacuumed_is_refused_before_anything_is_written(
    project: Project, dry_run: bool
) -> None:
    version = version_of(project, 1)
    vacuum_all(project)
    before = delta(project).version()
    for ask in (lambda: restore(project, version, dry_run=dry_run), lambda: diff(project, version)):
        with pytest.raises(TableError) as caught:
            ask()
        assert caught.value.code == "table.files_vacuumed"
        assert "table history" in caught.value.next
    assert delta(project).version() == before


def test_a_version_that_never_was_or_of_another_table_is_refused(project: Project) -> None:
    newest = delta(project).version()
    with pytest.raises(TableError) as caught:
        restore(project, newest + 1)
    assert caught.value.code == "table.no_version"
    DeltaTable.create(project.root / "lake" / "bronze/things", delta(project).schema(), mode="overwrite")
    with pytest.raises(TableError) as caught:
        restore(project, newest)
    assert caught.value.code == "table.other_table"


def test_a_version_that_log_clean_up_took_is_refused(project: Project) -> None:
    table = delta(project)
    table.create_checkpoint()
    for version in range(table.version()):
        (project.root / "lake" / "bronze/things" / "_delta_log" / f"{version:020}.json").unlink()
    for ask in (lambda: restore(project, 1), lambda: diff(project, 1)):
        with pytest.raises(TableError) as caught:
            ask()
        assert caught.value.code == "table.version_gone"


def test_a_quarantine_goes_back_as_long_as_no_batch_loses_its_rejects(project: Project) -> None:
    rejected = project.rows("_row, _batch_id", "_errors/bronze/things")
    with pytest.raises(ConfigError) as caught:
        restore(project, version_of(project, 1, quarantine=True), quarantine=True)
    assert caught.value.code == "restore.rejects_lost"
    delta(project, "_errors/bronze/things").delete("_batch_id = 1")
    told = restore(project, version_of(project, 2, quarantine=True), quarantine=True)
    assert told.onward is None
    assert project.rows("_row, _batch_id", "_errors/bronze/things") == rejected


def test_a_restore_waits_for_no_run_that_is_at_work(project: Project) -> None:
    with opened(project) as app, lease(app.tools, "bronze.things/live"), pytest.raises(LeaseError):
        restore(project, 1)


@pytest.mark.parametrize(("load_type", "files"), [("incremental", 1), ("full", 0)])
def test_the_next_ingest_of_files_and_of_a_full_load_is_told_too(tmp_path: Path, load_type: str, files: int) -> None:
    project = Project(tmp_path)
    project.settings(load_type=load_type)
    project.contract()
    for day in (1, 2):
        project.file(f"{day}.csv", f"{day},2026-01-0{day}T00:00:00Z,a", "x,,y")
        project.ingest()
    whole = project.rows("id, _source"), project.rows("_row, _source", "_errors/bronze/things")
    told = restore(project, version_of(project, 1))
    assert told.onward is not None
    assert (told.onward.again, told.onward.files) == (True, files)
    assert project.rows() == [1]
    project.ingest()
    assert (project.rows("id, _source"), project.rows("_row, _source", "_errors/bronze/things")) == whole


def test_a_difference_counts_rows_by_batch_and_sees_through_rewrites(project: Project) -> None:
    first, second = version_of(project, 1), version_of(project, 2)
    told = diff(project, first)
    assert [(b.batch, b.added, b.removed) for b in told.batches] == [(2, 1, 0)]
    assert (told.come.count, told.gone.count) == (1, 1)
    rewritten = diff(project, second)
    assert (rewritten.added, rewritten.removed, rewritten.come.count, rewritten.gone.count) == (0, 0, 1, 2)
    back = diff(project, second, first)
    assert [(b.batch, b.added, b.removed) for b in back.batches] == [(2, 0, 1)]
    assert diff(project, second, second).batches == ()
    assert diff(project, 0, quarantine=True).added == 2


def test_a_difference_names_columns(project: Project) -> None:
    before = delta(project).version()
    project.contract({"id": "long", "at": "timestamp", "note": "string", "more": "string"}, keys=("id",))
    project.file("things.csv", "3,2026-01-03T00:00:00Z,a,b", header="id,at,note,more")
    project.ingest()
    told = diff(project, before)
    assert told.columns == (ColumnChange("more", None, "string"),)
    assert [(b.batch, b.added, b.removed) for b in told.batches] == [(3, 1, 0)]


@pytest.mark.parametrize("quarantine", [False, True])
def test_neither_works_where_there_is_no_table(empty: Project, quarantine: bool) -> None:
    for ask in (lambda: restore(empty, 0, quarantine=quarantine), lambda: diff(empty, 0, quarantine=quarantine)):
        with pytest.raises(LakekitError) as caught:
            ask()
        assert caught.value.code == "table.missing"
