"""One line of the settings moves a project to Spark, and its tables are the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.demo.files import deliver
from lakekit.demo.retail import Sizes, retail
from lakekit.demo.scaffold import DATA, project_files, write_project
from tests.spark import LACKS

pytestmark = [pytest.mark.spark, pytest.mark.skipif(bool(LACKS), reason=f"spark: {LACKS}")]

SIZES = Sizes(customers=(60, 5), products=(30, 4), orders=(300, 120), events=(300, 120))
SEED = 7
DATASETS = ("orders", "customers", "products", "behavior")
WHEN = ("_ingest_ts", "_run_date")
"""What a clock says of a row."""


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two days of the reference project's data, ingested by the embedded engine and by Spark."""
    roots = tuple(tmp_path_factory.mktemp(name) for name in ("embedded", "spark"))
    embedded, spark = roots
    write_project(embedded, project_files())
    write_project(spark, {name: _moved(name, text) for name, text in project_files().items()})
    for day in retail(SEED, SIZES):
        with application(embedded, None, Silent()) as app:
            for delivery in day.deliveries:
                for root in roots:
                    deliver(delivery, root / DATA, app.tools.engine)
        for root in roots:
            with application(root, None, Silent()) as app:
                report = app.ingest(())
                assert report.exit_code == 0, report
    return embedded, spark


def _moved(name: str, text: str) -> str:
    if name != "config/dev.yaml":
        return text
    assert "engine: embedded" in text
    return text.replace("engine: embedded", "engine: {name: spark, memory: 1GB, threads: 2}")


def rows(root: Path, table: str) -> list[tuple[object, ...]]:
    """The rows of a table but for what the clock says, in an order that is theirs alone, by readers that know neither
    engine."""
    files = DeltaTable(str(root / "lake" / table)).file_uris()
    frame = pl.concat([pl.read_parquet(f, hive_partitioning=False).drop(WHEN) for f in files])
    return sorted((tuple(map(_plain, row)) for row in frame.iter_rows()), key=str)


def _plain(value: object) -> object:
    """Maps in the order of their keys."""
    entries = isinstance(value, list) and all(isinstance(v, dict) and set(v) == {"key", "value"} for v in value)
    return sorted((v["key"], v["value"]) for v in value) if entries else value  # type: ignore[attr-defined]


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("place", ["bronze/{}", "_errors/bronze/{}"])
def test_tables_are_equal_row_by_row(projects: tuple[Path, Path], dataset: str, place: str) -> None:
    embedded, spark = (rows(root, place.format(dataset)) for root in projects)
    assert embedded
    assert spark == embedded


@pytest.mark.parametrize("dataset", DATASETS)
def test_tables_have_the_same_schema(projects: tuple[Path, Path], dataset: str) -> None:
    embedded, spark = (DeltaTable(str(root / "lake" / "bronze" / dataset)).schema().to_json() for root in projects)
    assert spark == embedded


@pytest.mark.parametrize("look", [lambda app: app.quarantine_summary(), lambda app: [len(app.status())]])
def test_reports_are_equal(projects: tuple[Path, Path], look: Callable[..., object]) -> None:
    told = []
    for root in projects:
        with application(root, None, Silent()) as app:
            told.append(look(app))
    assert told[0] == told[1]
