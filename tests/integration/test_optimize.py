"""`lakekit optimize` makes tables smaller and faster, and changes nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import duckdb
import pytest
from deltalake import DeltaTable
from deltalake.transaction import AddAction

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.errors import ConfigError
from lakekit.domain.report import Ending
from lakekit.domain.upkeep import LARGEST_TARGET, Leftover, Step, UpkeepReport, Wishes
from lakekit.project.selection import EVERYTHING
from tests.integration.projects import Project

NOW = Wishes(vacuum=True, hours=0, force=True)


class Heard(list[tuple[str, int]]):
    """The files that were announced, and whether each was there then."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def __call__(self, table: PurePosixPath, files: Sequence[Leftover]) -> None:
        self.extend((f"{table}/{f.path}", (self._root / "lake" / table / f.path).stat().st_size) for f in files)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Three batches, each with a bad row; `note` is personal."""
    project = Project(tmp_path)
    project.settings(load_type="incremental", watermark_column="at", lookback="1d")
    project.contract(keys=("id",), note={"pii": "email"})
    for day in (1, 2, 3):
        project.file("things.csv", f"{day},2026-01-0{day}T00:00:00Z,ann{day}@example.com", f"x{day},,y")
        assert [b.ending for b in project.ingest()] == [Ending.PUBLISHED]
    return project


def optimize(
    project: Project, wishes: Wishes, heard: Heard | None = None, *, dry_run: bool = False
) -> list[UpkeepReport]:
    with application(project.root, None, Silent()) as app:
        told = heard if heard is not None else Heard(project.root)
        return list(app.optimize(EVERYTHING, wishes, told, dry_run=dry_run))


def table(project: Project, path: str = "bronze/things") -> DeltaTable:
    return DeltaTable(str(project.root / "lake" / path))


def everything(project: Project) -> list[object]:
    columns = 'id, "at"::VARCHAR, note, _source, _batch_id'
    return [project.rows(columns), project.rows("_row, _source, _batch_id", "_errors/bronze/things")]


def test_small_files_become_one_and_every_row_stays(project: Project) -> None:
    before = everything(project)
    reports = optimize(project, Wishes())
    assert [(r.table, len(r.before.files), len(r.after.files)) for r in reports] == [
        ("bronze/things", 3, 1),
        ("_errors/bronze/things", 3, 1),
    ]
    assert all(r.steps == (Step.COMPACT, Step.CHECKPOINT) for r in reports)
    assert len(table(project).file_uris()) == 1
    assert everything(project) == before
    assert [b.ending for b in project.ingest()] == [Ending.NOTHING_NEW]


def test_the_rewritten_files_say_nothing_of_personal_columns(project: Project) -> None:
    optimize(project, Wishes())
    for path in ("bronze/things", "_errors/bronze/things"):
        delta = table(project, path)
        log = (project.root / "lake" / path / "_delta_log" / f"{delta.version():020}.json").read_text()
        assert "example.com" not in log
        footer = duckdb.execute("SELECT * FROM parquet_metadata($1)", [delta.file_uris()]).fetchall()
        assert "example.com" not in str(footer)
    bounds = duckdb.execute(
        "SELECT stats_min, stats_max FROM parquet_metadata($1) WHERE path_in_schema = 'id'",
        [table(project).file_uris()],
    ).fetchall()
    assert bounds == [("1", "3")]


def test_progress_is_in_the_newest_commit_after_a_rewrite(project: Project) -> None:
    optimize(project, Wishes())
    (newest,) = table(project).history(1)
    assert newest["operation"] == "OPTIMIZE"
    batch = json.loads(newest["userMetadata"])["batch"]
    assert (batch["number"], batch["seal"]["watermark"]["value"]) == (3, "2026-01-03T00:00:00.000000Z")


def test_a_lost_ledger_finds_its_progress_after_the_log_was_cleaned(project: Project) -> None:
    table(project).alter.set_table_properties({"delta.logRetentionDuration": "interval 0 seconds"})
    optimize(project, NOW)
    table(project).create_checkpoint()
    optimize(project, NOW)
    log = project.root / "lake" / "bronze" / "things" / "_delta_log"
    assert len(list(log.glob("*.json"))) < 4
    for file in (project.root / "lake" / "_lakekit").iterdir():
        file.unlink()
    before = everything(project)
    assert [b.ending for b in project.ingest()] == [Ending.NOTHING_NEW]
    project.file("things.csv", "3,2026-01-03T00:00:00Z,ann3@example.com", "4,2026-01-04T00:00:00Z,z")
    (report,) = project.ingest()
    assert (report.number, report.counts.published, report.counts.duplicates) == (4, 1, 1)
    assert project.rows() == [1, 2, 3, 4]
    assert everything(project)[1] == before[1]


def test_a_vacuum_announces_what_it_removes_and_removes_only_that(project: Project) -> None:
    heard, before = Heard(project.root), everything(project)
    optimize(project, Wishes())
    assert optimize(project, Wishes(vacuum=True), heard)[0].leftovers == ()
    planned = optimize(project, NOW, heard, dry_run=True)
    assert [len(r.leftovers) for r in planned] == [3, 3]
    assert all((project.root / "lake" / path).exists() for path, _ in heard)
    told = list(heard)
    heard.clear()
    done = optimize(project, NOW, heard)
    assert heard == told
    assert [r.leftovers for r in done] == [r.leftovers for r in planned]
    assert not any((project.root / "lake" / path).exists() for path, _ in heard)
    assert everything(project) == before


def test_a_folder_that_nobody_waits_for_goes(project: Project) -> None:
    abandoned = project.root / "lake" / "bronze" / "things" / "batch-of-nobody-1"
    abandoned.mkdir()
    (abandoned / "part-00000.parquet").write_bytes(b"x")
    optimize(project, NOW)
    assert not abandoned.exists()


def test_a_short_retention_is_refused_unless_forced(project: Project) -> None:
    with pytest.raises(ConfigError) as caught:
        optimize(project, Wishes(vacuum=True, hours=1))
    assert caught.value.code == "optimize.retention_too_short"
    assert len(table(project).file_uris()) == 3


def test_rows_are_ordered_along_the_columns_that_were_named(project: Project) -> None:
    before = everything(project)
    (bronze, _) = optimize(project, Wishes(cluster_by=("at", "id")))
    assert bronze.steps == (Step.CLUSTER, Step.CHECKPOINT)
    assert everything(project) == before
    with pytest.raises(ConfigError) as caught:
        optimize(project, Wishes(cluster_by=("At",)))
    assert caught.value.code == "optimize.unknown_column"


def test_auto_leaves_alone_what_gains_little(project: Project) -> None:
    assert [r.steps for r in optimize(project, Wishes(auto=True))] == [(), ()]
    for day in range(4, 10):
        project.file("things.csv", f"{day},2026-01-0{day}T00:00:00Z,")
        project.ingest()
    assert [r.steps for r in optimize(project, Wishes(auto=True), dry_run=True)] == [
        (Step.COMPACT, Step.CHECKPOINT),
        (),
    ]


def grown(project: Project, ranges: Sequence[tuple[int, int]]) -> None:
    """Commit files to the table that nobody wrote, each of 128 MiB with this range of `id`."""
    delta = table(project)
    stats = [json.dumps({"numRecords": 2, "minValues": {"id": a}, "maxValues": {"id": b}}) for a, b in ranges]
    adds = [AddAction(f"grown-{n}.parquet", LARGEST_TARGET, {}, 0, True, told) for n, told in enumerate(stats)]
    delta.create_write_transaction(adds, "append", delta.schema())


def test_auto_orders_a_large_table_by_what_the_settings_say_that_queries_filter_on(project: Project) -> None:
    grown(project, [(0, 100)] * 6)
    assert optimize(project, Wishes(auto=True), dry_run=True)[0].actions[0].columns == ("at",)  # the watermark's
    project.settings(load_type="incremental", watermark_column="at", lookback="1d", delta={"cluster_by": ["id"]})
    bronze, quarantine = optimize(project, Wishes(auto=True), dry_run=True)
    assert bronze.actions[0].columns == ("id",)
    assert bronze.actions[0].why.startswith("a look-up by id reads ")
    assert quarantine.steps == ()
    assert optimize(project, Wishes(), dry_run=True)[0].steps[0] is Step.COMPACT


def test_auto_says_what_a_vacuum_would_free_and_frees_nothing(project: Project) -> None:
    optimize(project, Wishes())
    (bronze, _) = optimize(project, Wishes(auto=True, hours=0))
    assert bronze.advice[0].startswith("3 files of ")
    assert bronze.leftovers == ()
    assert len(optimize(project, NOW, dry_run=True)[0].leftovers) == 3
