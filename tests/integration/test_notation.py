"""How a source writes its values, from the file to the table, the quarantine and the next increment."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.domain.batch import Counts
from tests.integration.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.settings(load_type="incremental", watermark_column="at")
    made.contract(id={"trim": True}, at={"trim": True}, note={"trim": True, "pattern": "[a-z]+"})
    return made


def test_a_trimmed_watermark_column_is_read_in_increments(project: Project) -> None:
    project.file("a.csv", " 1 , 2026-01-01T00:00:00Z ,  n", "2,\t2026-01-02T00:00:00Z,n")
    (first,) = project.ingest()
    assert first.counts == Counts(2, 2)
    project.file("b.csv", "3,2026-01-03T00:00:00Z  ,n", "1,2026-01-01T00:00:00Z,n")
    (second,) = project.ingest()
    # The row at the boundary is read again and known again; the late one is below it.
    assert second.counts == Counts(2, 1, 0, 1)
    assert project.rows("id, note") == [(1, "n"), (2, "n"), (3, "n")]


def test_the_quarantine_keeps_a_rejected_value_with_its_blanks(project: Project) -> None:
    project.file("a.csv", " x ,2026-01-01T00:00:00Z, N ")
    (batch,) = project.ingest()
    assert [(r.code, r.column) for r in batch.reasons] == [("cast_failed", "id"), ("pattern_mismatch", "note")]
    ((raw, note),) = project.rows("values['id'], values['note']", "_errors/bronze/things")
    assert (raw, note) == (" x ", " N ")


def test_local_times_of_a_zone_are_moments_in_the_table_and_the_watermark(project: Project) -> None:
    project.contract(at={"zone": "Europe/Berlin"})
    project.file("a.csv", "1,2026-03-29T01:30:00,n", "2,2026-03-29T02:30:00,n", "3,2026-03-29T03:30:00,n")
    (first,) = project.ingest()
    assert first.counts == Counts(3, 2, 1)
    assert [(r.code, r.column) for r in first.reasons] == [("cast_failed", "at")]
    # The watermark is 01:30Z. What is read again, the row at it and the one without a value, is known again.
    project.file("b.csv", "4,2026-03-29T03:29:00,n", "5,2026-03-29T02:31:00Z,n", "6,2026-03-29T03:31:00,n")
    (second,) = project.ingest()
    assert second.counts == Counts(4, 2, 0, 2)
    minute_of_day = 'CAST(epoch("at") AS BIGINT) % 86400 // 60'
    assert project.rows(f"id, {minute_of_day}") == [(1, 30), (3, 90), (5, 151), (6, 91)]
    assert project.rows("values['at']", "_errors/bronze/things") == ["2026-03-29T02:30:00"]
