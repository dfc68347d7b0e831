"""The examples with which declarative change data capture is explained where it comes from, their data typed anew.

https://docs.databricks.com/aws/en/ldp/cdc (before: delta-live-tables/cdc.html), "Example: SCD type 1 and SCD type 2
processing with CDF source data", "Example: Periodic snapshot processing", "Example: Historical snapshot processing".
Their `__START_AT` and `__END_AT` are `valid_from` and `valid_to` here.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from attrs import evolve

from lakekit.domain.dimension import Dimension, Snapshots
from lakekit.ports.engine import Engine
from tests.conformance.engine.dimension.examples import feed, versions
from tests.conformance.engine.dimension.feeds import Land, comparable

pytestmark = pytest.mark.embedded
"""Random feeds hold the same rules on Spark, in `test_versions`."""

USERS = "userId int, name string, city string, sequenceNum int"
FEED = (
    (124, "Raul", "Oaxaca", 1),
    (123, "Isabel", "Monterrey", 1),
    (125, "Mercedes", "Tijuana", 2),
    (126, "Lily", "Cancun", 2),
    (123, None, None, 6, "D"),
    (125, "Mercedes", "Guadalajara", 6),
    (125, "Mercedes", "Mexicali", 5),
    (123, "Isabel", "Chihuahua", 5),
)
CUT = (None, None, None, 3, "T")
ALL = Dimension(("userId",), ("sequenceNum",), delete_when="…", truncate_when="…", drop=("sequenceNum",))
"""`COLUMNS * EXCEPT (operation, sequenceNum)`; what a row says is told with it here."""


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (FEED, [(124, "Raul", "Oaxaca"), (125, "Mercedes", "Guadalajara"), (126, "Lily", "Cancun")]),
        ((*FEED, CUT), [(125, "Mercedes", "Guadalajara")]),
    ],
    ids=["as given", "with the truncate"],
)
def test_type_1(
    rows: tuple[tuple[object, ...], ...], expected: list[tuple[object, ...]], engine: Engine, land_typed: Land
) -> None:
    assert versions(engine, land_typed, feed(evolve(ALL, history=False), USERS, *rows)) == comparable(expected)


def test_type_2(engine: Engine, land_typed: Land) -> None:
    assert versions(engine, land_typed, feed(ALL, USERS, *FEED)) == comparable(
        [
            (123, "Isabel", "Chihuahua", 5, 6),
            (123, "Isabel", "Monterrey", 1, 5),
            (124, "Raul", "Oaxaca", 1, None),
            (125, "Mercedes", "Guadalajara", 6, None),
            (125, "Mercedes", "Mexicali", 5, 6),
            (125, "Mercedes", "Tijuana", 2, 5),
            (126, "Lily", "Cancun", 2, None),
        ]
    )


def test_type_2_with_a_truncate_which_is_refused_where_it_comes_from(engine: Engine, land_typed: Land) -> None:
    """`APPLY AS TRUNCATE WHEN` is for type 1 alone there. Here it ends the versions that are open at its moment."""
    assert versions(engine, land_typed, feed(ALL, USERS, *FEED, CUT)) == comparable(
        [
            (123, "Isabel", "Chihuahua", 5, 6),
            (123, "Isabel", "Monterrey", 1, 3),
            (124, "Raul", "Oaxaca", 1, 3),
            (125, "Mercedes", "Guadalajara", 6, None),
            (125, "Mercedes", "Mexicali", 5, 6),
            (125, "Mercedes", "Tijuana", 2, 3),
            (126, "Lily", "Cancun", 2, 3),
        ]
    )


def test_type_2_that_tracks_all_but_the_city(engine: Engine, land_typed: Land) -> None:
    assert versions(engine, land_typed, feed(evolve(ALL, track_except=("city",)), USERS, *FEED)) == comparable(
        [
            (123, "Isabel", "Chihuahua", 1, 6),
            (124, "Raul", "Oaxaca", 1, None),
            (125, "Mercedes", "Guadalajara", 2, None),
            (126, "Lily", "Cancun", 2, None),
        ]
    )


def test_snapshots_of_moments(engine: Engine, land_typed: Land) -> None:
    """There the moment is that of reading; here a column tells it."""
    start, noon = datetime(2024, 1, 1), datetime(2024, 1, 1, 12)  # noqa: DTZ001
    dimension = Dimension(("Key",), ("at",), snapshots=Snapshots(), drop=("at",))
    first = [(1, "a1", start), (2, "a2", start), (None, None, start, "S")]
    second = [(2, "b2", noon), (3, "a3", noon), (None, None, noon, "S")]
    found = versions(engine, land_typed, feed(dimension, "Key int, Value string, at timestamp_ntz", *first, *second))
    assert found == comparable(
        [(1, "a1", start, noon), (2, "a2", start, noon), (2, "b2", noon, None), (3, "a3", noon, None)]
    )


def test_snapshots_of_numbers_that_track_one_column(engine: Engine, land_typed: Land) -> None:
    dimension = Dimension(("Key",), ("n",), snapshots=Snapshots(), track=("TrackingCol",), drop=("n",))
    first = [(1, "a1", "b1", 1), (2, "a2", "b2", 1), (4, "a4", "b4", 1), (None, None, None, 1, "S")]
    second = [(2, "a2_new", "b2", 2), (3, "a3", "b3", 2), (4, "a4", "b4_new", 2), (None, None, None, 2, "S")]
    told = feed(dimension, "Key int, TrackingCol string, NonTrackingCol string, n int", *first, *second)
    assert versions(engine, land_typed, told) == comparable(
        [
            (1, "a1", "b1", 1, 2),
            (2, "a2", "b2", 1, 2),
            (2, "a2_new", "b2", 2, None),
            (3, "a3", "b3", 2, None),
            (4, "a4", "b4_new", 1, None),
        ]
    )
