"""A small project to break whose lake lies in a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
from attrs import frozen
from deltalake import DeltaTable

from lakekit_aws.storage import open_storage
from tests.faults.lake import Lake
from tests.faults.made import SOURCES, TRANSFORMS
from tests.faults.processes import Ended
from tests.servers import Server
from tests.tables import left_by_builds

NAMES = count()


@frozen
class BucketLake:
    """A project on this host whose lake lies in a bucket."""

    local: Lake
    address: str
    server: Server

    def run(self, dataset: str, **how: Any) -> Ended:
        return self.local.run(dataset, **how)

    def build(self, fault: str | None = None) -> Ended:
        """One ingest and all builds, in a process of their own, to its end."""
        return self.local.host.start(self.local.root, SOURCES, fault, None, builds=True).wait()

    def made(self) -> Mapping[str, tuple[list[str], int | None]]:
        """Of what transforms make, the rows, and how many builds there were."""
        told = {}
        for dataset in TRANSFORMS:
            table = dataset.replace(".", "/")
            log = DeltaTable(f"{self.address}/{table}", storage_options=self.options)
            told[dataset] = (self.rows(table), log.transaction_version(f"lakekit/{dataset}/transform"))
        return told

    def left(self) -> list[str]:
        """What a run must not leave."""
        return left_by_builds(open_storage(self.address))

    def copied(self, folder: Path) -> BucketLake:
        """The same project and lake, elsewhere."""
        copy = BucketLake(self.local.copied(folder), f"{self.address.rpartition('/')[0]}/{next(NAMES)}", self.server)
        old, new = open_storage(self.address), open_storage(copy.address)
        for key in old.list(""):
            found = old.read(key)
            assert found is not None
            new.write(key, found.data, None)
        copy.settle(self.address)
        return copy

    def settle(self, before: str) -> BucketLake:
        """Write the lake's address into the settings."""
        file = self.local.root / "config" / "dev.yaml"
        file.write_text(file.read_text().replace(f"lake: {before}\n", f"lake: {self.address}\n"))
        return self

    def state(self, dataset: str) -> Mapping[str, list[str]]:
        """The rows of bronze and quarantine, by a reader of its own; times of runs are left out."""
        return {place: self.rows(f"{place}bronze/{dataset}") for place in ("", "_errors/")}

    def rows(self, table: str) -> list[str]:
        found = pl.scan_delta(f"{self.address}/{table}", storage_options=self.options)
        return sorted(map(str, found.drop("_ingest_ts", "_run_date", strict=False).collect().rows()))

    @property
    def options(self) -> dict[str, str]:
        """For readers that know nothing of lakekit."""
        return {**self.server.environment, "AWS_ALLOW_HTTP": "true"}

    def remove(self) -> None:
        """The lake, once it has told what it can."""
        open_storage(self.address).delete_all("")
