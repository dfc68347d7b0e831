"""Versions are what plain Python says of all events, whatever the order in which these came."""

from __future__ import annotations

from hypothesis import given

from lakekit.ports.engine import Engine
from lakekit.sql.dimension.events import EVENTS
from lakekit.sql.dimension.versions import dimension_columns, dimension_query
from tests.conformance.engine.batches import examples
from tests.conformance.engine.dimension import oracle
from tests.conformance.engine.dimension.feeds import Feed, Land, comparable, feeds, landed, rows_of

Rows = list[tuple[object, ...]]


def made(engine: Engine, land: Land, feed: Feed) -> Rows:
    """The rows that the queries make of a feed."""
    query = dimension_query(feed.dimension, feed.columns)
    columns = dimension_columns(feed.dimension, feed.columns)
    return rows_of(engine, query, columns, {EVENTS: landed(land, feed.columns, feed.events)})


def expected(feed: Feed) -> Rows:
    """The rows that plain Python makes of it."""
    rows = oracle.versions(feed.dimension, feed.events, feed.names)
    return comparable([(*row[:-3], feed.end if row[-2] else row[-3], *row[-2:]) for row in rows])


@examples(200)
@given(feeds())
def test_versions_are_those_of_all_events_seen_at_once(engine: Engine, land_typed: Land, feed: Feed) -> None:
    assert made(engine, land_typed, feed) == expected(feed)
