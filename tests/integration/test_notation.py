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
