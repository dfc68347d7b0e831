"""Builds and dimensions under kills at any port call: a real process, run again, leaves what a clean run leaves."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from attrs import frozen

from tests.faults.made import Made
from tests.faults.sweeps import places, sweep

SEED = 20261129
SAMPLE = 7
"""Kills of each in the default session; the long one has them all."""


@frozen
class Days:
    """Lakes of one project: with two days of which nothing is built, with these built and a third one waiting, and with
    all three built without a fault."""

    unbuilt: Made
    built: Made
    expected: Made


@pytest.fixture(
    params=[("unmade", "built", "expected"), ("unfed", "fed", "expected_dimensions")], ids=["transforms", "dimensions"]
)
def days(request: pytest.FixtureRequest) -> Days:
    return Days(*map(request.getfixturevalue, request.param))


def found(made: Made, folder: Path) -> list[str]:
    """The places at which the next run of builds can be killed."""
    record = folder / "calls"
    assert made.copied(folder / "counted").run(record=record).done
    return places(record)


def test_killed_at_a_sample_of_port_calls_it_leaves_what_a_clean_run_leaves(days: Days, tmp_path: Path) -> None:
    everywhere = found(days.built, tmp_path)
    assert len(everywhere) >= 200
    faults = random.Random(SEED).sample(everywhere, SAMPLE)
    sweep(days.built, days.expected, tmp_path, [[fault] for fault in faults])


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_at_every_port_call_it_leaves_what_a_clean_run_leaves(days: Days, tmp_path: Path) -> None:
    sweep(days.built, days.expected, tmp_path, [[fault] for fault in found(days.built, tmp_path)])


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_in_the_first_builds_it_leaves_what_a_clean_run_leaves(days: Days, tmp_path: Path) -> None:
    faults = random.Random(SEED).sample(found(days.unbuilt, tmp_path), 60)
    sweep(days.unbuilt, days.built, tmp_path, [[fault] for fault in faults])


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_again_and_again_it_leaves_what_a_clean_run_leaves(days: Days, tmp_path: Path) -> None:
    draw, everywhere = random.Random(SEED), found(days.built, tmp_path)
    sweep(days.built, days.expected, tmp_path, [draw.choices(everywhere, k=3) for _ in range(25)])
