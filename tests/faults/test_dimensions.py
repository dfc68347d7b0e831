"""Dimensions under kills: their events are kept once, and they are what these make them, whatever was killed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.made import Made
from tests.faults.sweeps import sweep


def test_a_clean_run_keeps_each_event_once_and_makes_less_than_everything_of_it(expected_dimensions: Made) -> None:
    made = expected_dimensions
    assert not made.left()
    orders = Counter(row[0] for row in made.lake.rows("orders", batches=False))
    for dataset in ("gold.was_events", "gold.now_events"):
        assert Counter(row[1] for row in made.rows(dataset)) == orders
    assert [build["scope"] for build in made.builds("gold.was_events")] == ["full", "new_rows"]
    assert [build["scope"] for build in made.builds("gold.was")] == ["full", "keys"]
    assert [build["scope"] for build in made.builds("gold.now")] == ["full", "full"]
    assert made.builds("gold.was_events")[0]["quarantined"]
    assert made.rows("gold.was")
    assert made.rows("gold.now")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_around_the_commits_of_its_two_tables_a_dimension_is_made_once(
    moment: str, fed: Made, expected_dimensions: Made, tmp_path: Path
) -> None:
    faults = [[f"kill:{moment}:tables.commit:{number}"] for number in (1, 2)]
    sweep(fed, expected_dimensions, tmp_path, faults)


def test_killed_between_events_and_dimension_and_again_it_is_made_once(
    fed: Made, expected_dimensions: Made, tmp_path: Path
) -> None:
    twice = [("kill:after:tables.commit:1", "kill:before:tables.commit:1")]
    sweep(fed, expected_dimensions, tmp_path, twice)
