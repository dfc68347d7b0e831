"""Rows without a value in the watermark column: rejected, published once, or a reason to stop."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.batch import Counts
from lakekit.domain.report import BatchReport, Ending
from tests.integration.projects import COLUMNS, Project

ALONG = {"load_type": "incremental", "watermark_column": "at"}
ONCE, STOP = {**ALONG, "null_watermark": "once"}, {**ALONG, "null_watermark": "stop"}
DAY = "2026-01-0{}T00:00:00Z"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.contract()
    made.settings(**ONCE)
    return made


def row(number: int, day: int | None, note: str = "n") -> str:
    return f"{number},{DAY.format(day) if day else ''},{note}"


def only(batches: list[BatchReport]) -> BatchReport:
    (batch,) = batches
    assert batch.failure is None, batch.failure
    return batch


def stopped(project: Project, rows: int) -> None:
    (batch,) = project.ingest()
    assert batch.failure
    assert batch.failure.code == "watermark.missing_values"
    assert batch.failure.lines[0].startswith(f"watermark.missing_values: {rows} rows of bronze.things")


def run(project: Project, *arguments: str) -> tuple[int, str]:
    """A command as a person gives it: its exit code, and all that it says."""
    command = [sys.executable, "-m", "lakekit", "--project-dir", str(project.root), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return ended.returncode, ended.stdout + ended.stderr


def test_a_row_without_a_value_is_rejected_where_nothing_else_is_said(project: Project) -> None:
    project.settings(**ALONG)
    project.file("a.csv", row(1, 1), row(2, None))
    batch = only(project.ingest())
    assert batch.counts == Counts(2, 1, 1)
    assert [(r.code, r.column) for r in batch.reasons] == [("cursor_missing", "at")]
    assert only(project.ingest()).ending is Ending.NOTHING_NEW


@pytest.mark.parametrize("keys", [(), ("id",)])
def test_a_row_without_a_value_is_published_once_however_often_it_is_read(
    project: Project, keys: tuple[str, ...]
) -> None:
    project.contract(keys=keys)
    project.file("a.csv", row(1, 1), row(2, None))
    assert only(project.ingest()).counts == Counts(2, 2)
    project.file("b.csv", row(3, 9))
    assert only(project.ingest()).counts == Counts(3, 1, 0, 2)
    project.file("c.csv", row(4, None))
    assert only(project.ingest()).counts == Counts(3, 1, 0, 2)  # row 1 lies before the watermark by now
    assert project.rows('id, "at" IS NULL') == [(1, False), (2, True), (3, False), (4, True)]


def test_known_rows_commit_nothing_and_leave_the_watermark_where_it_is(project: Project) -> None:
    project.file("a.csv", row(1, 3), row(2, None))
    first = only(project.ingest())
    log = project.root / "lake/bronze/things/_delta_log"
    commits = sorted(file.name for file in log.iterdir())
    again = only(project.ingest())
    assert again.ending is Ending.NOTHING_NEW
    assert sorted(file.name for file in log.iterdir()) == commits
    project.file("b.csv", row(3, None))
    assert only(project.ingest()).watermark == first.watermark


def test_rows_without_a_value_alone_are_published_once_before_there_is_a_watermark(project: Project) -> None:
    project.file("a.csv", row(1, None), row(1, None))
    first = only(project.ingest())
    assert (first.counts, first.watermark) == (Counts(2, 2), None)
    assert only(project.ingest()).ending is Ending.NOTHING_NEW
    project.file("a.csv", row(1, None), row(1, None), row(1, None), row(2, 1))
    assert only(project.ingest()).counts == Counts(4, 2, 0, 2)
    assert project.rows() == [1, 1, 1, 2]


def test_a_row_that_gets_a_value_later_is_a_new_one(project: Project) -> None:
    project.file("a.csv", row(1, 5), row(2, None))
    project.ingest()
    project.file("a.csv", row(1, 5), row(2, 6))
    assert only(project.ingest()).counts == Counts(2, 1, 0, 1)
    assert project.rows('id, "at" IS NULL') == [(1, False), (2, False), (2, True)]


def test_a_text_that_is_no_value_of_the_type_is_rejected_all_the_same(project: Project) -> None:
    project.file("a.csv", "1,soon,n", row(2, None))
    batch = only(project.ingest())
    assert batch.counts == Counts(2, 1, 1)
    assert [(r.code, r.column) for r in batch.reasons] == [("cast_failed", "at")]


def test_another_content_outside_the_contract_is_another_row(project: Project) -> None:
    project.file("a.csv", f"{row(1, None)},x", header="id,at,note,more")
    project.ingest()
    project.file("a.csv", f"{row(1, None)},y", header="id,at,note,more")
    assert only(project.ingest()).counts == Counts(1, 1)


def test_rows_without_a_value_are_known_in_a_table_that_is_partitioned_by_the_watermark_column(
    project: Project,
) -> None:
    project.contract({**COLUMNS, "at": "date"})
    project.settings(**ONCE, delta={"partition_by": ["at"]})
    project.file("a.csv", "1,,n", "2,2026-01-01,n")
    project.ingest()
    project.file("b.csv", "3,2026-02-01,n")
    assert only(project.ingest()).counts == Counts(3, 1, 0, 2)


def test_typed_values_that_are_null_are_such_rows_too(project: Project) -> None:
    project.settings(**{**ONCE, "path": "data/*"})
    (project.root / "data").mkdir()
    told = "SELECT unnest([1, 2]) AS id, unnest([TIMESTAMP '2026-01-01', NULL]) AS at, 'n' AS note"
    duckdb.sql(told).write_parquet(str(project.root / "data" / "a.parquet"))
    assert only(project.ingest()).counts == Counts(2, 2)
    project.file("b.csv", row(3, 9))
    assert only(project.ingest()).counts == Counts(3, 1, 0, 2)


def test_a_typed_value_is_no_null_marker_and_its_row_is_published_once(project: Project) -> None:
    project.contract({"id": "long", "at": "int"}, at={"null_markers": ["0"]})
    project.settings(**{**ALONG, "path": "data/*"})
    (project.root / "data").mkdir()
    told = "SELECT unnest([1, 2]) AS id, unnest([0, 5]) AS at"
    duckdb.sql(told).write_parquet(str(project.root / "data" / "a.parquet"))
    for _ in range(2):
        project.ingest()
    assert project.rows() == [1, 2]


def test_a_load_anew_has_each_row_as_often_as_the_source(project: Project) -> None:
    project.file("a.csv", row(1, 1), row(2, None), row(2, None))
    project.ingest()
    with application(project.root, None, Silent()) as app:
        (batch,) = app.ingest(full_refresh=True).batches
    assert batch.counts == Counts(3, 3)
    assert only(project.ingest()).ending is Ending.NOTHING_NEW
    assert project.rows() == [1, 2, 2]


def test_rows_that_were_rejected_are_published_once_where_the_settings_say_so_later(project: Project) -> None:
    project.settings(**ALONG)
    project.file("a.csv", row(1, 1), row(2, None))
    project.ingest()
    project.settings(**ONCE)
    assert only(project.ingest()).counts == Counts(2, 1, 0, 1)
    assert only(project.ingest()).ending is Ending.NOTHING_NEW
    project.settings(**ALONG)
    # What the quarantine has already is no news there either.
    assert only(project.ingest()).ending is Ending.NOTHING_NEW
    assert project.rows() == [1, 2]


def test_a_load_anew_goes_by_the_settings_of_now(project: Project) -> None:
    def refreshed() -> BatchReport:
        with application(project.root, None, Silent()) as app:
            return only(list(app.ingest(full_refresh=True).batches))

    project.file("a.csv", row(1, 1), row(2, None))
    assert refreshed().counts == Counts(2, 2)
    assert refreshed().ending is Ending.NOTHING_NEW
    project.settings(**ALONG)
    assert refreshed().counts == Counts(2, 1, 1)
    assert project.rows() == [1]


def test_a_stop_tells_how_many_rows_and_where_and_publishes_nothing(project: Project) -> None:
    project.settings(**STOP)
    project.file("a.csv", row(1, 1), row(2, None))
    project.file("b.csv", row(3, None), row(4, None))
    code, told = run(project, "ingest")
    assert code == 1
    assert "watermark.missing_values: 3 rows of bronze.things have no value in the watermark column at" in told
    assert "data/a.csv (1), data/b.csv (2)" in told
    assert "set `null_watermark` to quarantine or once" in told
    assert project.rows() == []
    assert project.rows(table="_errors/bronze/things") == []
    code, told = run(project, "explain", "watermark.missing_values")
    assert code == 0


def mended(project: Project) -> None:
    project.file("a.csv", row(1, 1), row(2, 2))


def mended_in_another_file(project: Project) -> None:
    (project.root / "data" / "a.csv").unlink()
    project.file("b.csv", row(1, 1), row(2, 2))


def allowed(project: Project) -> None:
    project.settings(**ONCE)


def rejected(project: Project) -> None:
    project.settings(**ALONG)


@pytest.mark.parametrize("mend", [mended, mended_in_another_file, allowed, rejected])
@pytest.mark.parametrize("before", [0, 1])
def test_a_stop_is_left_by_mending_the_source_or_the_settings(
    project: Project, mend: Callable[[Project], None], before: int
) -> None:
    project.settings(**STOP)
    if before:
        project.file("0.csv", row(0, 1))
        assert only(project.ingest()).ending is Ending.PUBLISHED
    project.file("a.csv", row(1, 1), row(2, None))
    for _ in range(2):
        stopped(project, 1)
    mend(project)
    assert only(project.ingest()[:1]).ending is Ending.PUBLISHED
    assert only(project.ingest()).ending is Ending.NOTHING_NEW
    assert project.rows() == [*([0] if before else []), *([1] if mend is rejected else [1, 2])]


@pytest.mark.parametrize("mend", [mended, allowed, rejected])
def test_a_batch_that_had_landed_before_the_settings_said_stop_can_be_left_too(
    project: Project, mend: Callable[[Project], None]
) -> None:
    project.suite({"check": "rows", "min": 5})
    project.file("a.csv", row(1, 1), row(2, None))
    assert only(project.ingest()).ending is Ending.HELD
    project.suite({"check": "rows", "min": 1})
    project.settings(**STOP)
    stopped(project, 1)
    mend(project)
    project.ingest()
    assert project.rows() == ([1] if mend is rejected else [1, 2])


@pytest.mark.parametrize("mend", [mended, rejected])
def test_a_batch_that_failed_after_it_had_landed_can_be_left_after_a_stop(
    project: Project, mend: Callable[[Project], None]
) -> None:
    project.settings(**ONCE, delta={"partition_by": ["note"]})
    project.file("a.csv", row(1, 1), row(2, None, "n" * 200))
    (failed,) = project.ingest()
    assert failed.failure
    assert failed.failure.code == "gate.long_partition"
    project.settings(**STOP)
    for _ in range(2):
        stopped(project, 1)
    mend(project)
    assert only(project.ingest()[:1]).ending is Ending.PUBLISHED
    assert project.rows() == ([1] if mend is rejected else [1, 2])


def test_a_load_anew_stops_as_well(project: Project) -> None:
    project.settings(**STOP)
    project.file("a.csv", row(1, 1))
    project.ingest()
    project.file("a.csv", row(1, 1), row(2, None))
    with application(project.root, None, Silent()) as app:
        (batch,) = app.ingest(full_refresh=True).batches
    assert batch.failure
    assert batch.failure.code == "watermark.missing_values"
    assert project.rows() == [1]


def test_a_row_that_a_value_is_required_of_is_told_before_anything_runs(project: Project) -> None:
    project.contract(at={"required": True})
    project.file("a.csv", row(1, 1))
    code, told = run(project, "ingest")
    assert code == 2
    assert "config.bad_null_watermark" in told
    assert "dev.yaml:7:" in told


def test_a_source_that_falls_behind_its_watermark_moves_nothing(project: Project) -> None:
    """As when an export is put back to an older one: what is there is known, and what comes later is read."""
    project.file("a.csv", row(1, 5), row(2, None))
    first = only(project.ingest())
    project.file("a.csv", row(9, 3))
    assert only(project.ingest()).ending is Ending.NOTHING_NEW
    project.file("a.csv", row(9, 3), row(2, None))
    assert only(project.ingest()).ending is Ending.NOTHING_NEW
    project.file("a.csv", row(9, 3), row(3, 6))
    last = only(project.ingest())
    assert (last.counts, project.rows()) == (Counts(1, 1), [1, 2, 3])
    assert [batch.watermark and batch.watermark.value[:10] for batch in (first, last)] == ["2026-01-05", "2026-01-06"]


def test_a_watermark_that_comes_in_another_type_is_read_as_the_contracts(project: Project) -> None:
    project.settings(**{**ONCE, "path": "data/*"})
    project.file("a.csv", row(1, 5), row(2, None))
    project.ingest()
    told = "SELECT unnest([3, 4, 2]) AS id, unnest([DATE '2026-01-04', '2026-01-06', NULL]) AS at, 'n' AS note"
    duckdb.sql(told).write_parquet(str(project.root / "data" / "b.parquet"))
    batch = only(project.ingest())
    assert batch.counts.quarantined == 0
    # Rows without a value in both files; of two equal ones the table has one.
    assert project.rows() == [1, 2, 2, 4]
    assert only(project.ingest()).ending is Ending.NOTHING_NEW


def test_a_watermark_column_of_another_type_in_the_contract_is_refused(project: Project) -> None:
    project.file("a.csv", row(1, 5), row(2, None))
    project.ingest()
    project.contract({**COLUMNS, "at": "date"})
    (batch,) = project.ingest()
    assert batch.failure
    assert batch.failure.code == "contract.type_changed"
    assert project.rows() == [1, 2]


Delivered = list[tuple[int, int | None, str]]
ROWS = st.tuples(st.integers(1, 3), st.none() | st.none() | st.integers(1, 6), st.sampled_from(["", "a"]))
DELIVERIES = st.lists(st.lists(ROWS, max_size=6), min_size=2, max_size=4)


class Oracle:
    """What is published of deliveries, each of which is the whole of the source at a time, told in plain Python."""

    def __init__(self, keyed: bool) -> None:
        self.keyed = keyed
        self.table: Counter[tuple[int, int | None, str]] = Counter()
        self.mark: int | None = None

    def deliver(self, rows: Delivered) -> Counts:
        read = [r for r in rows if r[1] is None or self.mark is None or r[1] >= self.mark]
        left, new = Counter(self.table), []
        for told in read:
            if left[told] > 0:
                left[told] -= 0 if self.keyed else 1
                continue
            new.append(told)
            if self.keyed:
                left[told] = 1
        self.table.update(new)
        self.mark = max([r[1] for r in read if r[1] is not None] + ([self.mark] if self.mark else []), default=None)
        return Counts(len(read), len(new), 0, len(read) - len(new))


@pytest.mark.parametrize("keyed", [True, False], ids=["with keys", "without keys"])
@settings(max_examples=10)
@given(deliveries=DELIVERIES)
def test_any_deliveries_publish_what_plain_python_says(keyed: bool, deliveries: list[Delivered]) -> None:
    with TemporaryDirectory() as folder:
        project, oracle = Project(Path(folder)), Oracle(keyed)
        project.contract(keys=("id",) if keyed else ())
        project.settings(**ONCE)
        with application(project.root, None, Silent()) as app:
            for rows in deliveries:
                project.file("a.csv", *(row(*told) for told in rows))
                expected, mark = oracle.deliver(rows), oracle.mark
                batch = only(list(app.ingest().batches))
                assert batch.counts == expected
                assert batch.counts.balanced
                assert (batch.ending is Ending.NOTHING_NEW) == (expected.published == 0)
                assert (batch.watermark and batch.watermark.value[:10]) == (mark and f"2026-01-0{mark}")
        found = project.rows("id, day(\"at\" AT TIME ZONE 'UTC'), coalesce(note, '')")
        assert Counter(found) == oracle.table


def test_the_schema_of_the_settings_knows_the_policies(project: Project) -> None:
    code, told = run(project, "schema", "settings")
    assert code == 0
    source = json.loads(told)["properties"]["sources"]["additionalProperties"]["properties"]["null_watermark"]
    assert source["anyOf"][0]["enum"] == ["quarantine", "once", "stop"]
