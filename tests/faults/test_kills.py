"""A real process, killed at any port call, then run again: what is left is what one clean run leaves."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from tests.faults.lake import Lake, day, killed, make

SAMPLE, LONG = 14, 200
"""Kills in the default session, and in the long one. The places are drawn from all that a clean run passes."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two days ingested without a fault."""
    lake = make(tmp_path_factory.mktemp("clean"))
    assert lake.run() == 0
    day(lake, 2)
    assert lake.run() == 0
    return lake


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Day one ingested, day two waiting: the place from which every broken run starts."""
    lake = make(tmp_path_factory.mktemp("begun"))
    assert lake.run() == 0
    day(lake, 2)
    return lake


@pytest.fixture(scope="module")
def places(begun: Lake, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Before and after every port call of the second day's run."""
    record = tmp_path_factory.mktemp("record") / "calls"
    copy = copied(begun, tmp_path_factory.mktemp("recorded") / "p")
    assert copy.run(record=record) == 0
    calls = len(record.read_text().splitlines())
    return [f"kill:{moment}:{call}" for call in range(1, calls + 1) for moment in ("before", "after")]


def copied(lake: Lake, target: Path) -> Lake:
    shutil.copytree(lake.root, target, symlinks=True)
    return Lake(target)


def test_a_second_run_without_news_changes_nothing(clean: Lake, tmp_path: Path) -> None:
    copy = copied(clean, tmp_path / "p")
    assert copy.run() == 0
    assert copy.state() == clean.state()


def sweep(begun: Lake, clean: Lake, folder: Path, faults: list[str]) -> None:
    expected = clean.state()
    for fault in faults:
        lake = copied(begun, folder / fault.replace(":", "-"))
        assert killed(lake.run(fault=fault)), fault
        assert lake.run() == 0, fault
        assert lake.state() == expected, fault
        shutil.rmtree(lake.root)


def test_killed_at_a_sample_of_port_calls_and_run_again_leaves_what_a_clean_run_leaves(
    begun: Lake, clean: Lake, places: list[str], tmp_path: Path
) -> None:
    sweep(begun, clean, tmp_path, random.Random(20261123).sample(places, SAMPLE))


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_at_every_port_call_and_run_again_leaves_what_a_clean_run_leaves(
    begun: Lake, clean: Lake, places: list[str], tmp_path: Path
) -> None:
    sweep(begun, clean, tmp_path, places[:: max(1, len(places) // LONG)])
