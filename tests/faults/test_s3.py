"""A process killed at any port call while its lake is a bucket, then run again, there or on another host."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import frozen

from lakekit_aws.storage import open_storage
from tests.faults.lake import DATASETS, Lake, day, make
from tests.faults.processes import Ended, Host
from tests.servers import Server, moto, versitygw

pytestmark = pytest.mark.storage

SEED = 20261124
SAMPLE = 10
NAMES = count()


@frozen
class BucketLake:
    """A project on this host whose lake lies in a bucket."""

    local: Lake
    address: str
    server: Server

    def run(self, dataset: str, **how: Any) -> Ended:
        return self.local.run(dataset, **how)

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

    def settle(self, before: str) -> None:
        """Write the lake's address into the settings."""
        file = self.local.root / "config" / "dev.yaml"
        file.write_text(file.read_text().replace(f"lake: {before}\n", f"lake: {self.address}\n"))

    def state(self, dataset: str) -> Mapping[str, list[str]]:
        """The rows of bronze and quarantine, by a reader of its own; times of runs are left out."""
        return {place: self.rows(f"{place}bronze/{dataset}") for place in ("", "_errors/")}

    def rows(self, table: str) -> list[str]:
        options = {**self.server.environment, "AWS_ALLOW_HTTP": "true"}
        found = pl.scan_delta(f"{self.address}/{table}", storage_options=options)
        return sorted(map(str, found.drop("_ingest_ts", "_run_date", strict=False).collect().rows()))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = os.environ.get("LAKEKIT_VERSITYGW")
    with (
        pytest.MonkeyPatch.context() as patch,
        versitygw(program, tmp_path_factory.mktemp("versitygw")) if program else moto() as server,
    ):
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture(scope="module")
def on_s3(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketLake]:
    """Day one ingested into a bucket, day two waiting."""
    host = Host(tmp_path_factory.mktemp("output"))
    lake = BucketLake(make(tmp_path_factory.mktemp("s3") / "p", host), f"{server.bucket('faults')}/begun", server)
    lake.settle("./lake")
    for dataset in DATASETS:
        assert lake.run(dataset).done
    day(lake.local, 2)
    yield lake
    host.close()


def test_killed_at_a_sample_of_port_calls_and_run_again_leaves_what_a_clean_run_leaves(
    on_s3: BucketLake, tmp_path: Path
) -> None:
    clean, places = {}, []
    for dataset in DATASETS:
        lake, record = on_s3.copied(tmp_path / dataset), tmp_path / f"{dataset}.calls"
        assert lake.run(dataset, record=record).done
        clean[dataset] = lake.state(dataset)
        calls = range(1, len(record.read_text().splitlines()) + 1)
        places += [(dataset, f"kill:{moment}:{call}") for call in calls for moment in ("before", "after")]
    for number, (dataset, fault) in enumerate(random.Random(SEED).sample(places, SAMPLE)):
        lake = on_s3.copied(tmp_path / str(number))
        assert lake.run(dataset, fault=fault).killed, (dataset, fault)
        assert lake.run(dataset).done, (dataset, fault)
        assert lake.state(dataset) == clean[dataset], (dataset, fault)


@pytest.mark.parametrize("call", ["landing.seal", "tables.stage", "state.write"])
def test_a_run_on_another_host_goes_on_from_what_the_bucket_holds(on_s3: BucketLake, tmp_path: Path, call: str) -> None:
    """The other host has the settings and the sources, and none of the first one's private files."""
    lake, clean = on_s3.copied(tmp_path / "first"), on_s3.copied(tmp_path / "clean")
    assert clean.run("orders").done
    assert lake.run("orders", fault=f"kill:after:{call}:1").killed
    other = BucketLake(lake.local.copied(tmp_path / "other"), lake.address, lake.server)
    private = other.local.root / ".lakekit" / "landing"
    for file in (path for path in private.rglob("*") if path.is_file()):
        file.unlink()
    assert other.run("orders").done
    assert other.state("orders") == clean.state("orders")
