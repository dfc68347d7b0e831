"""What of a dimension's columns begins a version, and what is fixed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import evolve

from lakekit.domain.dimension import Dimension

PLAIN = Dimension(("id",), ("at",), tie_break=("n",), drop=("raw",))
COLUMNS = ("id", "name", "city", "at", "n", "raw", "_batch_id", "_ingest_ts")


def test_what_differs_with_each_delivery_begins_no_version() -> None:
    assert PLAIN.tracked(COLUMNS) == ("name", "city")
    assert evolve(PLAIN, track_except=("city",)).tracked(COLUMNS) == ("name",)
    assert evolve(PLAIN, track=("_batch_id",)).tracked(COLUMNS) == ("_batch_id",)


def test_what_is_fixed_ends_at_the_first_of_a_month() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert PLAIN.horizon(now) == ""
    assert evolve(PLAIN, keep_events=timedelta(days=30)).horizon(now) == "2026-01-01"
