"""Builds under kills: a real process, killed at any port call, then run again, leaves what a clean run leaves."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.made import TRANSFORMS, Made, discard

SEED = 20261129
SAMPLE = 8


def calls(made: Made, folder: Path) -> list[str]:
    """The port calls of the builds of the next run, in order."""
    record = folder / "calls"
    assert made.copied(folder / "counted").run(record=record).done
    return [line.split()[1] for line in record.read_text().splitlines()]


def places(made: Made, folder: Path) -> list[str]:
    """Before and after each of them."""
    return [f"kill:{m}:{n}" for n, _ in enumerate(calls(made, folder), 1) for m in ("before", "after")]


def sweep(start: Made, expected: Made, folder: Path, faults: Sequence[Sequence[str]]) -> None:
    for several in faults:
        made = start.copied(folder / "p")
        for fault in several:
            ended = made.run(fault=fault)
            assert ended.killed or (ended.done and len(several) > 1), (several, ended)
        ended = made.run()
        assert ended.done, (several, ended)
        assert made.state() == expected.state(), several
        assert not made.left(), several
        discard(made)


def test_builds_one_after_another_are_numbered_and_leave_nothing(expected: Made) -> None:
    assert not expected.left()
    assert {dataset: expected.numbers(dataset) for dataset in TRANSFORMS} == dict.fromkeys(TRANSFORMS, ([1, 2], 2))
    assert all(expected.rows(dataset) for dataset in TRANSFORMS)
    assert [build["scope"] for build in expected.builds("silver.amounts")] == ["full", "new_rows"]
    assert [build["scope"] for build in expected.builds("silver.latest")] == ["full", "keys"]


def test_killed_at_a_sample_of_port_calls_builds_leave_what_a_clean_run_leaves(
    built: Made, expected: Made, tmp_path: Path
) -> None:
    found = places(built, tmp_path)
    assert len(found) >= 200
    sweep(built, expected, tmp_path, [[fault] for fault in random.Random(SEED).sample(found, SAMPLE)])


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", ["tables.stage", "tables.commit", "landing.discard"])
def test_killed_around_its_commit_a_build_is_made_once(
    moment: str, call: str, built: Made, expected: Made, tmp_path: Path
) -> None:
    sweep(built, expected, tmp_path, [[f"kill:{moment}:{call}:{number}"] for number in (1, 3)])


def test_killed_twice_in_a_row_builds_leave_what_a_clean_run_leaves(
    built: Made, expected: Made, tmp_path: Path
) -> None:
    twice = [
        ("kill:after:tables.stage:1", "kill:after:state.write:2"),  # the second has begun, and put nothing away yet
        ("kill:before:tables.commit:2", "kill:before:landing.create:2"),
        ("kill:after:tables.commit:1", "kill:after:tables.commit:2"),
    ]
    sweep(built, expected, tmp_path, twice)


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_at_every_port_call_builds_leave_what_a_clean_run_leaves(
    built: Made, expected: Made, tmp_path: Path
) -> None:
    sweep(built, expected, tmp_path, [[fault] for fault in places(built, tmp_path)])


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_in_the_first_builds_they_leave_what_a_clean_run_leaves(
    unmade: Made, built: Made, tmp_path: Path
) -> None:
    found = random.Random(SEED).sample(places(unmade, tmp_path), 60)
    sweep(unmade, built, tmp_path, [[fault] for fault in found])


@pytest.mark.faults_long
@pytest.mark.timeout(3600)
def test_killed_again_and_again_builds_leave_what_a_clean_run_leaves(
    built: Made, expected: Made, tmp_path: Path
) -> None:
    draw, found = random.Random(SEED), places(built, tmp_path)
    sweep(built, expected, tmp_path, [draw.choices(found, k=3) for _ in range(25)])
