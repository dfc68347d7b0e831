"""A real process, killed at any port call or at any moment, then run again: what is left is what a clean run leaves."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.faults.lake import DATASETS, Lake
from tests.faults.sweeps import places

SEED = 20261123
SAMPLE = 12
"""Kills in the default session; the long one has them all. The places are those that a clean run passes."""


def found(lake: Lake, folder: Path) -> list[tuple[str, str]]:
    """The places at which the next run can be killed, each dataset's alone."""
    told = []
    for dataset in DATASETS:
        record = folder / f"{dataset}.calls"
        assert lake.copied(folder / dataset).run(dataset, record=record).done
        told += [(dataset, place) for place in places(record)]
    return told


@pytest.fixture(scope="module")
def on_day_one(fresh: Lake, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    return found(fresh, tmp_path_factory.mktemp("places"))


@pytest.fixture(scope="module")
def on_day_two(begun: Lake, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    return found(begun, tmp_path_factory.mktemp("places"))


def sweep(start: Lake, expected: Lake, folder: Path, faults: list[tuple[str, str]]) -> None:
    for dataset, fault in faults:
        lake = start.copied(folder / "p")
        assert lake.run(dataset, fault=fault).killed, (dataset, fault)
        assert lake.run(dataset).done, (dataset, fault)
        assert lake.state(dataset) == expected.state(dataset), (dataset, fault)
        shutil.rmtree(lake.root)


def test_a_second_run_without_news_changes_nothing(begun: Lake, clean: Lake, tmp_path: Path) -> None:
    lake = begun.copied(tmp_path / "p")
    assert lake.run().done
    versions = [lake.version(dataset) for dataset in DATASETS]
    assert lake.run().done
    assert lake.state() == clean.state()
    assert [lake.version(dataset) for dataset in DATASETS] == versions


def test_killed_at_a_sample_of_port_calls_and_run_again_leaves_what_a_clean_run_leaves(
    begun: Lake, clean: Lake, on_day_two: list[tuple[str, str]], tmp_path: Path
) -> None:
    sweep(begun, clean, tmp_path, random.Random(SEED).sample(on_day_two, SAMPLE))


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_at_every_port_call_and_run_again_leaves_what_a_clean_run_leaves(
    begun: Lake, clean: Lake, on_day_two: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert len(on_day_two) >= 200
    sweep(begun, clean, tmp_path, on_day_two)


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_while_a_lake_is_made_and_run_again_leaves_what_a_clean_run_leaves(
    fresh: Lake, begun: Lake, on_day_one: list[tuple[str, str]], tmp_path: Path
) -> None:
    sweep(fresh, begun, tmp_path, random.Random(SEED).sample(on_day_one, 60))


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_again_and_again_leaves_what_a_clean_run_leaves(
    begun: Lake, clean: Lake, on_day_two: list[tuple[str, str]], tmp_path: Path
) -> None:
    draw = random.Random(SEED)
    for dataset, _ in draw.sample(on_day_two, 20):
        lake = begun.copied(tmp_path / "p")
        calls = [call for name, call in on_day_two if name == dataset]
        faults = draw.choices(calls, k=3)
        for fault in faults:
            ended = lake.run(dataset, fault=fault)
            assert ended.killed or ended.done, (dataset, faults)
        assert lake.run(dataset).done, (dataset, faults)
        assert lake.state(dataset) == clean.state(dataset), (dataset, faults)
        shutil.rmtree(lake.root)


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_from_outside_at_any_moment_leaves_what_a_clean_run_leaves(
    begun: Lake, clean: Lake, tmp_path: Path
) -> None:
    draw = random.Random(SEED)
    killed, takes = 0, dict.fromkeys(DATASETS, 1.0)
    for attempt in range(60):
        dataset = draw.choice(DATASETS)
        lake = begun.copied(tmp_path / "p")
        process = lake.start(dataset)
        time.sleep(draw.random() * takes[dataset])
        process.signal(signal.SIGKILL)
        ended = process.wait()
        assert ended.killed or ended.done, (attempt, ended)
        killed += ended.killed
        began = time.monotonic()
        assert lake.run(dataset).done, attempt
        takes[dataset] = time.monotonic() - began  # as fast as the machine is just now
        assert lake.state(dataset) == clean.state(dataset), (attempt, dataset)
        shutil.rmtree(lake.root)
    assert killed >= 20
