"""What is kept of old events gives the rows that all of them give, also with what comes later."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.ports.engine import Engine, Input
from lakekit.sql.dimension.events import EVENTS
from lakekit.sql.dimension.retention import retained_query
from lakekit.sql.dimension.versions import dimension_columns, dimension_query
from tests.conformance.engine.batches import examples
from tests.conformance.engine.dimension import oracle
from tests.conformance.engine.dimension.feeds import Feed, Land, comparable, feeds, landed, rows_of

HORIZONS = ("1969-12-01", "2024-01-01", "2024-01-02", "2024-02-01", "2031-01-01")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("retained")


def is_old(feed: Feed, row: oracle.Row, horizon: str) -> bool:
    told = row[feed.dimension.sequence[0]]
    day = told.date() if isinstance(told, datetime) else cast("date", told)
    return row["_reason"] is None and day < date.fromisoformat(horizon)


@examples(40)
@given(feeds(retained=True), st.sampled_from(HORIZONS))
def test_what_is_kept_of_old_events_gives_the_same_rows(
    engine: Engine, land_typed: Land, folder: Path, feed: Feed, horizon: str
) -> None:
    old = [row for row in feed.events if is_old(feed, row, horizon)]
    later = [row for row in feed.events if not is_old(feed, row, horizon)]
    told = landed(land_typed, feed.columns, old)
    into = folder / str(len(list(folder.iterdir())))
    written = engine.write(retained_query(feed.dimension, feed.columns, horizon), {EVENTS: told}, into)
    into.mkdir(exist_ok=True)
    both = (*(str(w.path) for w in written), *landed(land_typed, feed.columns, later).files)
    query = dimension_query(feed.dimension, feed.columns)
    columns = dimension_columns(feed.dimension, feed.columns)
    found = rows_of(engine, query, columns, {EVENTS: Input(both, columns=feed.columns)})
    rows = oracle.versions(feed.dimension, feed.events, feed.names)
    assert found == comparable([(*row[:-3], feed.end if row[-2] else row[-3], *row[-2:]) for row in rows])
