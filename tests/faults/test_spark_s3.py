"""Spark on a lake in a bucket: killed and run again, and beside others whose commits take long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import polars as pl
import pytest
from attrs import evolve
from deltalake import DeltaTable, write_deltalake

from tests.faults.bucket import BucketLake
from tests.faults.processes import Host
from tests.faulty_s3 import FaultyServer, faulty, slow_commits
from tests.servers import Server
from tests.spark import ON_S3

pytestmark = [*ON_S3[1:], pytest.mark.timeout(1800)]

HERE = "{name: spark, memory: 600MB, threads: 1}"
CALLS = ("landing.seal:1", "engine.write:1", "engine.write:3", "tables.stage:1", "tables.commit:1", "tables.commit:2")
PLACES = [f"kill:{moment}:{call}" for call in CALLS for moment in ("before", "after")]
SAMPLE = ("kill:after:engine.write:1", "kill:before:tables.commit:2")
SECONDS = 1.0


@pytest.fixture(scope="module")
def clean(on_s3: BucketLake, tmp_path_factory: pytest.TempPathFactory) -> BucketLake:
    """Of the embedded engine."""
    lake = on_s3.copied(tmp_path_factory.mktemp("clean") / "p")
    assert lake.run("orders").done
    return lake


@ON_S3[0]
@pytest.mark.parametrize("fault", SAMPLE)
def test_killed_and_run_again_leaves_what_a_clean_run_of_the_embedded_engine_leaves(
    fault: str, on_s3: BucketLake, clean: BucketLake, tmp_path: Path
) -> None:
    swept(fault, on_s3, clean, tmp_path)


@pytest.mark.faults_long
@pytest.mark.parametrize("fault", [place for place in PLACES if place not in SAMPLE])
def test_killed_at_any_place_that_spark_works_at_and_run_again(
    fault: str, on_s3: BucketLake, clean: BucketLake, tmp_path: Path
) -> None:
    swept(fault, on_s3, clean, tmp_path)


def swept(fault: str, on_s3: BucketLake, clean: BucketLake, tmp_path: Path) -> None:
    lake = on_s3.copied(tmp_path / "p")
    lake.local.moved(HERE)
    assert lake.run("orders", fault=fault).killed
    assert lake.run("orders").done
    assert lake.state("orders") == clean.state("orders")


@pytest.fixture
def slow(s3_server: Server) -> Iterator[FaultyServer]:
    with faulty(s3_server) as proxy:
        proxy.policy = slow_commits(SECONDS)
        yield proxy


def hosts(on_s3: BucketLake, folder: Path, slow: FaultyServer) -> Iterator[BucketLake]:
    """Two hosts with Spark and two without, on one lake that each reaches through the proxy; each has visits of its
    own to bring."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", slow.server.endpoint)
        for number in range(4):
            local = evolve(on_s3.local.copied(folder / f"host{number}"), host=Host(folder / f"host{number}"))
            if number < 2:
                local.moved(HERE)
            rows = "".join(f"host-{number}-{i},{i}\n" for i in range(5))
            (local.root / "data" / "visits" / f"host-{number}.csv").write_text(f"visitor,seconds\n{rows}")
            yield evolve(on_s3, local=local)


def until_done(lake: BucketLake) -> int:
    """Run until no other run has the lease; how many runs that took."""
    for runs in count(1):
        ended = lake.run("visits")
        if ended.done:
            return runs
        assert ended.overtaken, ended
    raise AssertionError


def append_until(stop: threading.Event, lake: BucketLake, endpoint: str) -> list[str]:
    """Somebody who knows no lease appends rows to the very table; those that were confirmed."""
    options = {**lake.options, "AWS_ENDPOINT_URL": endpoint}
    table, confirmed = f"{lake.address}/bronze/visits", []
    row = pl.scan_delta(table, storage_options=lake.options).head(1).collect()
    for number in count():
        if stop.is_set():
            return confirmed
        name = f"stranger-{number}"
        write_deltalake(table, row.with_columns(visitor=pl.lit(name)), mode="append", storage_options=options)
        confirmed.append(name)
    return confirmed


@ON_S3[0]
def test_no_commit_that_was_confirmed_is_lost_when_commits_take_long(
    on_s3: BucketLake, slow: FaultyServer, tmp_path: Path
) -> None:
    lake = on_s3.copied(tmp_path / "lake")
    lakes = list(hosts(lake, tmp_path, slow))
    stop = threading.Event()
    with ThreadPoolExecutor() as pool:
        stranger = pool.submit(append_until, stop, lake, slow.server.endpoint)
        try:
            for run in [pool.submit(until_done, host) for host in lakes]:
                run.result()
        finally:
            stop.set()
    for host in lakes:
        host.local.host.close()
    told = pl.scan_delta(f"{lake.address}/bronze/visits", storage_options=lake.options).collect()["visitor"]
    brought = [f"host-{number}-{i}" for number in range(4) for i in range(5)]
    assert sorted(v for v in told if v.startswith("host-")) == sorted(brought)
    assert sorted(v for v in told if v.startswith("stranger-")) == sorted(stranger.result())
    assert len(stranger.result()) > 3
    assert slow.struck >= DeltaTable(f"{lake.address}/bronze/visits", storage_options=lake.options).version() - 1
