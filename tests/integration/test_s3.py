"""A lake in a bucket holds row by row what the same lake on a disk holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from attrs import frozen
from deltalake import DeltaTable

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.demo.files import deliver
from lakekit.demo.retail import Sizes, retail
from lakekit.demo.scaffold import DATA, project_files, write_project
from lakekit.domain.report import BatchReport, Ending
from lakekit.domain.upkeep import Leftover, Wishes
from lakekit.project.selection import EVERYTHING
from lakekit_aws.storage import open_storage
from tests.servers import Server, moto

NAMES = count()
TABLES = [f"{place}bronze/{name}" for place in ("", "_errors/") for name in ("orders", "customers", "behavior")]
PER_RUN = ("_ingest_ts", "_run_date")
SIZES = Sizes(customers=(60, 10), products=(20, 4), orders=(300, 80), events=(200, 60))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with moto() as server:
        yield server


@pytest.fixture
def lake(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty lake in a bucket; the environment leads there."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server.bucket(f"bucket-{next(NAMES)}")


@frozen
class Demo:
    """The demo project with its lake at `lake`."""

    root: Path
    lake: str
    storage: Mapping[str, str]

    def ingest(self) -> list[BatchReport]:
        with application(self.root, None, Silent()) as app:
            return list(app.ingest().batches)

    def deliver(self, day: int) -> None:
        with application(self.root, None, Silent()) as app:
            for delivery in retail(7, SIZES)[day].deliveries:
                deliver(delivery, self.root / DATA, app.tools.engine)

    def rows(self, table: str) -> list[Any]:
        """All rows by delta-rs and DuckDB, from copies of the table's files."""
        found = DeltaTable(f"{self.lake}/{table}", storage_options={**self.storage} or None).file_uris()
        with TemporaryDirectory() as folder:
            files = [str(self.copied(uri, Path(folder, str(i)))) for i, uri in enumerate(found)]
            read = duckdb.read_parquet(files)
            kept = [f'"{name}"::VARCHAR' for name in read.columns if name not in PER_RUN]
            return sorted(map(str, read.project(", ".join(kept)).fetchall()))

    def copied(self, uri: str, file: Path) -> Path:
        """A file of the lake, as one on this host."""
        if not self.storage:
            return Path(uri)
        open_storage(self.lake).download(uri.removeprefix(f"{self.lake}/"), file)
        return file


def demo(root: Path, lake: str, storage: Mapping[str, str]) -> Demo:
    write_project(root, project_files())
    file = root / "config" / "dev.yaml"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(f"lake: {lake}\n" if line.startswith("lake:") else line for line in lines))
    return Demo(root, lake if "://" in lake else str(root / lake), storage)


@pytest.fixture
def both(server: Server, lake: str, tmp_path: Path) -> tuple[Demo, Demo]:
    """On a disk, in a bucket."""
    options = {**server.environment, "AWS_ALLOW_HTTP": "true"}
    return demo(tmp_path / "disk", "lake", {}), demo(tmp_path / "bucket", lake, options)


def test_the_demo_in_a_bucket_equals_the_demo_on_a_disk(both: tuple[Demo, Demo]) -> None:
    for day in (0, 1):
        for project in both:
            project.deliver(day)
            batches = project.ingest()
            assert [(b.ending, b.failure) for b in batches if b.ending is not Ending.PUBLISHED] == []
        disk, bucket = both
        for table in TABLES:
            assert bucket.rows(table) == disk.rows(table), table
            assert disk.rows(table), table


def test_a_second_run_without_news_publishes_nothing(both: tuple[Demo, Demo]) -> None:
    _, bucket = both
    bucket.deliver(0)
    bucket.ingest()
    before = [bucket.rows(table) for table in TABLES]
    assert {b.ending for b in bucket.ingest()} <= {Ending.NOTHING_NEW, Ending.PUBLISHED}
    assert [bucket.rows(table) for table in TABLES] == before


def test_tables_in_a_bucket_are_made_small_and_keep_every_row(both: tuple[Demo, Demo]) -> None:
    _, bucket = both
    for day in (0, 1):
        bucket.deliver(day)
        bucket.ingest()
    before = {table: bucket.rows(table) for table in TABLES}
    freed: list[Leftover] = []
    with application(bucket.root, None, Silent()) as app:
        wishes = Wishes(vacuum=True, hours=0, force=True)
        reports = app.optimize(EVERYTHING, wishes, lambda _, files: freed.extend(files), dry_run=False)
        assert {len(report.after.files) for report in reports} == {1}
        assert freed
    storage = open_storage(bucket.lake)
    left = {key.removeprefix(f"{t}/") for t in TABLES for key in storage.list(t)}
    assert left.isdisjoint(file.path for file in freed)
    assert {table: bucket.rows(table) for table in TABLES} == before


def test_a_restore_and_a_difference_are_in_a_bucket_what_they_are_on_a_disk(both: tuple[Demo, Demo]) -> None:
    told = []
    for project in both:
        for day in (0, 1):
            project.deliver(day)
            project.ingest()
        whole = len(project.rows(TABLES[0]))
        with application(project.root, None, Silent()) as app:
            first = min(v.version for v in app.table_history("orders", 99, quarantine=False) if v.batch == 1)
            report = app.table_restore("orders", first, lambda _: None, quarantine=False, dry_run=False)
            went = app.table_diff("orders", first + 1, None, quarantine=False)
        assert (went.added, went.removed) == (0, whole - len(project.rows(TABLES[0])))
        assert went.removed > 0
        project.ingest()
        assert len(project.rows(TABLES[0])) == whole
        told.append((report.onward, report.then.watermark, report.back, report.gone.rows))
    disk, bucket = both
    assert told[0] == told[1]
    assert {table: bucket.rows(table) for table in TABLES} == {table: disk.rows(table) for table in TABLES}


def test_raw_rows_do_not_stay_on_the_host(both: tuple[Demo, Demo]) -> None:
    _, bucket = both
    bucket.deliver(0)
    bucket.ingest()
    assert not list((bucket.root / ".lakekit").rglob("*.parquet"))
