"""A small project with transforms to break, and what must be equal after every break."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from attrs import evolve, frozen
from deltalake import DeltaTable, write_deltalake

from tests.faults.lake import Lake
from tests.faults.processes import Ended, Process

SOURCES = ("orders", "visits")
LATEST = """
SELECT id, amount, changed FROM (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY changed, amount) AS r FROM bronze.orders
) AS numbered WHERE r = 1"""
DAYS = """
SELECT CAST(changed AS DATE) AS day, count(*) AS n, sum(amount) AS amount
FROM silver.latest GROUP BY CAST(changed AS DATE)"""
TRANSFORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "silver.totals": ("SELECT visitor, count(*) AS n, sum(seconds) AS seconds FROM bronze.visits GROUP BY visitor", {}),
    "silver.amounts": (
        "SELECT id, amount FROM bronze.orders WHERE amount >= 1",
        {"materialization": "append", "incremental": ["bronze.orders"]},
    ),
    "silver.latest": (
        LATEST,
        {
            "materialization": "merge",
            "keys": ["id"],
            "incremental": ["bronze.orders"],
            "affected_by": ["id"],
            "delete_when": "amount > 6",
        },
    ),
    "gold.days": (
        DAYS,
        {"materialization": "partition", "partition_by": ["day"]},
    ),
}


FED = "SELECT id % 10 AS k, id, amount, changed FROM bronze.orders"
EVENTS: dict[str, Any] = {"keys": ["k"], "sequence_by": "changed", "tie_break": ["id"]}
DIMENSIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "gold.was": (
        FED,
        {**EVENTS, "materialization": "scd2", "incremental": ["bronze.orders"], "delete_when": "amount > 6"},
    ),
    "gold.now": (FED, {**EVENTS, "materialization": "scd1", "truncate_when": "amount = 0.5"}),
}
"""Each is two datasets: the second is made by affected keys, and by all rows, as something is said of all keys."""

ASLEEP = {
    "before the lease is taken": "pause:before:state.write:1",
    "after it has begun": "pause:after:state.write:2",
    "while the query is run": "pause:before:runtime.write:1",
    "before rows are staged": "pause:before:tables.stage:1",
    "before the commit": "pause:before:tables.commit:1",
    "after the commit": "pause:after:tables.commit:1",
    "before what it landed is put away": "pause:before:landing.discard:1",
    "before the last commit": "pause:before:tables.commit:4",
    "before the lease is given back": "pause:before:state.write:5",
}
"""Where a run of builds may fall asleep."""


@frozen
class Made:
    """A lake of which transforms make more, and the runs of its project. `datasets` are what they make."""

    lake: Lake
    datasets: tuple[str, ...] = tuple(TRANSFORMS)

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.lake.root

    def run(self, *, fault: str | None = None, record: Path | None = None) -> Ended:
        """One ingest and all builds, in a process of their own, to its end."""
        return self.start(fault=fault, record=record).wait()

    def start(self, *, fault: str | None = None, record: Path | None = None) -> Process:
        """The process, running."""
        return self.lake.host.start(self.root, SOURCES, fault, record, builds=True)

    def restore(self, dataset: str, version: int, *, fault: str | None = None, record: Path | None = None) -> Ended:
        """`lakekit table restore` of a transform's table, in a process of its own, to its end."""
        return self.start_restore(dataset, version, fault=fault, record=record).wait()

    def start_restore(
        self, dataset: str, version: int, *, fault: str | None = None, record: Path | None = None
    ) -> Process:
        """The process, running."""
        return self.lake.host.start(self.root, (dataset,), fault, record, version, builds=True)

    def taken_over(self, sleeper: Process, expected: Made) -> Ended:
        """How one ends that slept until its leases had run out and another run had done all that there was to do."""
        assert sleeper.wait_until_paused()
        self.lake.expire_leases()
        ended = self.run()
        assert ended.done, ended
        assert self.content() == expected.content()
        return sleeper.wake()

    def copied(self, target: Path) -> Made:
        """A lake of its own with the same content."""
        return evolve(self, lake=self.lake.copied(target))

    def table(self, dataset: str) -> DeltaTable:
        """The table, as delta-rs has it."""
        return DeltaTable(str(self.folder(dataset)))

    def folder(self, dataset: str) -> Path:
        """The table's folder."""
        return self.root / "lake" / dataset.replace(".", "/")

    def rows(self, dataset: str) -> list[tuple[Any, ...]]:
        """The rows in order, read by DuckDB from the files that delta-rs says the table has."""
        files = self.table(dataset).file_uris() if DeltaTable.is_deltatable(str(self.folder(dataset))) else []
        if not files:
            return []
        with duckdb.connect() as database:
            query = "SELECT COLUMNS(*)::VARCHAR FROM read_parquet($1, hive_partitioning=false) ORDER BY ALL"
            return database.execute(query, [files]).fetchall()

    def builds(self, dataset: str) -> list[dict[str, Any]]:
        """What the commits of builds say, oldest first."""
        notes = [json.loads(c.get("userMetadata", "{}")).get("lakekit.build") for c in self.table(dataset).history()]
        return [note for note in reversed(notes) if note]

    def numbers(self, dataset: str) -> tuple[list[int], int | None]:
        """The number of each build, and the transaction version of the newest."""
        told = [build["number"] for build in self.builds(dataset)]
        return told, self.table(dataset).transaction_version(f"lakekit/{dataset}/transform")

    def repeat(self, dataset: str) -> None:
        """All rows of the table once more, as a writer of its own would add them."""
        write_deltalake(self.folder(dataset), pl.read_delta(str(self.folder(dataset))), mode="append")

    def state(self) -> dict[str, Any]:
        """All that a clean run and a broken one must agree on."""
        return {
            f"{dataset} {what}": value
            for dataset in self.datasets
            for what, value in (("rows", self.rows(dataset)), ("numbers", self.numbers(dataset)))
        }

    def content(self) -> dict[str, Any]:
        """The rows alone."""
        return {dataset: self.rows(dataset) for dataset in self.datasets}

    def left(self) -> list[str]:
        """What a run must not leave: staged files that no version has, landed ones, folders, and leases."""
        found = [str(path) for layer in ("silver", "gold") for path in self._below(f"landing/{layer}")]
        for dataset in self.datasets:
            folder = self.folder(dataset)
            named = {Path(str(action["path"])).parts[0] for action in self._adds(dataset)}
            found += [f"{dataset}: {p.name}" for p in folder.glob("build-*") if p.name not in named]
        return found + self.lake.leases()

    def _below(self, folder: str) -> list[Path]:
        return list((self.root / "lake" / folder).glob("*/*"))

    def _adds(self, dataset: str) -> list[dict[str, Any]]:
        """All that the log ever added."""
        texts = [file.read_text() for file in (self.folder(dataset) / "_delta_log").glob("*.json")]
        actions = [json.loads(line) for text in texts for line in text.splitlines()]
        return [action["add"] for action in actions if "add" in action]


def make(lake: Lake) -> Made:
    """The lake's project with four transforms, one of each materialization but those of dimensions."""
    return _written(lake, TRANSFORMS, tuple(TRANSFORMS))


def make_dimensions(lake: Lake) -> Made:
    """The lake's project with two dimensions."""
    return _written(lake, DIMENSIONS, tuple(name + part for name in DIMENSIONS for part in ("_events", "")))


def _written(lake: Lake, transforms: Mapping[str, tuple[str, dict[str, Any]]], datasets: tuple[str, ...]) -> Made:
    for name, (query, options) in transforms.items():
        file = lake.root / f"transforms/{name.replace('.', '/')}.sql"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"/*\n{json.dumps(options)}\n*/\n{query}\n")
    return Made(lake, datasets)


def discard(made: Made) -> None:
    """Remove the lake."""
    shutil.rmtree(made.root)
