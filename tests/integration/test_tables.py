"""The comparer of tables sees every difference, and none where there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.tables import Content, content

ROWS = pl.DataFrame(
    {
        "n": [1, 2, None],
        "amount": pl.Series([Decimal("1.50"), None, Decimal("-2.00")], dtype=pl.Decimal(10, 2)),
        "at": pl.Series([datetime(2024, 1, 1, tzinfo=UTC), None, None], dtype=pl.Datetime("us", "UTC")),
        "tags": [["a", None], [], None],
        "extra": [[{"key": "a", "value": "x"}, {"key": "b", "value": "y"}], None, []],
        "text": ["", None, "null"],
        "_ingest_ts": ["now", "now", "now"],
    }
)


def told(folder: Path, frame: pl.DataFrame) -> Content:
    frame.write_delta(str(folder))
    return content(folder)


def test_order_of_rows_and_of_entries_and_the_clock_make_no_difference(tmp_path: Path) -> None:
    entries = pl.Series([[], [{"key": "b", "value": "y"}, {"key": "a", "value": "x"}], None], dtype=ROWS["extra"].dtype)
    other = pl.DataFrame({**ROWS[[2, 0, 1]].to_dict(), "extra": entries, "_ingest_ts": ["later"] * 3})
    assert told(tmp_path / "b", other) == told(tmp_path / "a", ROWS)


@pytest.mark.parametrize(
    "change",
    [
        pl.col("n").cast(pl.Int32),
        pl.col("n").fill_null(0),
        pl.col("amount").cast(pl.Decimal(10, 3)),
        pl.col("at").dt.replace_time_zone(None),
        pl.col("at") + pl.duration(microseconds=1),
        pl.col("tags").list.drop_nulls(),
        pl.col("extra").list.head(1),
        pl.col("text").replace({"": None}),
        pl.col("text").replace({"null": None}),
    ],
)
def test_a_difference_is_seen(tmp_path: Path, change: pl.Expr) -> None:
    assert told(tmp_path / "b", ROWS.with_columns(change)) != told(tmp_path / "a", ROWS)


def test_a_row_more_is_a_difference(tmp_path: Path) -> None:
    assert told(tmp_path / "b", pl.concat([ROWS, ROWS[:1]])) != told(tmp_path / "a", ROWS)
