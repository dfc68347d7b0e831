"""Wherever dimensions are made, the same feed makes the same tables, events and versions, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.integration.transforms.feeds import CHANGES, COLUMNS, QUERY, SCD2, Raw, raw
from tests.integration.transforms.lakes import Lake
from tests.integration.transforms.places import OF_ONE_PROCESS, Place
from tests.integration.transforms.test_places import told

TIMED = """
SELECT k, CAST(date_add(DATE '2026-01-01', CAST(at AS INT)) AS TIMESTAMP) AS at, n, city,
  CAST(n AS DECIMAL(9, 2)) AS price, op
FROM bronze.e
"""
DIMENSIONS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "gold.was": (QUERY, {**CHANGES, "incremental": ["bronze.e"], "ignore_null_updates": True}),
    "gold.now": (QUERY, {**CHANGES, "materialization": "scd1", "incremental": ["bronze.e"], "tie_break": ["n"]}),
    "gold.seen": (QUERY, {**SCD2, "snapshot": True, "scope": ["name"], "partition_by": ["city"]}),
    "gold.timed": (TIMED, {**SCD2, "keys": ["k", "city"], "except": ["op"], "open_end": "9999-12-31T00:00:00Z"}),
}
STEPS: Sequence[Sequence[Raw]] = (
    [raw(1, 3, "a b"), raw(2, 1, "50%", name="y"), raw(None, 1, "x"), raw(3, None, "x"), raw(4, 2, None)],
    [raw(1, 1, "ü/é"), raw(1, 5, None), raw(1, 3, "a b"), raw(2, 4, op="d", name="y")],
    [raw(None, 2, op="t", name="x"), raw(4, 6, "x=y"), raw(2, 9, "'", name="y")],
    [raw(1, 7, "a b"), raw(1, 7, "Rome", n=1)],
)


def begun(root: Path, elsewhere: Place | None = None) -> Lake:
    lake = Lake(root, {"e": COLUMNS}, elsewhere)
    lake.begin()
    lake.append("e", [])
    for name, (query, options) in DIMENSIONS.items():
        lake.transform(name, query, **options)
    return lake


@pytest.mark.parametrize("elsewhere", OF_ONE_PROCESS, indirect=True)
def test_a_feed_makes_the_same_dimensions_step_by_step(elsewhere: Place, tmp_path: Path) -> None:
    embedded, moved = begun(tmp_path / "embedded"), begun(tmp_path / "moved", elsewhere)
    for number, several in enumerate(elsewhere.course(STEPS)):
        reports = []
        for lake in (embedded, moved):
            for rows in several:
                lake.append("e", rows)
            reports.append({name: (*told(r), r.quarantined) for name, r in lake.build(at_once=2).items()})
        assert reports[0] == reports[1], number
        for name in DIMENSIONS:
            for dataset in (f"{name}_events", name):
                assert moved.content(dataset) == embedded.content(dataset), (number, dataset)
    assert moved.left() == []
    failed = {name for name, report in reports[0].items() if report[-2] == "dimension.tie"}
    assert failed == {"gold.seen", "gold.was"}
