"""The ledger in a person's hands: whatever is done by `lakekit state`, the next run is exactly once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from deltalake import DeltaTable

from lakekit.cli.main import run
from lakekit.domain.batch import Counts
from tests.integration.projects import Project

ALONG = {"load_type": "incremental", "watermark_column": "at"}
FIRST = ("1,2026-01-01T00:00:00Z,n", "2,2026-01-02T00:00:00Z,n", "3,2026-01-03T00:00:00Z,n", "4,2026-01-04T00:00:00Z,n")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """One batch has been read."""
    made = Project(tmp_path / "one")
    made.contract()
    made.settings(**ALONG)
    made.file("a.csv", *FIRST)
    made.ingest()
    return made


class Line:
    """The command line in this process."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, project: Project, *arguments: str) -> tuple[int, str, str]:
        self._capfd.readouterr()
        code = run(["--project-dir", str(project.root), *arguments])
        out, err = self._capfd.readouterr()
        return code, out, err

    def exported(self, project: Project, file: Path) -> Path:
        code, out, _ = self(project, "state", "export")
        assert code == 0
        file.write_text(out)
        return file


@pytest.fixture
def line(capfd: pytest.CaptureFixture[str]) -> Line:
    return Line(capfd)


def watermark(line: Line, project: Project) -> str:
    told = json.loads(line(project, "state", "get", "things", "--json")[1])
    return str(told["watermark"]["value"])


def lose_ledger(project: Project) -> None:
    for file in (project.root / "lake" / "_lakekit").glob("state.sqlite*"):
        file.unlink()


def test_streams_are_listed_with_what_is_known_of_them(project: Project, line: Line) -> None:
    code, out, _ = line(project, "state", "list")
    assert code == 0
    assert out.splitlines()[1].split() == [
        *("bronze.things", "live", "1", "1", "published", "2026-01-04T00:00:00Z", "1"),
    ]
    told = json.loads(line(project, "state", "list", "--json")[1])
    assert [s["dataset"] for s in told["streams"]] == ["bronze.things"]


def test_a_dataset_that_was_never_read_is_told_so(tmp_path: Path, line: Line) -> None:
    made = Project(tmp_path)
    made.contract()
    made.settings(**ALONG)
    made.file("a.csv", *FIRST)
    assert line(made, "state", "list")[1] == "nothing has been read yet\n"
    assert line(made, "state", "get", "things")[0] == 1
    assert line(made, "state", "set", "things", "2026-01-01")[0] == 1


def test_moved_back_rows_are_read_again_and_those_that_are_there_are_duplicates(project: Project, line: Line) -> None:
    project.file("a.csv", *FIRST, "5,2026-01-02T12:00:00Z,late")
    (nothing,) = project.ingest()
    assert nothing.counts.published == 0
    code, out, _ = line(project, "state", "set", "things", "2026-01-02")
    assert (code, out) == (0, "things: the watermark was 2026-01-04T00:00:00Z, and is 2026-01-02T00:00:00Z\n")
    assert watermark(line, project) == "2026-01-02T00:00:00.000000Z"
    (batch,) = project.ingest()
    assert batch.counts == Counts(read=4, published=1, quarantined=0, duplicates=3)
    assert project.rows() == [1, 2, 3, 4, 5]
    assert watermark(line, project) == "2026-01-04T00:00:00.000000Z"
    (again,) = project.ingest()
    assert again.counts.published == 0


def test_a_watermark_that_was_moved_is_in_the_table_and_survives_the_ledger(project: Project, line: Line) -> None:
    before = DeltaTable(str(project.root / "lake" / "bronze" / "things"))
    line(project, "state", "set", "things", "2026-01-02")
    after = DeltaTable(str(project.root / "lake" / "bronze" / "things"))
    assert after.version() == before.version() + 1
    assert after.file_uris() == before.file_uris()
    lose_ledger(project)
    (batch,) = project.ingest()
    assert batch.counts == Counts(read=3, published=0, quarantined=0, duplicates=3)
    assert project.rows() == [1, 2, 3, 4]


def test_moving_ahead_needs_a_word_since_rows_are_left_out_by_it(project: Project, line: Line) -> None:
    project.file("b.csv", "5,2026-01-05T00:00:00Z,n", "7,2026-01-07T00:00:00Z,n")
    code, _, err = line(project, "state", "set", "things", "2026-01-06")
    assert code == 2
    assert "state.skips_rows" in err
    assert "--skip" in err
    assert line(project, "state", "set", "things", "2026-01-06", "--skip")[0] == 0
    project.ingest()
    assert project.rows() == [1, 2, 3, 4, 7]


