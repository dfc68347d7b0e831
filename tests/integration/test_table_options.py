"""What the settings say of a table beyond its columns is shown before it is done, and is kept by every batch."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable, QueryBuilder

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.errors import ConfigError, TableError
from lakekit.domain.report import Ending, OptionsReport
from lakekit.domain.upkeep import Wishes
from lakekit.project.selection import EVERYTHING
from tests.integration.projects import Project

COLUMNS = {"id": "long", "at": "timestamp", "day": "date", "kind": "string", "old": "boolean", "size": "int"}
HEADER = "id,at,day,kind,old,size"
SIZE = ("size_minimum", "size_maximum", "size_allowed")
ALONG = {"load_type": "incremental", "watermark_column": "at", "lookback": "3d"}
DAYS = (
    ("1,2026-01-01T00:00:00Z,2026-01-01,a/b=c,true,1", "2,2026-01-01T01:00:00Z,,,,", "x,,,,,"),
    ("2,2026-01-01T01:00:00Z,,,,", "3,2026-01-02T00:00:00Z,2026-01-01,a/b=c,true,1", "4,2026-01-02T00:00:00Z,,é,no,-1"),
    ("3,2026-01-02T00:00:00Z,2026-01-01,a/b=c,true,1", "5,2026-01-03T00:00:00Z,2026-01-03,,false,2147483647"),
)


def begun(folder: Path, **table: object) -> Project:
    project = Project(folder)
    project.settings(**ALONG, delta=table)
    project.contract(COLUMNS, keys=("id",))
    return project


def fed(project: Project, *days: tuple[str, ...]) -> Project:
    """With a batch per day."""
    for lines in days:
        project.file("things.csv", *lines, header=HEADER)
        (batch,) = project.ingest()
        assert batch.ending is Ending.PUBLISHED, batch
    return project


def delta(project: Project) -> DeltaTable:
    return DeltaTable(str(project.root / "lake/bronze/things"))


def rows(project: Project) -> list[tuple[object, ...]]:
    """By delta-rs, which reads partitions from the log."""
    query = f"SELECT {', '.join(COLUMNS)} FROM t"
    found = QueryBuilder().register("t", delta(project)).execute(query).read_all()
    return sorted(pl.DataFrame(found).rows(), key=str)


def optimize(project: Project, *cluster_by: str) -> None:
    with application(project.root, None, Silent()) as app:
        app.optimize(EVERYTHING, Wishes(cluster_by), lambda *_: None, dry_run=False)


def options(project: Project, *, apply: bool = False) -> OptionsReport:
    with application(project.root, None, Silent()) as app:
        (report,) = app.table_options((), apply=apply)
        return report


class TestPartitions:
    @pytest.mark.parametrize("by", [["day"], ["kind"], ["old"], ["size"], ["kind", "day", "old"], ["_run_date"]])
    def test_a_partitioned_table_has_the_rows_of_one_that_is_not(self, tmp_path: Path, by: list[str]) -> None:
        plain = fed(begun(tmp_path / "plain"), *DAYS)
        split = fed(begun(tmp_path / "split", partition_by=by), *DAYS)
        assert rows(split) == rows(plain)
        assert delta(split).metadata().partition_columns == by
        assert split.rows("_row", "_errors/bronze/things") == plain.rows("_row", "_errors/bronze/things")

    def test_every_file_holds_one_partition_as_the_log_tells(self, tmp_path: Path) -> None:
        split = fed(begun(tmp_path, partition_by=["kind", "day"]), *DAYS)
        told = pl.DataFrame(delta(split).get_add_actions(flatten=True)).to_dicts()
        for action in told:
            file = split.root / "lake/bronze/things" / unquote(action["path"])
            held = pl.read_parquet(file, hive_partitioning=False, columns=["kind", "day"]).unique()
            assert held.rows() == [(action["partition.kind"], action["partition.day"])]

    @pytest.mark.parametrize("by", [["day"], ["kind", "old"], ["id"]])
    def test_rows_are_known_again_after_a_rewrite_that_leaves_partitions_out_of_the_files(
        self, tmp_path: Path, by: list[str]
    ) -> None:
        plain = fed(begun(tmp_path / "plain"), *DAYS)
        split = begun(tmp_path / "split", partition_by=by)
        for number, day in enumerate(DAYS):
            fed(split, day)
            optimize(split, *(["at"] if number else []))
        (newest,) = duckdb.execute(
            "SELECT list(name) FROM parquet_schema($1)", [delta(split).file_uris()[0]]
        ).fetchall()
        assert set(by).isdisjoint(newest[0])
        assert rows(split) == rows(plain)

    def test_a_full_load_replaces_every_partition(self, tmp_path: Path) -> None:
        project = begun(tmp_path, partition_by=["day"])
        project.settings(load_type="full", delta={"partition_by": ["day"]})
        fed(project, DAYS[0], DAYS[2])
        assert [row[0] for row in rows(project)] == [3, 5]

    def test_the_table_decides_and_another_wish_is_told_and_refused(self, tmp_path: Path) -> None:
        project = fed(begun(tmp_path), DAYS[0])
        project.settings(**ALONG, delta={"partition_by": ["day"], "change_data_feed": True})
        assert next((c.what, c.old, c.new) for c in options(project).changes) == ("partition_by", None, "day")
        with pytest.raises(ConfigError) as caught:
            options(project, apply=True)
        assert caught.value.code == "table.partitioning_fixed"
        fed(project, *DAYS[1:])
        assert delta(project).metadata().partition_columns == []
        assert [row[0] for row in rows(project)] == [1, 2, 3, 4, 5]


class TestConstraints:
    RULES = {
        "size": {"min": "-5", "max": "10", "allowed": ["1", "2"]},
        "kind": {"required": True, "allowed": ["a'b", "c\\"]},
    }

    def limited(self, folder: Path, **rules: dict[str, object]) -> Project:
        project = begun(folder, constraints=True)
        project.contract(COLUMNS, ("id",), **rules)
        return project

    def test_a_new_table_has_the_rules_of_the_contract_and_an_old_one_when_applied(self, tmp_path: Path) -> None:
        line = "1,2026-01-01T00:00:00Z,,a'b,,1"
        made = fed(self.limited(tmp_path / "new", **self.RULES), (line,))
        given = begun(tmp_path / "old")
        given.contract(COLUMNS, ("id",), **self.RULES)
        fed(given, (line,))
        given.settings(**ALONG, delta={"constraints": True})
        version = delta(given).version()
        shown = options(given)
        assert (delta(given).version(), shown.applied) == (version, False)
        assert options(given, apply=True).changes == shown.changes
        assert options(given).changes == ()
        told = [
            {k: v for k, v in delta(p).metadata().configuration.items() if k.startswith("delta.constraints.")}
            for p in (made, given)
        ]
        assert told[0] == told[1]
        assert set(told[0]) == {
            f"delta.constraints.lakekit_{name}"
            for name in ("id_required", "at_required", "kind_required", "kind_allowed", *SIZE)
        }
        assert {delta(p).protocol().min_writer_version for p in (made, given)} == {3}
        for project in (made, given):
            fed(project, ("2,2026-01-02T00:00:00Z,,c\\,,2", "3,2026-01-02T00:00:00Z,,,,2"))
            assert [row[0] for row in rows(project)] == [1, 2]

    def test_rows_that_keep_a_loosened_contract_and_break_the_table_are_not_published(self, tmp_path: Path) -> None:
        project = fed(self.limited(tmp_path, size={"max": "10"}), ("1,2026-01-01T00:00:00Z,,,,1",))
        project.contract(COLUMNS, ("id",), size={"max": "20"})
        project.file("things.csv", "2,2026-01-02T00:00:00Z,,,,11", "3,2026-01-02T00:00:00Z,,,,9", header=HEADER)
        (batch,) = project.ingest()
        assert batch.failure is not None
        assert (batch.failure.code, batch.failure.exit_code) == ("gate.constraint", 3)
        assert [row[0] for row in rows(project)] == [1]
        assert [c.what for c in options(project, apply=True).changes] == ["lakekit_size_maximum"]
        assert project.ingest()[0].ending is Ending.PUBLISHED
        assert [row[0] for row in rows(project)] == [1, 2, 3]

    def test_constraints_that_rows_break_are_refused_and_nothing_is_done(self, tmp_path: Path) -> None:
        project = fed(begun(tmp_path), ("1,2026-01-01T00:00:00Z,,,,1", "2,2026-01-01T00:00:00Z,,,,"))
        project.contract(COLUMNS, ("id",), size={"required": True, "min": "1"})
        project.settings(**ALONG, delta={"constraints": True, "change_data_feed": True})
        version = delta(project).version()
        with pytest.raises(TableError) as caught:
            options(project, apply=True)
        assert (caught.value.code, caught.value.why) == ("table.constraint_broken", "lakekit_size_required by 1")
        assert delta(project).version() == version

    def test_they_are_taken_away_again(self, tmp_path: Path) -> None:
        project = fed(self.limited(tmp_path, size={"max": "10"}), ("1,2026-01-01T00:00:00Z,,,,1",))
        project.settings(**ALONG, delta={"constraints": False})
        options(project, apply=True)
        assert not [k for k in delta(project).metadata().configuration if k.startswith("delta.constraints.")]


class TestProperties:
    WISHED = {"change_data_feed": True, "log_retention": "60d", "file_retention": "36d"}

    def test_they_are_shown_then_done_then_there(self, tmp_path: Path) -> None:
        project = fed(begun(tmp_path), DAYS[0])
        project.settings(**ALONG, delta=self.WISHED)
        shown, version = options(project), delta(project).version()
        assert {(c.what, c.old, c.new) for c in shown.changes} == {
            ("delta.enableChangeDataFeed", None, "true"),
            ("delta.logRetentionDuration", None, "interval 60 days"),
            ("delta.deletedFileRetentionDuration", None, "interval 36 days"),
        }
        assert delta(project).version() == version
        assert options(project, apply=True).applied
        assert options(project).changes == ()
        fresh = fed(begun(tmp_path / "fresh", **self.WISHED), DAYS[0])
        for made in (project, fresh):
            told = delta(made).metadata().configuration
            assert told["delta.logRetentionDuration"] == "interval 60 days"
            assert made.ingest()[0].ending is Ending.NOTHING_NEW

    def test_the_feed_tells_each_row_once_and_nothing_of_rewrites(self, tmp_path: Path) -> None:
        project = fed(begun(tmp_path, change_data_feed=True, partition_by=["day"]), *DAYS)
        optimize(project, "at")
        feed = pl.DataFrame(delta(project).load_cdf().read_all())
        assert sorted(feed["id"].to_list()) == [1, 2, 3, 4, 5]
        assert set(feed["_change_type"].to_list()) == {"insert"}

    def test_progress_is_found_again_behind_the_change(self, tmp_path: Path) -> None:
        """The commit carries the note: a lost ledger begins from it."""
        project = fed(begun(tmp_path), *DAYS[:2])
        project.settings(**ALONG, delta=self.WISHED)
        options(project, apply=True)
        info = json.loads(delta(project).history(1)[0]["userMetadata"])
        assert info["number"] == 2

    def test_a_table_that_is_not_there_yet_differs_in_nothing(self, tmp_path: Path) -> None:
        report = options(begun(tmp_path, partition_by=["day"]), apply=True)
        assert (report.version, report.changes, report.applied) == (None, (), False)
