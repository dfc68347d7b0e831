"""The source `calendar` keeps the promises of its port, as far as a source that makes its own rows can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from lakekit.plugin.provider import Context
from lakekit.ports.source import Source
from lakekit.testing.source import Row, SourceSuite


class TestCalendar(SourceSuite):
    provider = "calendar"
    cursor = False
    given = False
    columns = ("date_key", "date", "iso_year", "iso_week", "is_holiday", "holiday")
    sample = (
        ("20201231", "2020-12-31", "2020", "53", "false", "None"),
        ("20210101", "2021-01-01", "2020", "53", "true", "Neujahr"),
        ("20210102", "2021-01-02", "2020", "53", "false", "None"),
        ("20210103", "2021-01-03", "2020", "53", "false", "None"),
        ("20210104", "2021-01-04", "2021", "1", "false", "None"),
    )

    def make(self, folder: Path, columns: Sequence[str], rows: Sequence[Row]) -> Source:  # noqa: ARG002
        options = {"first": rows[0][1], "last": rows[-1][1], "holidays": "DE"}
        return self.registered(Context(folder, str(folder / "lake"), folder / "private", options))

    def read(self, file: Path) -> Sequence[Mapping[str, object]]:
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(file)])
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
