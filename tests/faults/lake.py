"""A small project to break, and what must be equal after every break."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from attrs import frozen
from deltalake import DeltaTable

from tests.faults.processes import Ended, Host, Process

DATASETS = ("orders", "visits", "stock")
EMBEDDED = "engine: {name: embedded, memory: 256MB, threads: 1}"
SETTINGS = """\
lake: ./lake
lease_seconds: {lease}
{embedded}
sources:
  orders:
    path: data/orders/*.csv
    load_type: incremental
    watermark_column: changed
    lookback: 1d
    null_watermark: once
  visits:
    path: data/visits/*.csv
    load_type: incremental
  stock:
    path: data/stock.csv
    load_type: full
"""
COLUMNS = {
    "orders": [("id", "long"), ("amount", "decimal(8,2)"), ("changed", "timestamp")],
    "visits": [("visitor", "string"), ("seconds", "int")],
    "stock": [("item", "string"), ("count", "int")],
}
KEYS = {"orders": ["id"], "visits": [], "stock": ["item"]}


@frozen
class Lake:
    """A project in a folder, its runs, and its state as plain values."""

    root: Path
    host: Host

    def run(self, *datasets: str, fault: str | None = None, record: Path | None = None) -> Ended:
        """One ingest in a process of its own, to its end."""
        return self.start(*datasets, fault=fault, record=record).wait()

    def start(self, *datasets: str, fault: str | None = None, record: Path | None = None) -> Process:
        """The process, running."""
        return self.host.start(self.root, datasets or DATASETS, fault, record)

    def restore(self, dataset: str, version: int, *, fault: str | None = None) -> Ended:
        """`lakekit table restore` in a process of its own, to its end."""
        return self.host.start(self.root, (dataset,), fault, None, version).wait()

    def copied(self, target: Path) -> Lake:
        """A lake of its own with the same content; times of files are kept."""
        shutil.copytree(self.root, target, symlinks=True)
        return Lake(target, self.host)

    def moved(self, engine: str) -> Lake:
        """The same lake, its later runs on another engine: the line of the settings."""
        settings = self.root / "config" / "dev.yaml"
        settings.write_text(settings.read_text().replace(EMBEDDED, f"engine: {engine}"))
        return self

    def lease_seconds(self, seconds: float) -> None:
        """Let later runs hold their leases for so long."""
        (self.root / "config" / "dev.yaml").write_text(SETTINGS.format(lease=seconds, embedded=EMBEDDED))

    def can_write_state(self) -> bool:
        """Whether no process, as one that was stopped in the middle of a write, holds the state store's lock."""
        with self._state() as database:
            try:
                database.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return False
            database.execute("ROLLBACK")
            return True

    def expire_leases(self) -> None:
        """As much time goes by as ends every lease; faster than to wait, and no renewal comes in between."""
        with self._state() as database:
            expired = "json_set(text, '$.expires', '2000-01-01T00:00:00+00:00'), version = version + 1"
            database.execute(f"UPDATE record SET text = {expired} WHERE key LIKE 'lease/%'")

    def leases(self) -> list[str]:
        """The leases that somebody holds."""
        with self._state() as database:
            told = database.execute("SELECT key, text FROM record WHERE key LIKE 'lease/%'").fetchall()
        return [key for key, text in told if json.loads(text)["holder"]]

    def lose_ledger(self) -> None:
        """The state store is gone, leases included."""
        shutil.rmtree(self.root / "lake" / "_lakekit", ignore_errors=True)

    def folder(self, dataset: str) -> Path:
        """The folder of a dataset's bronze table."""
        return self.root / "lake" / "bronze" / dataset

    def rejects(self, dataset: str) -> Path:
        """The folder of its quarantine."""
        return self.root / "lake" / "_errors" / "bronze" / dataset

    def table(self, dataset: str) -> DeltaTable:
        """The bronze table, as delta-rs has it."""
        return DeltaTable(str(self.folder(dataset)))

    def version(self, dataset: str) -> int:
        """The version of the bronze table."""
        return self.table(dataset).version()

    def rows(self, dataset: str, *, batches: bool = True) -> list[tuple[Any, ...]]:
        """The published rows in order, with or without their batch's number."""
        names = ", ".join(f'"{name}"::VARCHAR' for name, _ in COLUMNS[dataset])
        return _rows(self.folder(dataset), f"{names}, _source" + ", _batch_id" * batches)

    def rejected(self, dataset: str, *, batches: bool = True) -> list[tuple[Any, ...]]:
        """The rows of the quarantine in order, with or without their batch's number."""
        told = 'CAST("values" AS VARCHAR), list_transform(reasons, lambda r: r.code), _source, _row'
        return _rows(self.rejects(dataset), told + ", _batch_id" * batches)

    def note(self, dataset: str) -> dict[str, Any]:
        """Watermark, number and counts of the newest commit that carries them."""
        if not DeltaTable.is_deltatable(str(self.folder(dataset))):
            return {}
        for commit in self.table(dataset).history():
            batch = json.loads(commit.get("userMetadata", "{}")).get("batch")
            if batch:
                return {"number": batch["number"], **{k: batch["seal"][k] for k in ("watermark", "counts")}}
        return {}

    def ledger(self, dataset: str) -> list[tuple[Any, ...]]:
        """Every batch that moved something: generation, number, status, counts, watermark."""
        with self._state() as database:
            like = f"batch/bronze.{dataset}/%"
            texts = database.execute("SELECT text FROM record WHERE key LIKE ?", (like,)).fetchall()
        batches = [b for b in (json.loads(text) for (text,) in texts) if b["status"] != "empty"]
        told = [(b["generation"], b["number"], b["status"], b["seal"] or {}) for b in batches]
        return sorted((*t[:3], str(t[3].get("counts")), str(t[3].get("watermark"))) for t in told)

    def head(self, dataset: str) -> dict[str, Any]:
        """The head of the dataset's stream."""
        with self._state() as database:
            like = f"stream/bronze.{dataset}/%"
            ((text,),) = database.execute("SELECT text FROM record WHERE key LIKE ?", (like,)).fetchall()
        told: dict[str, Any] = json.loads(text)
        return told

    @contextmanager
    def _state(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self.root / "lake" / "_lakekit" / "state.sqlite", isolation_level=None)
        try:
            yield database
        finally:
            database.close()

    def state(self, *datasets: str) -> dict[str, Any]:
        """All that a clean run and a broken one must agree on; times and ids of attempts are left out."""
        told = {
            dataset: (self.rows(dataset), self.rejected(dataset), self.note(dataset), self.ledger(dataset))
            for dataset in datasets or DATASETS
        }
        names = ("rows", "rejected", "note", "ledger")
        return {f"{d} {name}": value for d, values in told.items() for name, value in zip(names, values, strict=True)}

    def content(self, *datasets: str) -> dict[str, Any]:
        """The rows alone: what must be equal also where batches had to get other numbers."""
        told = {f"{d} rows": self.rows(d, batches=False) for d in datasets or DATASETS}
        return told | {f"{d} rejected": self.rejected(d, batches=False) for d in datasets or DATASETS}


def _rows(path: Path, columns: str) -> list[tuple[Any, ...]]:
    """Rows of a table, read by DuckDB from the files that delta-rs says it has."""
    files = DeltaTable(str(path)).file_uris() if DeltaTable.is_deltatable(str(path)) else []
    if not files:
        return []
    with duckdb.connect() as database:
        query = f"SELECT {columns} FROM read_parquet($1, union_by_name=true) ORDER BY ALL"
        return database.execute(query, [files]).fetchall()


def make(root: Path, host: Host) -> Lake:
    """A project with an incremental dataset along a watermark, one by new files, and a full one; day one is there."""
    schemas = root / "config" / "schema_definitions"
    schemas.mkdir(parents=True)
    for name, columns in COLUMNS.items():
        told = [{"name": column, "type": type_} for column, type_ in columns]
        (schemas / f"{name}.schema.json").write_text(json.dumps({"name": name, "keys": KEYS[name], "columns": told}))
    lake = Lake(root, host)
    lake.lease_seconds(60)
    day(lake, 1)
    return lake


def day(lake: Lake, number: int) -> None:
    """One more day of data: good, dirty, broken, repeated and late rows in every dataset, and in that along a watermark
    one without a value there, which each later batch reads again."""
    data = lake.root / "data"
    for folder in ("orders", "visits"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    base = number * 10
    orders = [f"{base + i},{i}.50,2026-01-{number:02d}T0{i}:00:00Z" for i in range(8)]
    late = [f"{base + 8},1.00,2026-01-{number - 1:02d}T23:00:00Z"] if number > 1 else []
    dirty = [
        f"x{number},1.00,2026-01-{number:02d}T09:00:00Z",
        f"{base},1.005,2026-01-{number:02d}T09:30:00Z",
        f"{base},2",
    ]
    unplaced = f"{base + 9},9.00,"
    _write(data / "orders" / f"{number}.csv", "id,amount,changed", [*orders, *late, *dirty, orders[3], unplaced])
    visits = [f"v{i % 3},{number}" for i in range(6)]
    _write(data / "visits" / f"{number}.csv", "visitor,seconds", [*visits, "v9,soon"])
    _write(data / "stock.csv", "item,count", [*(f"i{i},{i * number}" for i in range(4)), "i9,many"])


def _write(path: Path, header: str, lines: list[str]) -> None:
    aside = path.with_suffix(".tmp")
    aside.write_text("\n".join([header, *lines]) + "\n")
    aside.rename(path)
