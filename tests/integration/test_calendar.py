"""A calendar as a dataset: loaded once, anew when a day is another, and told where its options are wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import pytest
from attrs import frozen
from deltalake import DeltaTable

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.batch import Mode
from lakekit.domain.errors import SourceError
from lakekit.domain.report import BatchReport, Ending
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
from lakekit.ports.source import Source
from lakekit.project.selection import EVERYTHING
from lakekit.testing.source import CONTRACT

COLUMNS = {"date_key": "int", "date": "date", "is_weekend": "boolean", "fiscal_year": "int", "holiday": "string"}
YEAR: Mapping[str, object] = {"first": "2024-01-01", "last": "2024-12-31", "holidays": "DE"}


@frozen
class Project:
    """A project whose one dataset is a calendar."""

    root: Path

    def settings(self, **options: object) -> None:
        told = {"adapter": "calendar", "load_type": "full", **YEAR, **options}
        lines = [f"    {key}: {json.dumps(value)}" for key, value in told.items() if value is not None]
        contract = {
            "name": "calendar",
            "keys": ["date_key"],
            "columns": [{"name": name, "type": type_} for name, type_ in COLUMNS.items()],
        }
        folder = self.root / "config" / "schema_definitions"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "calendar.schema.json").write_text(json.dumps(contract), "utf-8")
        text = "\n".join(["lake: ./lake", "sources:", "  calendar:", *lines])
        (self.root / "config" / "dev.yaml").write_text(text, "utf-8")

    def ingest(self) -> BatchReport:
        """One run; its batch."""
        with application(self.root, None, Silent()) as app:
            (batch,) = app.ingest(EVERYTHING).batches
            return batch

    def rows(self, columns: str, condition: str = "true") -> list[tuple[object, ...]]:
        files = DeltaTable(str(self.root / "lake" / "bronze" / "calendar")).file_uris()
        query = f"SELECT {columns} FROM read_parquet($1) WHERE {condition} ORDER BY date"
        return duckdb.connect().execute(query, [files]).fetchall()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.settings()
    return made


def source(folder: Path, **options: object) -> Source:
    context = Context(folder, str(folder / "lake"), folder / "private", {**YEAR, **options})
    return load_plugins().make(Port.SOURCE, "calendar", context)


def refusal(made: Source, told: Source, folder: Path) -> SourceError:
    """How `made` refuses to land the bounds that `told` gave."""
    bounds = told.bounds(Mode.FULL, None, None, frozenset())
    assert bounds is not None
    with pytest.raises(SourceError) as caught:
        made.extract(CONTRACT, None, bounds, folder)
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith("part")) == []
    return caught.value


def test_a_year_is_loaded_and_no_row_is_lost(project: Project) -> None:
    batch = project.ingest()
    assert (batch.counts.read, batch.counts.published, batch.counts.quarantined) == (366, 366, 0)
    assert project.rows("date, is_weekend, fiscal_year, holiday", "date_key = 20241225") == [
        (date(2024, 12, 25), False, 2024, "Erster Weihnachtstag")
    ]
    assert len(project.rows("date", "holiday IS NOT NULL")) == 9  # those of all of Germany


def test_a_second_run_finds_nothing_new(project: Project) -> None:
    project.ingest()
    assert project.ingest().ending is Ending.NOTHING_NEW


@pytest.mark.parametrize(
    "options",
    [{"fiscal_year_starts": 10}, {"last": "2024-01-31"}, {"language": "en_US"}],
)
def test_other_days_replace_those_before(project: Project, options: Mapping[str, object]) -> None:
    project.ingest()
    project.settings(**options)
    batch = project.ingest()
    assert batch.ending is Ending.PUBLISHED
    assert len(project.rows("date")) == batch.counts.published
    assert project.ingest().ending is Ending.NOTHING_NEW


def test_options_that_change_no_row_are_nothing_new(project: Project) -> None:
    project.ingest()
    project.settings(fiscal_year_starts=1, language="de", holidays=["DE", "DE"])
    assert project.ingest().ending is Ending.NOTHING_NEW


def test_a_folder_whose_name_is_a_pattern_is_a_folder(tmp_path: Path) -> None:
    made = Project(tmp_path / "a[b]*?{c} 'd'")
    made.settings()
    assert made.ingest().counts.published == 366


@pytest.mark.parametrize(
    ("options", "line", "column"),
    [
        ({"first": "soon"}, 6, 5),
        ({"holidays": "XX"}, 8, 5),
        ({"first": None}, 3, 3),
        ({"holiday": "DE"}, 9, 5),
    ],
)
def test_a_mistake_is_told_with_its_place(
    project: Project, options: Mapping[str, object], line: int, column: int
) -> None:
    project.settings(**options)
    failure = project.ingest().failure
    assert failure is not None
    assert (failure.code, failure.exit_code) == ("config.calendar_option", 2)
    assert failure.lines[1] == f"  where: config/dev.yaml:{line}:{column}"


@pytest.mark.parametrize("cursor", [None, "date"])
def test_a_calendar_is_not_read_by_increments(project: Project, cursor: str | None) -> None:
    project.settings(load_type="incremental", watermark_column=cursor)
    failure = project.ingest().failure
    assert failure is not None
    assert failure.code == "source.calendar_whole"


def test_a_calendar_that_is_another_since_the_batch_began_is_not_landed(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    made, told = source(tmp_path), source(tmp_path, holidays="AT")
    assert refusal(made, told, tmp_path / "landing").code == "source.calendar_changed"


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "landing" / "part-00000.parquet").mkdir(parents=True)
    made = source(tmp_path)
    assert refusal(made, made, tmp_path / "landing").code == "source.failed"
