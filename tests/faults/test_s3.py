"""A process killed at any port call while its lake is a bucket, then run again, there or on another host."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.bucket import BucketLake
from tests.faults.lake import DATASETS, day
from tests.faults.made import make

SEED = 20261124
SAMPLE = 10
AROUND = ("after:tables.stage:3", "before:tables.commit:2", "after:tables.commit:4", "before:landing.discard:1")
"""A build's commit."""

Place = tuple[str, str]


def swept(on_s3: BucketLake, folder: Path, draw: Callable[[list[Place]], list[Place]]) -> int:
    """Kill a run at each place that `draw` takes of all port calls of a clean run, and run again; how many places."""
    clean, places = {}, []
    for dataset in DATASETS:
        lake, record = on_s3.copied(folder / dataset), folder / f"{dataset}.calls"
        assert lake.run(dataset, record=record).done
        clean[dataset] = lake.state(dataset)
        calls = range(1, len(record.read_text().splitlines()) + 1)
        places += [(dataset, f"kill:{moment}:{call}") for call in calls for moment in ("before", "after")]
    for dataset, fault in (drawn := draw(places)):
        lake = on_s3.copied(folder / "p")
        assert lake.run(dataset, fault=fault).killed, (dataset, fault)
        assert lake.run(dataset).done, (dataset, fault)
        assert lake.state(dataset) == clean[dataset], (dataset, fault)
        shutil.rmtree(lake.local.root)
        lake.remove()
    return len(drawn)


@pytest.mark.storage
def test_killed_at_a_sample_of_port_calls_and_run_again_leaves_what_a_clean_run_leaves(
    on_s3: BucketLake, tmp_path: Path
) -> None:
    swept(on_s3, tmp_path, lambda places: random.Random(SEED).sample(places, SAMPLE))


@pytest.mark.faults_long
@pytest.mark.timeout(7200)
def test_killed_at_every_port_call_and_run_again_leaves_what_a_clean_run_leaves(
    on_s3: BucketLake, tmp_path: Path
) -> None:
    assert swept(on_s3, tmp_path, lambda places: places) >= 200


@pytest.mark.storage
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


@pytest.fixture(scope="module")
def built(on_s3: BucketLake, tmp_path_factory: pytest.TempPathFactory) -> BucketLake:
    """Two days ingested and built without a fault, day three waiting."""
    lake = on_s3.copied(tmp_path_factory.mktemp("built") / "p")
    make(lake.local)
    assert lake.build().done
    day(lake.local, 3)
    return lake


@pytest.mark.storage
def test_killed_around_its_commit_a_build_in_a_bucket_is_made_once_and_leaves_nothing(
    built: BucketLake, tmp_path: Path
) -> None:
    clean = built.copied(tmp_path / "clean")
    assert clean.build().done
    expected = clean.made()
    assert {builds for _, builds in expected.values()} == {2}
    for fault in (
        "after:tables.stage:3",
        "before:tables.commit:2",
        "after:tables.commit:4",
        "before:landing.discard:1",
    ):
        lake = built.copied(tmp_path / fault)
        assert lake.build(f"kill:{fault}").killed, fault
        assert lake.build().done, fault
        assert lake.made() == expected, fault
        assert not lake.left(), fault
        lake.remove()
