"""A project with a dimension, tables that others kept, and adoption as the command line composes it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from attrs import frozen
from deltalake import write_deltalake

from lakekit.app.telemetry import Silent
from lakekit.app.transform.adopt import Asked
from lakekit.compose import application
from lakekit.compose.old_tables import old_table
from lakekit.compose.transforms import Transforms
from lakekit.domain.adoption import AdoptionReport, Intervals
from lakekit.domain.report import BuildReport, Ending
from lakekit.project.selection import EVERYTHING
from lakekit.testing.fake_runtime import EngineRuntime
from tests.integration.transforms.lakes import Lake

EVENTS, MADE = "gold.dim_customer_events", "gold.dim_customer"
QUERY = "SELECT id, name, city, CAST(at AS TIMESTAMP) AS at FROM bronze.customers"
COLUMNS = {"id": "long", "name": "string", "city": "string", "at": "string"}
OPTIONS: dict[str, Any] = {"materialization": "scd2", "keys": ["id"], "sequence_by": "at"}
OURS = Intervals("begins", "ends")

Version = tuple[int, str | None, str | None, datetime, datetime | None, bool]


def day(number: int | None) -> datetime | None:
    """A day of January 2024."""
    return None if number is None else datetime(2024, 1, number, tzinfo=UTC)


def version(id_: int, name: str | None, city: str | None, begins: int, ends: int | None = None) -> Version:
    """A version as the dimension has it, by days."""
    since = day(begins)
    assert since is not None
    return id_, name, city, since, day(ends), ends is None


@frozen
class Kept:
    """A project whose dimension is made of `bronze.customers`, which has no rows at first."""

    lake: Lake

    def begin(self, query: str = QUERY, **options: Any) -> Kept:
        """Write it."""
        self.lake.begin()
        self.lake.append("customers", [])
        self.lake.transform(MADE, query, **{**OPTIONS, **options})
        return self

    def tells(self, *rows: tuple[int, str | None, str | None, int]) -> None:
        """The source tells of customers: their names and cities from a day on."""
        self.lake.append("customers", [(i, name, city, f"2024-01-{at:02d}") for i, name, city, at in rows])

    def old(self, rows: Sequence[dict[str, Any]], path: str = "gold/dim_old", **types: Any) -> str:
        """A table that others keep, relative to the lake."""
        write_table(self.lake.root / "lake" / path, rows, **types)
        return path

    def adopt(
        self, source: str, intervals: Intervals = OURS, *, accept: bool = False, dry_run: bool = False
    ) -> AdoptionReport:
        """Adopt a table."""
        work = self.lake.root / "runtime"
        with application(self.lake.root, None, Silent()) as app:
            transforms = Transforms(app.settings, lambda: app.tools, lambda: EngineRuntime(app.tools.engine, work))
            old = old_table(source, app.tools.tables, app._adapters.tables_in)
            report = transforms.adopt(MADE, Asked(old, intervals, accept, dry_run), app.run)
        shutil.rmtree(work, ignore_errors=True)
        return report

    def adopted(self, source: str, intervals: Intervals = OURS, *, accept: bool = False) -> AdoptionReport:
        """Adopt a table, which is to end well."""
        report = self.adopt(source, intervals, accept=accept)
        assert report.build.ending.well, report.build.failure
        return report

    def build(self, *, refresh: bool = False) -> dict[str, BuildReport]:
        """Build the dimension, which is to end well."""
        with self.lake.transforms() as (transforms, run):
            reports = transforms.build(EVERYTHING, run, refresh=refresh)
        assert all(report.ending.well for report in reports), [report.failure for report in reports]
        return {report.dataset: report for report in reports}

    def versions(self) -> Counter[Version]:
        """The versions of the dimension, by Polars."""
        rows = pl.read_delta(str(self.lake.path(MADE))).select(
            "id", "name", "city", "valid_from", "valid_to", "is_current"
        )
        return Counter(rows.iter_rows())

    def events(self) -> Counter[tuple[Any, ...]]:
        """The events, by Polars."""
        return Counter(pl.read_delta(str(self.lake.path(EVENTS))).iter_rows())

    def is_there(self, dataset: str) -> bool:
        """Whether there is such a table."""
        return (self.lake.path(dataset) / "_delta_log").is_dir()


def write_table(path: Path, rows: Sequence[dict[str, Any]], *, mode: str = "append", **types: Any) -> None:
    """A Delta table of these rows, moments being UTC."""
    frame = pl.DataFrame(list(rows), infer_schema_length=None, schema_overrides=types)
    moments = [name for name, type_ in frame.schema.items() if isinstance(type_, pl.Datetime) or type_ == pl.Null]
    write_deltalake(path, frame.with_columns(pl.col(moments).cast(pl.Datetime("us", "UTC"))), mode=mode)  # type: ignore[call-overload]


def stopped(report: AdoptionReport, code: str, exit_code: int) -> bool:
    """Whether it failed so."""
    told = report.build.failure
    return (
        report.build.ending is Ending.FAILED and told is not None and (told.code, told.exit_code) == (code, exit_code)
    )
