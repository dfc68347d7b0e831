"""Small projects as a user writes them, and their tables as a second reader sees them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from attrs import frozen
from deltalake import DeltaTable

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.report import BatchReport
from lakekit.project.selection import EVERYTHING

COLUMNS = {"id": "long", "at": "timestamp", "note": "string"}


@frozen
class Project:
    """A project with one dataset, `things`, of CSV files in `data`."""

    root: Path

    def settings(self, **source: object) -> None:
        """Write the settings of the source, in place of those before."""
        told = {"path": "data/*.csv", **source}
        lines = [f"    {key}: {json.dumps(value)}" for key, value in told.items()]
        _write(self.root / "config" / "dev.yaml", "\n".join(["lake: ./lake", "sources:", "  things:", *lines]))

    def contract(
        self,
        columns: Mapping[str, str] = COLUMNS,
        keys: tuple[str, ...] = (),
        evolution: Mapping[str, str] | None = None,
        **rules: Mapping[str, object],
    ) -> None:
        """Write the contract; `rules` are more keys of a column."""
        told = [{"name": name, "type": type_, **rules.get(name, {})} for name, type_ in columns.items()]
        contract = {"name": "things", "keys": list(keys), "columns": told, "evolution": dict(evolution or {})}
        _write(self.root / "config" / "schema_definitions" / "things.schema.json", json.dumps(contract))

    def suite(self, *checks: Mapping[str, object]) -> None:
        """Write the suite."""
        _write(self.root / "config" / "dq.yaml", json.dumps({"suites": {"bronze.things": list(checks)}}))

    def file(self, name: str, *lines: str, header: str = "id,at,note") -> Path:
        """Write a CSV file."""
        return _write(self.root / "data" / name, "\n".join([header, *lines, ""]))

    def ingest(self, until: str | None = None) -> list[BatchReport]:
        """One run; its batches."""
        with application(self.root, None, Silent()) as app:
            return list(app.ingest(EVERYTHING, until).batches)

    def rows(self, columns: str = "id", table: str = "bronze/things") -> list[Any]:
        """The table's rows, in order, by DuckDB over the files that delta-rs names."""
        path = str(self.root / "lake" / table)
        files = DeltaTable(path).file_uris() if DeltaTable.is_deltatable(path) else []
        if not files:
            return []
        query = f"SELECT {columns} FROM read_parquet($1, union_by_name=true) ORDER BY ALL"
        found = duckdb.connect().execute(query, [files]).fetchall()
        return [row[0] if len(row) == 1 else row for row in found]


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
