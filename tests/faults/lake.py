"""A small project to break, and what must be equal after every break."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
from attrs import frozen
from deltalake import DeltaTable

SCRIPT = Path(__file__).with_name("ingest_process.py")
DATASETS = ("orders", "visits", "stock")
SETTINGS = """\
lake: ./lake
lease_seconds: {lease}
engine: {{name: embedded, memory: 256MB, threads: 1}}
sources:
  orders:
    path: data/orders/*.csv
    load_type: incremental
    watermark_column: changed
    lookback: 1d
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

    def run(self, *datasets: str, fault: str = "none", record: Path | None = None) -> int:
        """The exit code of one ingest in a process of its own: 0 for done, -9 for killed, 4 for a lease held."""
        return self.start(*datasets, fault=fault, record=record).wait(timeout=120)

    def start(self, *datasets: str, fault: str = "none", record: Path | None = None) -> subprocess.Popen[bytes]:
        """The process, running."""
        arguments = [str(self.root), fault, str(record or "none"), *(datasets or DATASETS)]
        return subprocess.Popen([sys.executable, str(SCRIPT), *arguments], stdout=subprocess.DEVNULL)

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        """Rows of a table, read by DuckDB from the files that delta-rs says it has."""
        path = self.root / "lake" / table
        if not DeltaTable.is_deltatable(str(path)):
            return []
        files = DeltaTable(str(path)).file_uris()
        if not files:
            return []
        query = f"SELECT {columns} FROM read_parquet($1, union_by_name=true) ORDER BY ALL"
        return duckdb.connect().execute(query, [files]).fetchall()

    def note(self, dataset: str) -> dict[str, Any]:
        """Watermark, number and counts of the newest commit that carries them."""
        for commit in DeltaTable(str(self.root / "lake" / "bronze" / dataset)).history():
            batch = json.loads(commit.get("userMetadata", "{}")).get("batch")
            if batch:
                return {"number": batch["number"], **{k: batch["seal"][k] for k in ("watermark", "counts")}}
        return {}

    def ledger(self) -> list[tuple[Any, ...]]:
        """Every batch that moved something: dataset, generation, number, status, counts, watermark."""
        with sqlite3.connect(self.root / "lake" / "_lakekit" / "state.sqlite") as database:
            texts = database.execute("SELECT text FROM record WHERE key LIKE 'batch/%'").fetchall()
        batches = [b for b in (json.loads(text) for (text,) in texts) if b["status"] != "empty"]
        told = [(b["dataset"], b["generation"], b["number"], b["status"], b["seal"] or {}) for b in batches]
        return sorted((*t[:4], str(t[4].get("counts")), str(t[4].get("watermark"))) for t in told)

    def state(self) -> dict[str, Any]:
        """All that a clean run and a broken one must agree on; times and ids of attempts are left out."""
        told: dict[str, Any] = {"ledger": self.ledger()}
        for dataset in DATASETS:
            names = ", ".join(f'"{name}"::VARCHAR' for name, _ in COLUMNS[dataset])
            told[dataset] = self.rows(f"bronze/{dataset}", f"{names}, _batch_id, _source")
            told[f"{dataset} rejected"] = self.rows(
                f"_errors/bronze/{dataset}",
                "CAST(\"values\" AS VARCHAR), list_transform(reasons, lambda r: r.code), _batch_id, _source, _row",
            )
            told[f"{dataset} note"] = self.note(dataset)
        return told


def make(root: Path, lease: float = 60.0) -> Lake:
    """A project with an incremental dataset along a watermark, one by new files, and a full one; day one is there."""
    schemas = root / "config" / "schema_definitions"
    schemas.mkdir(parents=True)
    (root / "config" / "dev.yaml").write_text(SETTINGS.format(lease=lease))
    for name, columns in COLUMNS.items():
        told = [{"name": column, "type": type_} for column, type_ in columns]
        (schemas / f"{name}.schema.json").write_text(json.dumps({"name": name, "keys": KEYS[name], "columns": told}))
    lake = Lake(root)
    day(lake, 1)
    return lake


def day(lake: Lake, number: int) -> None:
    """One more day of data: good, dirty, broken, repeated and late rows in every dataset."""
    data = lake.root / "data"
    for folder in ("orders", "visits"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    base = number * 10
    orders = [f"{base + i},{i}.50,2026-01-{number:02d}T0{i}:00:00Z" for i in range(8)]
    late = [f"{base + 8},1.00,2026-01-{number - 1:02d}T23:00:00Z"] if number > 1 else []
    dirty = [f"x{number},1.00,2026-01-{number:02d}T09:00:00Z", f"{base},1.005,2026-01-{number:02d}T09:30:00Z", f"{base},2"]
    _write(data / "orders" / f"{number}.csv", "id,amount,changed", [*orders, *late, *dirty, orders[3]])
    visits = [f"v{i % 3},{number}" for i in range(6)]
    _write(data / "visits" / f"{number}.csv", "visitor,seconds", [*visits, "v9,soon"])
    _write(data / "stock.csv", "item,count", [*(f"i{i},{i * number}" for i in range(4)), "i9,many"])


def killed(code: int) -> bool:
    """Whether a process ended by SIGKILL."""
    return code == -signal.SIGKILL


def _write(path: Path, header: str, lines: list[str]) -> None:
    aside = path.with_suffix(".tmp")
    aside.write_text("\n".join([header, *lines]) + "\n")
    aside.rename(path)