def test_restoring_the_table_takes_a_move_back(project: Project, line: Line) -> None:
    version = DeltaTable(str(project.root / "lake" / "bronze" / "things")).version()
    line(project, "state", "set", "things", "2026-01-06", "--skip")
    project.file("b.csv", "5,2026-01-05T00:00:00Z,n")
    assert line(project, "table", "restore", "things", str(version))[0] == 0
    project.ingest()
    assert project.rows() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("settings", "value", "code"),
    [(ALONG, "yesterday", "state.bad_watermark"), ({"load_type": "incremental"}, "1", "state.no_watermark")],
)
def test_what_cannot_be_set_is_refused(
    project: Project, line: Line, settings: dict[str, str], value: str, code: str
) -> None:
    project.settings(**settings)
    ended, _, err = line(project, "state", "set", "things", value)
    assert ended == 2
    assert code in err


def test_a_batch_that_waits_is_finished_first(project: Project, line: Line) -> None:
    project.suite({"check": "rows", "min": 100})
    project.file("b.csv", "5,2026-01-05T00:00:00Z,n")
    assert project.ingest()[0].ending.value == "held"
    ended, _, err = line(project, "state", "set", "things", "2026-01-01")
    assert ended == 1
    assert "state.batch_waits" in err


def test_an_export_puts_a_lost_ledger_back(project: Project, line: Line, tmp_path: Path) -> None:
    file = line.exported(project, tmp_path / "state.json")
    project.file("b.csv", "5,2026-01-05T00:00:00Z,n")
    project.ingest()  # the export does not know of it
    lose_ledger(project)
    code, out, _ = line(project, "state", "import", str(file))
    assert code == 0
    assert "bronze.things" in out
    assert line(project, "state", "import", str(file))[0] == 0
    (again,) = project.ingest()
    assert again.counts.published == 0
    project.file("c.csv", "6,2026-01-06T00:00:00Z,n")
    project.ingest()
    assert project.rows() == [1, 2, 3, 4, 5, 6]


def test_an_export_holds_neither_leases_nor_keys(project: Project, line: Line, tmp_path: Path) -> None:
    told = json.loads(line.exported(project, tmp_path / "state.json").read_text())
    assert {key.partition("/")[0] for key in told["records"]} == {"stream", "batch"}


def test_an_import_changes_nothing_that_is_there(project: Project, line: Line, tmp_path: Path) -> None:
    file = line.exported(project, tmp_path / "state.json")
    project.file("b.csv", "5,2026-01-05T00:00:00Z,n")
    project.ingest()
    ended, _, err = line(project, "state", "import", str(file))
    assert ended == 1
    assert "state.has_records" in err
    assert project.ingest()[0].counts.published == 0


def test_the_ledger_of_another_lake_is_refused(project: Project, line: Line, tmp_path: Path) -> None:
    file = line.exported(project, tmp_path / "state.json")
    other = Project(tmp_path / "other")
    shutil.copytree(project.root, other.root, ignore=shutil.ignore_patterns("lake", ".lakekit"))
    other.ingest()
    lose_ledger(other)
    ended, _, err = line(other, "state", "import", str(file))
    assert ended == 1
    assert "state.other_table" in err
    assert other.ingest()[0].counts.published == 0
    assert other.rows() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"lakekit_state": 2, "records": {}}', '{"lakekit_state": 1, "records": {"lease/x": {}}}'],
)
def test_a_file_that_is_no_export_is_refused(project: Project, line: Line, tmp_path: Path, text: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(text)
    ended, _, err = line(project, "state", "import", str(file))
    assert ended == 1
    assert "state.bad_export" in err


def test_a_record_under_another_key_is_refused(project: Project, line: Line, tmp_path: Path) -> None:
    file = line.exported(project, tmp_path / "state.json")
    file.write_text(file.read_text().replace('"stream/bronze.things/live"', '"stream/bronze.other/live"'))
    lose_ledger(project)
    ended, _, err = line(project, "state", "import", str(file))
    assert ended == 1
    assert "state.bad_export" in err
    assert not list((project.root / "lake" / "_lakekit").glob("state.sqlite"))
