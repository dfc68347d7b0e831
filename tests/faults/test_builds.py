"""Builds under kills around what they stage, commit and put away: run again, they leave what a clean run leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.made import TRANSFORMS, Made
from tests.faults.sweeps import sweep


def test_builds_one_after_another_are_numbered_and_leave_nothing(expected: Made) -> None:
    assert not expected.left()
    assert {dataset: expected.numbers(dataset) for dataset in TRANSFORMS} == dict.fromkeys(TRANSFORMS, ([1, 2], 2))
    assert all(expected.rows(dataset) for dataset in TRANSFORMS)
    assert [build["scope"] for build in expected.builds("silver.amounts")] == ["full", "new_rows"]
    assert [build["scope"] for build in expected.builds("silver.latest")] == ["full", "keys"]


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
